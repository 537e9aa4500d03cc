"""The HTML of a text of a course in parts, so that its page can list them and frame the exercise of a lesson."""

import re
from dataclasses import dataclass
from html import unescape
from itertools import zip_longest

_HEADING = re.compile(r'<h2(?: id="(?P<id>[^"]*)")?>(?P<title>.*?)</h2>', re.DOTALL)
_PLACE = re.compile(r'<h(?P<level>[23]) id="(?P<id>[^"]+)">(?P<title>.*?)</h[23]>', re.DOTALL)
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


@dataclass(frozen=True)
class Place:
    """A heading of the second or third level that one can jump to."""

    level: int
    id: str
    title: str


def places(html: str) -> list[Place]:
    """The headings of an already cleaned text, in order."""
    return [Place(int(found["level"]), found["id"], _words(found["title"])) for found in _PLACE.finditer(html)]


def split(html: str) -> list[Section]:
    """The parts of an already cleaned text, each from one second-level heading to the next."""
    parts = []
    found = list(_HEADING.finditer(html))
    opening = html[: found[0].start()] if found else html
    if opening.strip():
        parts.append(Section("", "", opening))
    for heading, following in zip_longest(found, found[1:]):
        end = following.start() if following else len(html)
        parts.append(Section(heading["id"] or "", _words(heading["title"]), html[heading.end() : end]))
    return parts


def _words(html: str) -> str:
    return unescape(_TAGS.sub("", html)).strip()
