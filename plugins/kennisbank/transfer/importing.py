"""Puts the rows of a file into the kennisbank: all or nothing, and nothing the second time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import select

from lms.api import Invalid, db
from lms.api import gettext as _

from .. import actions, content
from ..kinds import KINDS
from ..lists import RESULT_KIND, UNKNOWN, Lists
from ..models import Entry, Origin
from ..text import fold
from . import columns
from .sheets import Row

_LENGTHS = {
    "title": 300, "library": 300, "country": 2, "period": 80, "contact": 200,
    "indicator": 200, "baseline": 80, "outcome": 80, "unit": 80, "method": 300, "source": 500,
}  # fmt: skip
MEASURED = "gemeten"
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


class BadRows(Invalid):
    """What is wrong with a file: a sentence for each row, with its number."""

    def __init__(self, rows: list[tuple[int, str]]) -> None:
        self.rows = rows
        super().__init__("\n".join(_("Rij %(num)s: %(why)s", num=number, why=why) for number, why in rows))


@dataclass
class Loaded:
    """What an import did, in numbers of entries."""

    new: int = 0
    changed: int = 0
    same: int = 0
    slugs: list[str] = field(default_factory=list)


def load(rows: list[Row], file: str) -> Loaded:
    """Publish the rows as entries, or bring those up to date that a file brought before.

    Raises BadRows, with every row that is wrong; then nothing has changed.
    """
    lists, pages, bad = Lists(), _pages(), []
    read: list[tuple[int, str, dict[str, Any]]] = []
    for number, row in rows:
        try:
            read.append((number, _slug(row, pages), _data(row, lists)))
        except Invalid as error:
            bad.append((number, str(error)))
    there = _existing([slug for _number, slug, _data in read])
    seen: dict[str, int] = {}
    for number, slug, _row_data in read:
        if slug in seen:
            bad.append((number, _("Dit is dezelfde actie als in rij %(num)s.", num=seen[slug])))
        elif slug in there and there[slug].origin == Origin.CONTRIBUTED:
            bad.append((number, _("«%(id)s» is een bijdrage van een bibliotheek. Wijzig die op de site.", id=slug)))
        seen.setdefault(slug, number)
    if bad:
        raise BadRows(sorted(bad))
    return _put(read, there, lists, file)


def _put(read: Iterable[tuple[int, str, dict[str, Any]]], there: dict[str, Entry], lists: Lists, file: str) -> Loaded:
    done, changed = Loaded(), []
    for _number, slug, data in read:
        entry = there.get(slug)
        if entry is None:
            entry = actions.new(slug, file[:80])
            entry.origin = Origin.IMPORTED
            done.new += 1
            content.put(entry, data, lists, summary=_("Ingevoerd uit %(file)s", file=file))
        else:
            now = content.snapshot(entry, lists)
            whole = data | {name: now[name] | data[name] for name in ("terms", "words") if name in data}
            if not content.put(entry, whole, lists, summary=_("Bijgewerkt uit %(file)s", file=file)):
                done.same += 1
                continue
            done.changed += 1
        changed.append(entry)
        done.slugs.append(slug)
    content.announce(changed)
    return done


def _existing(slugs: list[str]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for at in range(0, len(slugs), 500):
        rows = db.session.scalars(select(Entry).where(Entry.slug.in_(slugs[at : at + 500])).options(*content.WHOLE))
        found |= {entry.slug: entry for entry in rows}
    return found


def _slug(row: dict[str, Any], pages: set[str]) -> str:
    """The id of the row, else one made from name and library, so that the same row is the same entry."""
    if "" in row:
        raise Invalid(str(row[""]))
    given = _text(row.get(columns.KEY), columns.KEY).lower()
    if given:
        if not _ID.fullmatch(given):
            raise Invalid(_("De id «%(id)s» mag alleen kleine letters, cijfers en streepjes hebben.", id=given[:40]))
        if given in pages:
            raise Invalid(_("De id «%(id)s» is al het adres van een bladzijde. Kies een andere.", id=given))
        return given
    words = re.findall(r"[a-z0-9]+", fold(f"{row.get('naam') or ''} {row.get('bibliotheek') or ''}"))
    made = "-".join(words)[:80].strip("-") or "actie"
    return f"{made}-actie" if made in pages else made


def _pages() -> set[str]:
    """The addresses of pages that an entry's own address would be hidden behind."""
    rules = (
        rule.rule.split("/") for rule in current_app.url_map.iter_rules() if rule.endpoint.startswith("kennisbank.")
    )
    return {parts[2] for parts in rules if len(parts) > 2 and "<" not in parts[2]}


