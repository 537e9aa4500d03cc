"""Pages of a course that are no activities, as text: the glossary, programmes and scripts of lesson days, hand-outs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _

from .fields import MAX_DAYS, MAX_TITLE, Fields
from .reading import Unreadable, read_document
from .report import Report, shown

FOLDER = "paginas"
KEYS = ("kind", "title", "day", "orientation")
GLOSSARY, PROGRAMME, SCRIPT, HANDOUT = "glossary", "programme", "script", "handout"
KINDS = (GLOSSARY, PROGRAMME, SCRIPT, HANDOUT)
ORIENTATIONS = ("portrait", "landscape")


@dataclass(frozen=True)
class PageText:
    """A page as written; ``kind`` is empty and ``day`` None when they are missing or wrong."""

    file: Path
    slug: str
    kind: str
    title: str
    day: int | None
    orientation: str
    body: str
    body_line: int
    lines: Mapping[str, int]


def read_pages(fields: Fields, report: Report) -> tuple[list[tuple[str, int]], list[PageText]]:
    """The slugs under ``pages`` with their lines, and the pages that can be read."""
    listed, pages = fields.slugs("pages", required=False), []
    for slug, line in listed:
        path = fields.file.parent / FOLDER / f"{slug}.md"
        if not os.path.isfile(path):
            report.error(fields.file, line, missing_file(f"{FOLDER}/{slug}.md"))
        elif page := _page(path, slug, report):
            pages.append(page)
    return listed, pages


def missing_file(name: str) -> str:
    """The sentence about a file that is listed and is not there."""
    return _("Het bestand %(name)s staat in de lijst maar is er niet.", name=name)


def _page(file: Path, slug: str, report: Report) -> PageText | None:
    try:
        document = read_document(file)
    except Unreadable as error:
        report.error(file, error.line, str(error))
        return None
    fields = Fields(report, file, document.head, KEYS)
    kind = _one_of(fields, "kind", KINDS)
    day = None
    if kind == GLOSSARY:
        if "day" in fields.nodes:
            fields.error("day", _("Een begrippenlijst hoort bij de hele cursus. Haal day weg."))
    else:
        day = fields.number("day", 1, MAX_DAYS)
    orientation = _one_of(fields, "orientation", ORIENTATIONS, required=False)
    if orientation and kind != HANDOUT:
        fields.error("orientation", _("Alleen een hand-out heeft orientation."))
    if not document.body:
        report.warn(file, document.body_line, _("Onder de gegevens staat nog geen tekst."))
    return PageText(
        file=file,
        slug=slug,
        kind=kind,
        title=fields.text("title", limit=MAX_TITLE),
        day=day,
        orientation=orientation or ORIENTATIONS[0],
        body=document.body,
        body_line=document.body_line,
        lines={key: node.line for key, node in fields.nodes.items()},
    )


def _one_of(fields: Fields, key: str, values: tuple[str, ...], *, required: bool = True) -> str:
    word = fields.text(key, required=required)
    if word and word not in values:
        fields.error(key, _("%(key)s %(word)s bestaat niet. Mogelijk zijn: %(values)s.", key=key, word=shown(word),
                            values=", ".join(values)))  # fmt: skip
        return ""
    return word
