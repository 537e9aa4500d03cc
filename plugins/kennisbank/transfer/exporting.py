"""Writes a selection of entries to a file, in the format that an import takes."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import xlsxwriter
from sqlalchemy import select

from lms.api import Invalid, Person, cell, db, today
from lms.api import gettext as _

from .. import content
from ..lists import RESULT_KIND, Lists
from ..models import Entry
from ..reading import listed
from ..search.finding import Search
from . import columns

MOST = 20_000
BATCH = 250
IN_MEMORY = 8 * 1024 * 1024  # bytes; a larger file goes to the disk


def write(search: Search, kind: str) -> IO[bytes]:
    """A file of the entries that a search finds, in its order: ``kind`` is json, csv or xlsx.

    Raises Invalid when there are too many for one file.
    """
    ids = search.ids(MOST + 1)
    if len(ids) > MOST:
        raise Invalid(_("Een bestand heeft hooguit 20.000 items. Kies eerst een filter."))
    target: Any = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    KINDS[kind](target, _items(ids, search.person))
    target.seek(0)
    return target


def _items(ids: Sequence[int], person: Person) -> Iterator[dict[str, Any]]:
    """The entries as items of JSON, in batches, so that not all of them are in memory."""
    lists = Lists()
    for at in range(0, len(ids), BATCH):
        some = ids[at : at + BATCH]
        rows = db.session.scalars(select(Entry).where(Entry.id.in_(some), *listed(person)).options(*content.WHOLE))
        found = {entry.id: entry for entry in rows}
        yield from (item(found[number], lists) for number in some if number in found)
        for entry in found.values():
            db.session.expunge(entry)


def item(entry: Entry, lists: Lists) -> dict[str, Any]:
    """An entry as an item of the file."""
    data = content.snapshot(entry, lists)
    labels = {
        key: [term.label for term in lists.terms[key] if term.code in data["terms"].get(key, ())]
        + data["words"].get(key, [])
        for key in lists.terms
    }
    kinds = {row["kind"] for row in data["results"]}
    return {
        columns.KEY: entry.slug,
        columns.KIND: data["kind"],
        **{name: data[target] for name, target in columns.TEXTS.items()},
        # Those of the rows stand in the rows.
        columns.RESULT_KIND: [code for code in data["terms"].get(RESULT_KIND, []) if code not in kinds]
        + data["words"].get(RESULT_KIND, []),
        "kerncijfer": {"getal": data["figure"], "zegt": data["figure_says"]},
        **{name: labels[vocabulary] for name, vocabulary in columns.LISTS.items()},
        columns.READ_ON: data["read_on"],
        columns.FIGURES: [{name: row[target] for name, target in columns.ROW.items()} for row in data["results"]],
    }


def _json(target: IO[bytes], items: Iterator[dict[str, Any]]) -> None:
    target.write(f'{{"uitvoer_op": "{today().isoformat()}", "acties": ['.encode())
    for number, one in enumerate(items):
        target.write((",\n" if number else "\n").encode() + json.dumps(one, ensure_ascii=False).encode())
    target.write(b"\n]}\n")


def _csv(target: IO[bytes], items: Iterator[dict[str, Any]]) -> None:
    # The mark at the beginning and the semicolons make Dutch Excel read it well.
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    rows = csv.writer(text, delimiter=";")
    rows.writerow(columns.ALL)
    for one in items:
        rows.writerow([cell(value) for value in _cells(one)])
    text.detach()


def _xlsx(target: IO[bytes], items: Iterator[dict[str, Any]]) -> None:
    settings = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    book = xlsxwriter.Workbook(target, settings)
    sheet = book.add_worksheet(_("Kennisbank"))
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(_rows(items)):
        for column, value in enumerate(row):
            sheet.write_string(number, column, cell(value)[:32_767])
    book.close()


def _rows(items: Iterator[dict[str, Any]]) -> Iterator[Sequence[str]]:
    yield columns.ALL
    for one in items:
        yield _cells(one)


def _cells(one: dict[str, Any]) -> list[str]:
    figures = one[columns.FIGURES]
    cells = dict.fromkeys(columns.ALL, "")
    for name, value in one.items():
        if name in cells:
            cells[name] = "; ".join(value) if isinstance(value, list) else str(value)
    cells["kerncijfer"], cells["kerncijfer_zegt"] = one["kerncijfer"]["getal"], one["kerncijfer"]["zegt"]
    for number, row in enumerate(figures[: columns.MOST_RESULTS], 1):
        for name, value in row.items():
            cells[f"{name} {number}"] = value
    return list(cells.values())


KINDS: dict[str, Callable[[IO[bytes], Iterator[dict[str, Any]]], None]] = {"csv": _csv, "xlsx": _xlsx, "json": _json}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
