"""The only module that knows the sanitiser: Markdown in, clean HTML out, always on save and never on reading.

bleach is no longer maintained since June 2026; docs/decisions tells how to swap it. The second wall is the CSP.
"""

import re

import bleach
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.attrs import attrs_block_plugin

from .errors import Invalid

TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4", "hr", "i", "li",
    "ol", "p", "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
ATTRIBUTES = {
    "a": ["href", "title"],
    "abbr": ["title"],
    "th": ["scope", "align"],
    "td": ["align"],
    "ol": ["start"],
}
ATTRIBUTES |= {"blockquote": ["lang"], "p": ["lang"]}
ATTRIBUTES |= {heading: ["id"] for heading in ("h2", "h3", "h4")}
PROTOCOLS = frozenset({"http", "https", "mailto"})
LONGEST = 400_000
"""Characters of HTML: a few lines of Markdown can make a table of a million cells, and cleaning takes a while."""
# bleach keeps the text inside a forbidden tag; of a script or a style that text is no prose.
_WITH_CONTENT = re.compile(r"<(script|style|template|noscript|iframe)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)

_markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
# Lessons also have places to return to, and may say in which language a passage is: {lang=en} on the line above it.
_lesson = (
    MarkdownIt("commonmark", {"html": False})
    .enable(["table", "strikethrough"])
    .use(anchors_plugin, max_level=3)
    .use(attrs_block_plugin, allowed=["lang"])
)


def clean(html: str) -> str:
    """The HTML with only harmless tags, attributes and addresses left."""
    return bleach.clean(_WITH_CONTENT.sub("", html), tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)


def from_markdown(text: str, *, anchors: bool = False) -> str:
    """Markdown as clean HTML. With ``anchors`` the headings get an id, so that a reader can return to a place.

    Headings of people's own texts start at h2, since the page has the h1. Raises Invalid, with field ``text``, for a
    text that becomes longer than LONGEST.
    """
    html = (_lesson if anchors else _markdown).render(text or "")
    if len(html) > LONGEST:
        raise Invalid(_("Met de opmaak erbij is deze tekst te lang. Maak tabellen en lijsten korter."), "text")
    return clean(html.replace("<h1", "<h2").replace("</h1>", "</h2>"))
