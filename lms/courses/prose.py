"""The Markdown of a course: what it holds, for the check, and the HTML of it, for the pages of a run."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it.token import Token
from markupsafe import Markup

from .. import html
from .drawings import FOLDER as DRAWINGS
from .drawings import Drawing
from .pages import GLOSSARY

PAGE_ADDRESS = "materiaal"
"""What stands before the slug of a page in its address, as seen from the address of the run."""

_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|$", re.IGNORECASE)
_TARGET = re.compile(r"(?:\.{1,2}/)*(?:[A-Za-z0-9_-]+/)*(?P<name>[^/?#]+?)(?:\.md)?(?P<rest>[?#].*)?")
_DRAWING = re.compile(rf"(?:\.{{1,2}}/)*{DRAWINGS}/(?P<name>[^/]+)\.svg")
_FROM_RUN = re.compile(r'(?<= href=")(?=[^"#/])(?![a-z][a-z0-9+.-]*:)', re.IGNORECASE)
_MARKS = re.compile(r"\s*:::")


@dataclass(frozen=True)
class Link:
    """A link inside the course. ``name`` is empty for a place in the same text; lines count from 0."""

    name: str
    anchor: str
    line: int


@dataclass(frozen=True)
class Picture:
    """An image as written; ``name`` is None when it is no drawing of the course."""

    name: str | None
    alt: str
    caption: str
    line: int
    alone: bool


class Prose:
    """A text of the course, read once."""

    def __init__(self, body: str) -> None:
        self.lines = body.split("\n")
        self.tokens = html.lesson_tokens(body)

    def headings(self) -> Iterator[tuple[int, int, str, bool]]:
        """The headings in order: the level, the line, the words, and whether it stands in an answer."""
        inside = False
        for index, token in enumerate(self.tokens):
            if token.type.startswith("container_"):
                inside = token.nesting == 1
            if token.type == "heading_open" and token.map:
                yield int(token.tag[1]), token.map[0], self.tokens[index + 1].content, inside

    def anchors(self) -> set[str]:
        """The places in the text that a link can lead to."""
        return {str(token.attrs["id"]) for token in self.tokens if token.type == "heading_open" and "id" in token.attrs}

    def links(self) -> Iterator[Link]:
        """The links to something of the course itself; one with an address of its own (https, mailto) is none."""
        for token in self._inlines():
            for child in token.children or ():
                href = str(child.attrs.get("href", "")) if child.type == "link_open" else ""
                if href and not _ABSOLUTE.match(href):
                    found = _TARGET.fullmatch(href)
                    name, rest = (found["name"], found["rest"] or "") if found else (href.partition("#")[0], "")
                    if href.startswith("#"):
                        name, rest = "", href
                    yield Link(name, unquote(rest.partition("#")[2]), self._line(token, href))

    def pictures(self) -> Iterator[Picture]:
        """The images, wherever they stand."""
        for index, token in enumerate(self.tokens):
            for child in (token.children or ()) if token.type == "inline" else ():
                if child.type == "image":
                    yield self._picture(child, token, alone=_is_drawing(self.tokens, index - 1))

    def strange_marks(self) -> Iterator[int]:
        """The lines that begin with ``:::`` and open or close nothing."""
        for token in self._inlines():
            for offset, words in enumerate(token.content.split("\n")):
                if _MARKS.match(words):
                    yield (token.map or [0])[0] + offset

    def answers(self) -> Iterator[tuple[int, bool, bool]]:
        """The folded answers: the line, whether something stands in it, and whether it is closed."""
        for index, token in enumerate(self.tokens):
            if token.type == f"container_{html.ANSWER}_open" and token.map:
                start, end = token.map
                closed = end < len(self.lines) and bool(_MARKS.match(self.lines[end]))
                yield start, self.tokens[index + 1].nesting != -1, closed

    def render(self, pages: Mapping[str, str], drawings: Mapping[str, Drawing | None]) -> str:
        """The text as clean HTML. ``pages`` are the kinds of the course's pages by slug.

        Links lead to addresses as seen from that of the run, where the activities stand next to each other: they are
        right in every run. A page that lies deeper asks :func:`a_level_down`.
        """
        for token in self._inlines():
            _lead(token, pages)
        parts, begin = [], 0
        for index, token in enumerate(self.tokens):
            if not _is_drawing(self.tokens, index):
                continue
            picture = self._picture((self.tokens[index + 1].children or [])[0], token, alone=True)
            drawing = drawings.get(picture.name or "")
            parts.append(html.from_tokens(self.tokens[begin:index]))
            parts.append(drawing.figure(picture.alt, picture.caption, len(parts)) if drawing else "")
            begin = index + 3
        return "".join((*parts, html.from_tokens(self.tokens[begin:])))

    def _inlines(self) -> Iterator[Token]:
        return (token for token in self.tokens if token.type == "inline")

    def _picture(self, image: Token, token: Token, *, alone: bool) -> Picture:
        source = str(image.attrs.get("src", ""))
        found = _DRAWING.fullmatch(source)
        caption = str(image.attrs.get("title", ""))
        return Picture(
            found["name"] if found else None, image.content.strip(), caption, self._line(token, source), alone
        )

    def _line(self, token: Token, words: str) -> int:
        start, end = token.map or [0, 0]
        return next((n for n in range(start, min(end, len(self.lines))) if words in self.lines[n]), start)


def a_level_down(text: str) -> Markup:
    """The HTML of a text, cleaned when it was saved, for a page one level below the address of the run."""
    return Markup(_FROM_RUN.sub("../", text))  # noqa: S704 (cleaned on save)


def _is_drawing(tokens: list[Token], index: int) -> bool:
    """Does a paragraph of its own begin here, outside lists and answers, with an image and nothing else?"""
    if index < 0 or tokens[index].type != "paragraph_open" or tokens[index].level:
        return False
    return [child.type for child in tokens[index + 1].children or ()] == ["image"]


def _lead(token: Token, pages: Mapping[str, str]) -> None:
    """Links to files of the course become links to its pages: ``../2-thema/les.md#kop`` becomes ``les#kop``."""
    for child in token.children or ():
        href = str(child.attrs.get("href", "")) if child.type == "link_open" else ""
        found = _TARGET.fullmatch(href) if href and not href.startswith("#") and not _ABSOLUTE.match(href) else None
        if not found:
            continue
        kind = pages.get(found["name"])
        child.attrs["href"] = (f"{PAGE_ADDRESS}/" if kind else "") + found["name"] + (found["rest"] or "")
        if kind == GLOSSARY:
            child.attrs["class"] = html.TERM
