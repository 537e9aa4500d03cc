"""Looks at the Markdown of an activity: its headings, and its links to other activities."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|#|$", re.IGNORECASE)
_TARGET = re.compile(r"(?:\.{1,2}/)*(?:[A-Za-z0-9_-]+/)*(?P<name>[^/?#]+?)(?:\.md)?(?P<rest>[?#].*)?")
_TO_FILE = re.compile(r'(?<= href=")(?:\.{1,2}/)*(?:[a-z0-9-]+/)*([a-z0-9-]+)\.md(?=["#])')


def headings(body: str) -> Iterator[tuple[int, int]]:
    """The headings in order: the level and the line, counted from 0."""
    for token in _markdown.parse(body):
        if token.type == "heading_open" and token.map:
            yield int(token.tag[1]), token.map[0]


def links(body: str) -> Iterator[tuple[str, int]]:
    """The names of the activities that the text links to, with the line, counted from 0.

    A link with an address of its own (https, mailto, a path from the root, a heading on the same page) is no such link.
    """
    lines = body.split("\n")
    for token in _markdown.parse(body):
        if token.type != "inline" or not token.map:
            continue
        for href in _addresses(token):
            if not _ABSOLUTE.match(href):
                found = _TARGET.fullmatch(href)
                yield (found["name"] if found else href), _line(lines, token.map, href)


def to_pages(html: str) -> str:
    """Links to files of the course become links to its pages: ``../2-thema/les.md#kop`` becomes ``les#kop``.

    The pages of a run's activities stand next to each other, so the name alone leads there, in every run.
    """
    return _TO_FILE.sub(r"\1", html)


def _addresses(token: Token) -> Iterator[str]:
    for child in token.children or ():
        if child.type == "link_open":
            yield str(child.attrs.get("href", ""))


def _line(lines: list[str], block: list[int], href: str) -> int:
    return next((n for n in range(block[0], min(block[1], len(lines))) if href in lines[n]), block[0])
