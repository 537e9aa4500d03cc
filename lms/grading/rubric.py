"""The rubric of an assignment: its criteria, the three levels in words, and what the criteria add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from ..courses.models import Activity

NOT_YET, ENOUGH, GOOD = "nog_niet", "voldoende", "goed"
LEVELS: dict[str, Any] = {NOT_YET: _l("Nog niet"), ENOUGH: _l("Voldoende"), GOOD: _l("Goed")}
"""Level to its word, from low to high."""


@dataclass(frozen=True)
class Criterion:
    """One criterion; ``levels`` says in a sentence what each level looks like."""

    slug: str
    title: str
    levels: Mapping[str, str] = field(default_factory=dict)


def rubric(activity: Activity) -> tuple[Criterion, ...]:
    """The criteria of an assignment, in their order; empty for one that is judged in words only."""
    return tuple(
        Criterion(item["slug"], item["title"], item.get("levels", {})) for item in activity.settings.get("rubric", ())
    )


def number(activity: Activity) -> int | None:
    """The number of an assignment, as in «Opdracht 1»; None when the course does not number it."""
    return activity.settings.get("number")


def suggest(levels: Iterable[str]) -> str:
    """The level in the middle, the lower of two; empty while a criterion has none. The trainer decides."""
    ladder = list(LEVELS)
    chosen = list(levels)
    if not chosen or any(level not in ladder for level in chosen):
        return ""
    return sorted(chosen, key=ladder.index)[(len(chosen) - 1) // 2]