def _data(row: dict[str, Any], lists: Lists) -> dict[str, Any]:
    """A row as data of an entry, with only what the row names."""
    data: dict[str, Any] = {}
    for name, target in columns.TEXTS.items():
        if name in row:
            data[target] = _fit(_text(row[name], name), target, name)
    if not data.get("title"):
        raise Invalid(_("De naam ontbreekt."))
    kind = _text(row.get(columns.KIND), columns.KIND) or "actie"
    if kind not in KINDS:
        raise Invalid(_("Soort «%(kind)s» bestaat niet. Kies uit: %(all)s.", kind=kind[:40], all=", ".join(KINDS)))
    data["kind"] = kind
    _figure(row, data)
    if columns.READ_ON in row:
        data["read_on"] = _text(row[columns.READ_ON], columns.READ_ON)
    data["terms"], data["words"] = _terms(row, lists)
    rows = _results(row, lists, data["words"])
    if rows is not None:
        data["results"] = rows
    return data


def _figure(row: dict[str, Any], data: dict[str, Any]) -> None:
    figure = row.get("kerncijfer")
    if isinstance(figure, dict):
        data["figure"], data["figure_says"] = _text(figure.get("getal"))[:40], _text(figure.get("zegt"))[:200]
    elif figure is not None:
        data["figure"], data["figure_says"] = _text(figure)[:40], _text(row.get("kerncijfer_zegt"))[:200]


def _terms(row: dict[str, Any], lists: Lists) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Codes of the words that lists know, and the words that they do not know, for each list that the row names."""
    asked: dict[str, list[str]] = {}
    given = row.get(columns.TERMS)
    for vocabulary, some in (given if isinstance(given, dict) else {}).items():
        asked.setdefault(vocabulary, []).extend(_several(some))
    for name, vocabulary in {**columns.LISTS, columns.RESULT_KIND: RESULT_KIND}.items():
        if name in row:
            asked.setdefault(vocabulary, []).extend(_several(row[name]))
    terms, words = {}, {}
    for vocabulary, some in asked.items():
        terms[vocabulary], words[vocabulary] = lists.sort(vocabulary, some)
    # In these two the source's own words stay in the text; a list gives a place to those that it knows.
    for name, vocabulary in (("kanalen", "kanalen"), ("doelgroep", "doelgroepen")):
        if name in row:
            own, _rest = lists.sort(vocabulary, _several(row[name], ",;"))
            terms[vocabulary] = list(dict.fromkeys((*terms.get(vocabulary, ()), *own)))
    return terms, words


def _results(row: dict[str, Any], lists: Lists, words: dict[str, list[str]]) -> list[dict[str, str]] | None:
    """The rows of results; None when the file has no place for them."""
    found: list[dict[str, Any]] = []
    if isinstance(row.get(columns.FIGURES), list):
        found = [item for item in row[columns.FIGURES] if isinstance(item, dict)]
    elif not any(f"{name} {number}" in row for name in columns.ROW for number in range(1, columns.MOST_RESULTS + 1)):
        return None
    else:
        for number in range(1, columns.MOST_RESULTS + 1):
            own = {name: row.get(f"{name} {number}") for name in columns.ROW}
            if any(own.values()):
                found.append(own)
    rows = []
    for item in found:
        result = {target: _fit(_text(item.get(name), name), target, name) for name, target in columns.ROW.items()}
        term = lists.find(RESULT_KIND, result["kind"])
        if result["kind"] and term is None and fold(result["kind"]) != UNKNOWN:
            words.setdefault(RESULT_KIND, []).append(result["kind"])
        result["kind"] = term.code if term else UNKNOWN
        if result["kind"] == MEASURED:  # who contributes is asked for it; a file may not have it
            result["method"] = result["method"] or UNKNOWN
        rows.append(result)
    return rows


def _fit(text: str, target: str, name: str) -> str:
    longest = _LENGTHS.get(target, 20_000)
    if len(text) > longest:
        raise Invalid(
            _("«%(name)s» heeft %(now)s tekens; er passen er %(num)s.", name=name, now=len(text), num=longest)
        )
    return text


def _text(value: Any, name: str = "") -> str:
    """A value as text: a list with commas between. Raises Invalid for what is no value."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_text(one, name) for one in value)
    if isinstance(value, dict):
        raise Invalid(_("«%(name)s» moet tekst zijn.", name=name))
    return str(value).replace("\0", "").strip()


def _several(value: Any, separators: str = ";") -> list[str]:
    if isinstance(value, list):
        return [text for one in value if (text := _text(one))]
    return [part.strip() for part in re.split(f"[{separators}]", _text(value)) if part.strip()]
