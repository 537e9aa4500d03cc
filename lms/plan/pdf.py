"""The plan as a PDF that a screen reader can read: PDF/UA-1, which the compiler checks.

What people wrote goes in as values (JSON), never as markup: ``plan.typ`` has no word of theirs.
"""

import json
import logging
from functools import cache
from pathlib import Path
from typing import Any

import typst
from flask_babel import format_date
from flask_babel import gettext as _

from .. import clock
from ..errors import Conflict
from ..i18n import moment
from ..worksheets.drawing import Drawing
from ..worksheets.filled import Filled, Row
from ..worksheets.nouns import Part
from .letters import MISSING, fit
from .services import DRAFT, HANDED_IN, Chapter, Plan

log = logging.getLogger(__name__)
TEMPLATE = Path(__file__).with_name("plan.typ")
MOST_CHARACTERS = 150_000
"""Some fifty pages, which take under a second and 200 MB in a process; a plan has some 20,000."""
WIDEST = 7
"""Columns that fit on a page; a part with more fields, or with long ones, is a block for each row."""


def pdf(plan: Plan) -> bytes:
    """The document. Raises Conflict with a sentence for a plan that is too long or cannot be made into a PDF."""
    data = fitting(_described(plan))
    if len(json.dumps(data, ensure_ascii=False)) > MOST_CHARACTERS:
        raise Conflict(_("Uw plan is te lang voor een pdf. Druk de pagina af met de printknop van uw browser."))
    try:
        return compiled(data)
    except BaseException as error:
        # A panic of the compiler is no Exception. Whatever it was: the page can be printed all the same.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        log.exception("the PDF of a plan could not be made")
        raise Conflict(_("Deze pdf lukt nu niet. Druk de pagina af met de printknop van uw browser.")) from error


def compiled(data: dict[str, Any]) -> bytes:
    """The PDF of data that went through :func:`fitting`. Raises TypstError for what is not accessible."""
    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="ua-1",
        format="pdf",
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def state_words(chapter: Chapter) -> str:
    """«Ingeleverd op …, versie 2», «Concept van …» or that nothing was filled in yet."""
    if chapter.state == HANDED_IN and chapter.at:
        return _("Ingeleverd op %(moment)s, versie %(number)s.", moment=moment(chapter.at), number=chapter.version)
    if chapter.state == DRAFT and chapter.at:
        return _("Concept van %(moment)s, nog niet ingeleverd.", moment=moment(chapter.at))
    return _("Nog niet ingevuld.")


def heading(chapter: Chapter) -> str:
    """«Opdracht 1: De omgeving in kaart»."""
    if chapter.number is None:
        return chapter.activity.title
    return _("Opdracht %(number)s: %(title)s", number=chapter.number, title=chapter.activity.title)


def _described(plan: Plan) -> dict[str, Any]:
    person = plan.person
    day = format_date(clock.today(), "d MMMM yyyy")
    return {
        "title": plan.title,
        "author": person.name,
        "lead": [person.name, *([person.library.name] if person.library else []), day],
        "course": plan.visit.run.course.title,
        "page": _("bladzijde"),
        "chapters": [
            {
                "title": heading(chapter),
                "state": state_words(chapter),
                "parts": [_part(chapter.filled, part) for part in chapter.filled.sheet.parts] if chapter.filled else [],
            }
            for chapter in plan.chapters
        ],
        "nothing": _("Niet ingevuld."),
        "missing": "",
    }


def _part(filled: Filled, part: Part) -> dict[str, Any]:
    rows = [row for row in filled.rows(part.name) if not row.empty]
    told: dict[str, Any] = {"title": str(part.title), "grid": None, "table": None, "rows": []}
    drawing = filled.drawing(part)
    if drawing is not None and drawing.places:
        told["grid"] = _grid(drawing)
    fits = part.rows and not part.sides and len(part.fields) <= WIDEST
    if rows and fits and all(one.kind != "long" for one in part.fields):
        told["table"] = {
            "head": [_("Nr."), *(str(one.label) for one in part.fields)],
            "rows": [[str(n), *(row.words(one) for one in part.fields)] for n, row in enumerate(rows, 1)],
        }
    else:
        told["rows"] = [_row(part, row, n) for n, row in enumerate(rows, 1)]
    return told


def _row(part: Part, row: Row, place: int) -> dict[str, Any]:
    beside = {name for _heading, *pair in part.sides.rows for name in pair} if part.sides else set()
    fields = part.fields[1:] if part.rows else part.fields
    listed = [one for one in fields if one.name not in beside]
    return {
        "title": (fit(row.name(part)).strip() or f"{part.one} {place}") if part.rows else "",
        "facts": [[str(one.label), words] for one in listed if (words := row.words(one))],
        "sides": _sides(part, row),
    }


def _sides(part: Part, row: Row) -> dict[str, Any] | None:
    if part.sides is None:
        return None

    def words(name: str) -> str:
        return row.words(part.by_name[name]) if name in part.by_name else ""

    lines = [[str(head), words(left), words(right)] for head, left, right in part.sides.rows]
    return {"head": [_("Wat"), *map(str, part.sides.columns)], "rows": lines}


def _grid(drawing: Drawing) -> dict[str, Any]:
    part, grid, size = drawing.part, drawing.grid, drawing.SIZE
    return {
        "title": f"{grid.title or part.title}: {part.by_name[grid.x].label}, {part.by_name[grid.y].label}",
        "alt": drawing.words,
        "x": str(part.by_name[grid.x].label),
        "y": str(part.by_name[grid.y].label),
        "corners": [str(corner) for corner in grid.corners],
        "edge": (drawing.HIGH - 1) / 5,
        "dots": [
            {"x": (dot.cx - drawing.LEFT) / size, "y": (dot.cy - drawing.TOP) / size, "label": dot.label}
            for dot in drawing.dots
        ],
    }


def fitting(data: dict[str, Any]) -> dict[str, Any]:
    """The same with only characters that the fonts have; ``missing`` says so when some are not shown."""
    found = _fit_all(data)
    if MISSING in json.dumps(found, ensure_ascii=False):
        found["missing"] = _("Tekens die in een pdf niet kunnen, staan hier als □. Op de pagina staan ze wel.")
    return found


def _fit_all(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _fit_all(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_fit_all(one) for one in value]
    return fit(value) if isinstance(value, str) else value
