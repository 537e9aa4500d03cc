"""Figures as people write them, as numbers that can be drawn."""

import re
from dataclasses import dataclass

from lms.api import gettext as _

from .facets import Word, Words
from .models import Measured

_NUMBER = re.compile(r"[-+−]?\d{1,3}(?:\.\d{3})+(?:,\d+)?|[-+−]?\d+(?:,\d+)?")
_TIMES = (("miljard", 1_000_000_000), ("miljoen", 1_000_000), ("duizend", 1_000))


def number(text: str) -> float | None:
    """15836 for «15.836», 900 for «ongeveer 900», 1600000 for «1,6 miljoen»; None when there is no or more than one."""
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return None
    value = float(found[0].replace("−", "-").replace(".", "").replace(",", "."))
    return value * next((times for word, times in _TIMES if word in text.casefold()), 1)


@dataclass(frozen=True)
class Row:
    """A row of figures for the page."""

    measured: Measured
    words: Words

    @property
    def name(self) -> str:
        """What was counted, with its unit when that says more."""
        unit = "" if self.measured.unit in ("", self.measured.indicator) else f" ({self.measured.unit})"
        return f"{self.measured.indicator or _('resultaat')}{unit}"

    @property
    def kind(self) -> Word | None:
        """How far it can be trusted; None when that is unknown."""
        return self.words.of_kind(self.measured.kind)

    @property
    def bars(self) -> tuple[float, float] | None:
        """The lengths of the bars before and after, the longest 100; None when there is nothing to compare."""
        before, after = number(self.measured.baseline), number(self.measured.outcome)
        if before is None or after is None or before < 0 or after < 0 or not max(before, after):
            return None
        if ("%" in self.measured.baseline) != ("%" in self.measured.outcome):
            return None
        return round(100 * before / max(before, after), 2), round(100 * after / max(before, after), 2)
