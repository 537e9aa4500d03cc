"""A lesson's HTML in parts, so that the page can list them and frame the exercise."""

import re
from dataclasses import dataclass
from html import unescape
from itertools import zip_longest

_HEADING = re.compile(r'<h2(?: id="(?P<id>[^"]*)")?>(?P<title>.*?)</h2>', re.DOTALL)
_TAGS = re.compile(r"<[^<>]+>")
EXERCISE = "toepassen-in-uw-bibliotheek"


@dataclass(frozen=True)
class Section:
    """One part: the text before the first heading has no id and no title."""

    id: str
    title: str
    html: str

    @property
    def is_exercise(self) -> bool:
        return self.id == EXERCISE


def split(html: str) -> list[Section]:
    """The parts of an already cleaned text, each from one second-level heading to the next."""
    parts = []
    found = list(_HEADING.finditer(html))
    opening = html[: found[0].start()] if found else html
    if opening.strip():
        parts.append(Section("", "", opening))
    for heading, following in zip_longest(found, found[1:]):
        end = following.start() if following else len(html)
        title = unescape(_TAGS.sub("", heading["title"])).strip()
        parts.append(Section(heading["id"] or "", title, html[heading.end() : end]))
    return parts
