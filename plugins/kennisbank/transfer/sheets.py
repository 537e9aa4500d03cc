"""Reads a JSON, CSV or XLSX file into rows, whatever somebody gives: every refusal is one sentence."""

import codecs
import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lms.api import Invalid, from_cell
from lms.api import gettext as _

from ..text import fold
from . import columns

LARGEST = 20 * 1024 * 1024  # bytes of a file
UNPACKED = 200 * 1024 * 1024  # bytes of a workbook when unpacked
MOST_ROWS = 20_000
Row = tuple[int, dict[str, Any]]
"""The number by which people find a row (in a table the heading is 1), and its values by column."""

_BROKEN = (
    zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, IndexError, OSError,
    EOFError, zlib.error, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What reading a damaged workbook raises; RuntimeError for one with a password."""
_SEPARATOR = re.compile(r"\Asep=[;,\t]\r?\n")  # a first line that only tells Excel what separates the values


def read(file: Path) -> list[Row]:
    """The rows of a file. Raises Invalid with a sentence for what is no such file, too large, or has a wrong column."""
    try:
        if file.stat().st_size > LARGEST:
            raise Invalid(_("Dit bestand is groter dan 20 MB. Deel het op."))
        content = file.read_bytes()
    except OSError as error:
        raise Invalid(_("Dit bestand kan niet worden gelezen: %(file)s.", file=file)) from error
    readers = {".json": _json, ".csv": _csv, ".xlsx": _xlsx}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise Invalid(_("Kies een bestand dat eindigt op .json, .csv of .xlsx."))
    rows = []
    for row in reader(content):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise Invalid(
                _("Dit bestand heeft meer dan %(num)s rijen. Deel het op.", num=f"{MOST_ROWS:_}".replace("_", "."))
            )
    if not rows:
        raise Invalid(_("In dit bestand staan geen rijen."))
    return rows


def _json(content: bytes) -> Iterator[Row]:
    try:
        data = json.loads(_decode(content))
        json.dumps(data, ensure_ascii=False).encode()  # half a sign, such as «\ud800», is no text
    except (ValueError, RecursionError) as error:
        where = f" (regel {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Invalid(_("Dit is geen geldig JSON-bestand%(where)s.", where=where)) from error
    shared = {}
    if isinstance(data, dict):
        shared = {columns.READ_ON: data[columns.READ_ON]} if columns.READ_ON in data else {}
        data = data.get("acties")
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise Invalid(_("Dit JSON-bestand heeft geen lijst «acties» met een item per actie."))
    known = {*columns.ALL, columns.FIGURES, columns.TERMS}
    for number, item in enumerate(data, 1):
        _check([name for name in item if name not in known])
        yield number, shared | item


def _csv(content: bytes) -> Iterator[Row]:
    text = _SEPARATOR.sub("\n", _decode(content))
    first = text.lstrip().partition("\n")[0]
    delimiter = max(";,\t", key=first.count)  # Dutch Excel writes semicolons
    try:
        yield from _table(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Invalid(_("Dit CSV-bestand is niet goed opgebouwd: %(why)s.", why=error)) from error


def _xlsx(content: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            # What a packed file says about its size is checked before anything is unpacked.
            if sum(part.file_size for part in packed.infolist()) > UNPACKED or len(packed.infolist()) > 1_000:
                raise Invalid(_("Dit Excel-bestand is uitgepakt veel te groot. Bewaar alleen het blad met de acties."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a file can claim a million columns
        yield from _table(sheet.iter_rows(max_col=len(columns.ALL) + 50, values_only=True))
    except Invalid:
        raise
    except _BROKEN as error:
        raise Invalid(_("Dit is geen geldig Excel-bestand (.xlsx).")) from error


def _decode(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(_("Dit bestand is niet in UTF-8. Kies bij het bewaren «CSV UTF-8».")) from error


def _table(rows: Iterable[Iterable[Any]]) -> Iterator[Row]:
    heads: list[str] = []
    for number, row in enumerate(rows, 1):
        values = [_plain(value) for value in row]
        if not any(values):
            continue
        if not heads:
            heads = [_head(value) for value in values]
            while heads and not heads[-1]:
                heads.pop()
            _check(
                [head for head in heads if head not in columns.ALL], [head for head in heads if heads.count(head) > 1]
            )
            continue
        if any(values[len(heads) :]):
            yield number, {"": _("Er staan meer waarden dan kolommen.")}
        else:
            yield number, dict(zip(heads, values, strict=False))


def _head(value: str) -> str:
    name = " ".join(fold(value).replace("_", " ").split())
    by_words = {" ".join(column.replace("_", " ").split()): column for column in columns.ALL}
    return by_words.get(name, by_words.get(f"{name} 1", value.strip()))


def _check(unknown: list[str], double: Iterable[str] = ()) -> None:
    if unknown:
        names = ", ".join(f"«{name[:40]}»" for name in dict.fromkeys(unknown))
        some = ", ".join(columns.ALL[:35])
        raise Invalid(_("Deze kolom hoort niet in het bestand: %(names)s. Kies uit: %(some)s.", names=names, some=some))
    for name in double:
        raise Invalid(_("De kolom «%(name)s» staat er twee keer in.", name=name))


def _plain(value: Any) -> str:
    """A cell as text; what the export put before a formula goes."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return from_cell(str(value).replace("\0", "").strip())
