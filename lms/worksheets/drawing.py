"""The grid of a part: every row at its two figures, as a drawing, in words and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from .nouns import Grid, Part

if TYPE_CHECKING:
    from .filled import Row

TOGETHER = 3
"""Rows on one point of which the numbers still fit beside each other."""


@dataclass(frozen=True)
class Place:
    """A row in the grid; ``corner`` is the name of its field."""

    number: int
    name: str
    x: int
    y: int
    corner: Any


@dataclass(frozen=True)
class Dot:
    """All rows with the same two figures: where, and what stands in it."""

    cx: float
    cy: float
    label: str


@dataclass(frozen=True)
class Drawing:
    """The rows of a part that has a grid. sheet.js draws by the same measures."""

    part: Part
    grid: Grid
    rows: Sequence["Row"]
    uid: str = field(default_factory=lambda: token_hex(3))
    """For ids on the page, which may have the drawing more than once."""

    SIZE, LEFT, TOP = 240, 42, 12
    """A square of SIZE units, beside and under its figures."""
    HIGH = 3
    """From this figure on a row lies in the upper or right half."""

    @cached_property
    def places(self) -> list[Place]:
        """The rows that have both figures, with their numbers on the page."""
        found = []
        for number, row in enumerate(self.rows, 1):
            x, y = _figure(row[self.grid.x]), _figure(row[self.grid.y])
            if x and y:
                name = row.name(self.part) or f"{self.part.one} {number}"
                found.append(Place(number, name, x, y, self.corner(x, y)))
        return found

    @property
    def dots(self) -> list[Dot]:
        """The dots of the drawing. Rows on one point share a dot."""
        by_point: dict[tuple[int, int], list[int]] = {}
        for place in self.places:
            by_point.setdefault((place.x, place.y), []).append(place.number)
        return [Dot(self.across(x), self.up(y), _label(numbers)) for (x, y), numbers in by_point.items()]

    @property
    def words(self) -> str:
        """The drawing in words: who lies in which field."""
        if not self.places:
            return _("Het raster is nog leeg.")
        lines = []
        for name in self.grid.corners:
            here = ", ".join(f"{place.number} {place.name}" for place in self.places if place.corner == name)
            lines.append(f"{name}: {here or _('niemand')}.")
        return " ".join(lines)

    def across(self, figure: int) -> float:
        """From the left."""
        return self.LEFT + (figure - 0.5) * self.SIZE / 5

    def up(self, figure: int) -> float:
        """From the top."""
        return self.TOP + (5.5 - figure) * self.SIZE / 5

    def corner(self, x: int, y: int) -> Any:
        """The name of the field in which this point lies."""
        high_y, both, low, high_x = self.grid.corners
        if y >= self.HIGH:
            return both if x >= self.HIGH else high_y
        return high_x if x >= self.HIGH else low


def _label(numbers: Sequence[int]) -> str:
    return " ".join(map(str, numbers)) if len(numbers) <= TOGETHER else f"{len(numbers)}×"


def _figure(value: Any) -> int:
    text = str(value)
    return int(text) if text in {"1", "2", "3", "4", "5"} else 0
