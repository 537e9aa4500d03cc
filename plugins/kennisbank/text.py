"""Small works on text: folding for the search, parts of a result, links in a source."""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import urlsplit

from flask_babel import get_locale

_BETWEEN = re.compile(r";\s+")
# Only these two may become a link; everything else in a source stays text.
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)


class Part(NamedTuple):
    """A piece of a source: words, or words with the address that they lead to."""

    text: str
    url: str = ""


def fold(text: str) -> str:
    """The text without accents, capitals and characters that no database stores."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (c if c.isprintable() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def pieces(text: str) -> list[str]:
    """What a semicolon separates: «a; b» is two results or two sources."""
    return [piece.strip() for piece in _BETWEEN.split(text) if piece.strip()]


def linked(text: str) -> list[Part]:
    """The text in parts, with its web addresses under the name of their site."""
    parts: list[Part] = []
    at = 0
    for found in _ADDRESS.finditer(text):
        url = found[0].rstrip(".,;:!?)")
        site = _site(url)
        if not site:
            continue
        parts += [Part(text[at : found.start()]), Part(site, url)]
        at = found.start() + len(url)
    return [part for part in (*parts, Part(text[at:])) if part.text]


def _site(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # such as an unclosed bracket of an IPv6 address
        return ""


def country(code: str) -> str:
    """The name of a country in the reader's language; the code itself when nobody knows it."""
    locale = get_locale()
    # Sources write UK; the standard code is GB.
    return (locale.territories if locale else {}).get({"UK": "GB"}.get(code, code), code)
