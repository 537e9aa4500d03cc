"""How easily a Dutch text of the course reads, in figures: ``python tests/course_cl/language.py FILE …`` prints them.

Figures find what is too long. They do not see what is chopped or wooden: that takes a reader.
"""

import re
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

AVERAGE = 14
"""Words in a sentence, at most, on average."""
LONG = 25
"""Words in a sentence that is long; at most one in twenty may be."""
_SHOWN = {"softbreak": " ", "hardbreak": " ", "image": ""}
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
_WORD = re.compile(r"[^\W_]+(?:[-’'.,/][^\W_]+)*")
_HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_SOURCES = re.compile(r"^## Bronnen\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^:::.*$", re.MULTILINE)
_ENGLISH = re.compile(r"^\{lang=en\}\n(?:>.*\n)+", re.MULTILINE)
_END = re.compile(r"(?<=[.!?…])[’”)*_]*\s+(?=[‘“(*_]*[A-Z0-9À-Ý‘])")
_SHORT = re.compile(r"\b(bijv|enz|ca|nr|prof|dr|mr|e\.d|o\.a|m\.b\.v|t\.o\.v)\.\s")


@dataclass(frozen=True)
class Figures:
    """What was counted in one text."""

    words: int
    sentences: int
    average: float
    long: tuple[str, ...]

    @property
    def easy(self) -> bool:
        """Within the limits of this module."""
        return self.average <= AVERAGE and len(self.long) * 20 <= self.sentences


def body(text: str) -> str:
    """The text of a file without the data above it."""
    return _HEAD.sub("", text, count=1)


def sections(text: str) -> dict[str, str]:
    """The parts of a text by their second-level heading, in order; what stands before the first has no name."""
    parts = re.split(r"^## (.+)$", body(text), flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def words(text: str) -> int:
    """The words that somebody reads: without addresses and marks."""
    return len(_WORD.findall(_plain(_FENCE.sub("", body(text)), everything=True)))


def sentences(text: str) -> list[str]:
    """The sentences of paragraphs and lists; headings, tables, sources and passages in English are left out."""
    prose = _FENCE.sub("", _SOURCES.sub("", _ENGLISH.sub("", body(text))))
    found = []
    for block in _plain(prose).split("\n"):
        found += [one.strip() for one in _END.split(_SHORT.sub(r"\1 ", block)) if _WORD.search(one)]
    return found


def figures(text: str) -> Figures:
    """Count one text."""
    lengths = [(len(_WORD.findall(one)), one) for one in sentences(text)]
    average = statistics.fmean(length for length, _one in lengths) if lengths else 0.0
    return Figures(words(text), len(lengths), average, tuple(one for length, one in lengths if length > LONG))


def _plain(markdown: str, *, everything: bool = False) -> str:
    """The text of each paragraph on a line of its own; with ``everything`` also headings and tables."""
    lines, skipped = [], 0
    for token in _markdown.parse(markdown):
        if token.type in {"heading_open", "table_open"}:
            skipped += 1
        elif token.type in {"heading_close", "table_close"}:
            skipped -= 1
        elif token.type == "inline" and (everything or not skipped):
            said = (_SHOWN.get(one.type, one.content) for one in token.children or ())
            lines.append(re.sub(r" +", " ", "".join(said)).strip())
    return "\n".join(lines)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        one = figures(Path(name).read_text(encoding="utf-8"))
        state = "ok  " if one.easy else "HARD"
        sys.stdout.write(f"{state} {one.words:5} words, {one.average:4.1f} a sentence, {len(one.long)} long: {name}\n")
        sys.stdout.writelines(f"       > {long}\n" for long in one.long)
