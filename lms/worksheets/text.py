"""A worksheet as plain text, to take along."""

from collections.abc import Iterator

from .filled import Filled


def as_text(filled: Filled) -> str:
    """Every part with its rows, each field on a line of its own under its label."""
    return "\n".join(_lines(filled)).strip() + "\n"


def _lines(filled: Filled) -> Iterator[str]:
    yield f"# {filled.sheet.title}"
    for part in filled.sheet.parts:
        yield from ("", f"## {part.title}")
        for number, row in enumerate((row for row in filled.rows(part.name) if not row.empty), 1):
            yield ""
            if part.rows:
                yield f"### {number}. {row.name(part) or part.one}"
            yield from (f"{one.label}: {row.words(one)}" for one in part.fields if row.words(one))
