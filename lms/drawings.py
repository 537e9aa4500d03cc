"""Pictures that show figures. In Python, since in a template each of their many numbers costs a look-up of names."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

BOTTOM = 104  # of the shelf, in pixels; its top is 0
HEIGHTS = (74, 80, 84, 68, 74, 80, 70, 90, 72, 66, 76, 82, 88, 94)
SHADES = ("", " b", " c", " b")
RAISED = 9


def draw_books(books: Sequence[Mapping[str, Any]], place: int = 0) -> Markup:
    """Lessons as books on a shelf: ``[{state: done|now|todo, minutes, title, number}]``; ``place`` is the module's.

    The width is the minutes. The height says nothing; it varies by place, so that a page looks the same each time.
    """
    x, drawn = 2, []
    for index, book in enumerate(books):
        width = min(max(10 + (book["minutes"] or 20) // 3, 20), 50)
        height = HEIGHTS[(index + place * 6) % len(HEIGHTS)]
        shade = SHADES[(index + place) % 4]
        drawn.append(_book(x, width, height, shade, book["state"], book["title"], book["number"] or str(index + 1)))
        x += width + 2
    head = (
        f'<svg width="{x + 1}" height="{BOTTOM}" viewBox="0 0 {x + 1} {BOTTOM}" aria-hidden="true" focusable="false">'
    )
    return Markup("".join((head, *drawn, "</svg>")))  # noqa: S704 (numbers, and what _book escaped)


@lru_cache(maxsize=2048)
def _book(x: int, width: int, height: int, shade: str, state: str, title: str, number: str) -> str:
    """One book, remembered: it is the same for everybody who is as far."""
    y = BOTTOM - height - (RAISED if state == "now" else 0)
    kind = {"done": f" bk-done{shade}", "now": " bk-now"}.get(state, "")
    middle = x + width / 2
    parts = [
        f"<g><title>{escape(number)} {escape(title)}</title>"
        f'<rect class="bk{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="2"/>'
    ]
    if state == "now":
        parts.append(f'<path class="bk-ribbon" d="M{middle - 4} {y}h8v20l-4-4-4 4z"/>')
    if state != "todo":
        parts.append(f'<rect class="bk-tag" x="{x + 2}" y="{y + height - 27}" width="{width - 4}" height="16"/>')
    parts.append(f'<text class="bk-n" x="{middle}" y="{y + height - 15}">{escape(number)}</text></g>')
    return "".join(parts)
