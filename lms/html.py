"""The only module that knows the sanitiser: Markdown in, clean HTML out, always on save and never on reading.

bleach is no longer maintained since June 2026; docs/decisions tells how to swap it. The second wall is the CSP.
"""

import re
from collections.abc import Sequence

import bleach
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.attrs import attrs_block_plugin
from mdit_py_plugins.container import container_plugin

from .errors import Invalid

TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "dl", "dt", "em", "h2", "h3", "h4", "hr", "i",
    "li", "ol", "p", "pre", "s", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
TERM = "lp-term"
"""The class of a link to a word in the glossary."""
ANSWER = "antwoord"
"""What stands behind ``:::`` above an answer that is folded away."""
CLASSES = frozenset({TERM, "lp-answer"})
"""The classes that a text of the course gives itself."""
ATTRIBUTES = {
    "a": ["class", "href", "title"],
    "details": ["class"],
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
MOST_TAGS = 20_000
"""The time of cleaning rises with the square of how many tags stand beside or in each other. What people write has some
thousand, however long it is."""
# bleach keeps the text inside a forbidden tag; of a script or a style that text is no prose.
_WITH_CONTENT = re.compile(r"<(script|style|template|noscript|iframe)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)

_markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])


def _answer(_renderer: object, tokens: Sequence[Token], index: int, *_more: object) -> str:
    opens = tokens[index].nesting == 1
    return f'<details class="lp-answer"><summary>{_("Antwoord")}</summary>\n' if opens else "</details>\n"


# Lessons also have places to return to, answers that are folded away, and may say in which language a passage is:
# {lang=en} on the line above it.
_lesson = (
    MarkdownIt("commonmark", {"html": False})
    .enable(["table", "strikethrough"])
    .use(anchors_plugin, max_level=3)
    .use(attrs_block_plugin, allowed=["lang"])
    .use(container_plugin, ANSWER, validate=lambda words, _marks: words.strip() == ANSWER, render=_answer)
)


def _allowed(tag: str, name: str, value: str) -> bool:
    return name in ATTRIBUTES.get(tag, ()) and (name != "class" or value in CLASSES)


def clean(html: str) -> str:
    """The HTML with only harmless tags, attributes and addresses left."""
    return bleach.clean(_WITH_CONTENT.sub("", html), tags=TAGS, attributes=_allowed, protocols=PROTOCOLS, strip=True)


def from_markdown(text: str, *, anchors: bool = False) -> str:
    """Markdown as clean HTML. With ``anchors`` it may have what a lesson has, and its headings get an id.

    Headings of people's own texts start at h2, since the page has the h1. Raises Invalid, with field ``text``, for a
    text that becomes longer than LONGEST or gets more than MOST_TAGS.
    """
    return _finished((_lesson if anchors else _markdown).render(text or ""))


def lesson_tokens(text: str) -> list[Token]:
    """The Markdown of a lesson in tokens, for who looks at it or changes something before it becomes HTML."""
    return _lesson.parse(text)


def from_tokens(tokens: Sequence[Token]) -> str:
    """The tokens of a lesson as clean HTML, as from_markdown makes it."""
    return _finished(_lesson.renderer.render(tokens, _lesson.options, {}))


def _finished(html: str) -> str:
    if len(html) > LONGEST or html.count("<") > MOST_TAGS:
        raise Invalid(_("Met de opmaak erbij is deze tekst te lang. Maak tabellen en lijsten korter."), "text")
    return clean(html.replace("<h1", "<h2").replace("</h1>", "</h2>"))
