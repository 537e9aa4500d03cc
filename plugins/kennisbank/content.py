"""What an entry says: the one way to put it in, take it out as data, and read it as text to search.

``data`` is the same everywhere (form, file, exchange, history): the names in TEXTS to text, ``terms`` a vocabulary to
codes, ``words`` a vocabulary to what its list does not know, ``results`` a list of rows with the names in FIGURES.

Who builds on this: call :func:`put` for each entry and :func:`announce` once with all of them. ``announce`` sends
``kennisbank.changed`` (entries) within the transaction, so an index that listens is never behind. :func:`searchable`
gives the text of an entry by field; load entries for it with the options in WHOLE.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm import joinedload, selectinload

from lms.api import Person, Term, db, now, send

from .lists import LISTS, RESULT_KIND, UNKNOWN, Lists
from .models import Entry, EntryTerm, EntryWord, Result, Revision

TEXTS = (
    "title", "library", "country", "period", "goal", "target", "channels", "phase_note", "partners", "done", "result",
    "figure", "figure_says", "caution", "evaluation", "takeover", "materials", "otherwise", "contact", "source",
)  # fmt: skip
FIGURES = ("indicator", "baseline", "outcome", "unit", "period", "method", "source", "kind")
DATES = ("result_on", "read_on")
CHOICES = ("kind", "visibility")
SEARCHED = (
    "title", "library", "goal", "target", "channels", "partners", "done", "result", "caution", "evaluation",
    "takeover", "materials", "otherwise", "phase_note",
)  # fmt: skip
WHOLE = (
    selectinload(Entry.links).joinedload(EntryTerm.term).lazyload(Term.aliases),
    selectinload(Entry.words),
    selectinload(Entry.results),
)
"""Loads entries with all that ``searchable`` and ``snapshot`` read, in a constant number of queries."""
PAGE = (*WHOLE, joinedload(Entry.owner))
EVENT = "kennisbank.changed"


def put(
    entry: Entry, data: dict[str, Any], lists: Lists, *, by: Person | None = None, summary: str = "", keep: bool = True
) -> bool:
    """Give the entry what ``data`` says and leave the rest; a row in its history when that changed something.

    With ``keep=False`` nothing goes into the history: what was never published has none. Returns whether it changed.
    """
    before = snapshot(entry, lists) if entry.id else None
    for name in (*TEXTS, *CHOICES):
        if name in data:
            setattr(entry, name, str(data[name] or ""))
    for name in DATES:
        if name in data:
            setattr(entry, name, _date(data[name]))
    if "words" in data:
        _put_words(entry, data["words"])
    if "results" in data:
        _put_results(entry, data["results"])
    if "terms" in data or "results" in data:
        _put_terms(entry, data.get("terms"), lists)
    after = snapshot(entry, lists)
    if before == after and (entry.revision or not keep):
        return False
    entry.year = first_year(entry.period or "")
    entry.updated_at = now()
    db.session.add(entry)
    if keep:
        remember(entry, after, by=by, summary=summary)
    return True


def remember(entry: Entry, data: dict[str, Any], *, by: Person | None, summary: str) -> None:
    """Add a row to the history of an entry."""
    entry.revision = (entry.revision or 0) + 1
    db.session.add(
        Revision(
            entry=entry,
            number=entry.revision,
            status=entry.status,
            summary=summary[:300],
            data=data,
            by_id=by and by.id,
        )
    )


def announce(entries: Iterable[Entry]) -> None:
    """Tell who follows (the index) that these entries changed, in this transaction."""
    found = list(entries)
    if found:
        db.session.flush()
        send(EVENT, entries=found)


def snapshot(entry: Entry, lists: Lists) -> dict[str, Any]:
    """The entry as data, ready for JSON: what :func:`put` takes."""
    data: dict[str, Any] = {name: getattr(entry, name) or "" for name in (*TEXTS, *CHOICES)}
    data |= {name: day.isoformat() if (day := getattr(entry, name)) else "" for name in DATES}
    codes: dict[str, list[str]] = {}
    own = {link.term_id for link in entry.links}
    for key, terms in lists.terms.items():
        if some := [term.code for term in terms if term.id in own]:
            codes[key] = some
    words: dict[str, list[str]] = {}
    for word in entry.words:
        words.setdefault(word.vocabulary, []).append(word.word)
    return data | {
        "terms": codes,
        "words": words,
        "results": [{name: getattr(row, name) or "" for name in FIGURES} for row in entry.results],
    }


def searchable(entry: Entry, lists: Lists | None = None) -> dict[str, str]:
    """The text of an entry by field, for an index: the names in SEARCHED, ``terms`` (labels), ``words``, ``results``.

    Fields without text are left out. Without ``lists`` the terms are read from the entry's links.
    """
    found = {name: getattr(entry, name) or "" for name in SEARCHED}
    terms = [lists.by_id.get(link.term_id) if lists else link.term for link in entry.links]
    # How a result was measured is a filter and no subject of the entry.
    found["terms"] = "; ".join(
        term.label for link, term in zip(entry.links, terms, strict=True) if term and link.vocabulary != RESULT_KIND
    )
    found["words"] = "; ".join(word.word for word in entry.words)
    found["results"] = "; ".join(" ".join(filter(None, (row.indicator, row.unit, row.method))) for row in entry.results)
    return {name: text for name, text in found.items() if text}


def first_year(period: str) -> int | None:
    """The first year in a period: 2008 in «2008-heden», 2017 in «circa 2017», None when there is none."""
    found = re.search(r"(?<!\d)(1[5-9]|20)\d\d(?!\d)", period)
    return int(found[0]) if found else None


def _put_words(entry: Entry, words: dict[str, list[str]]) -> None:
    wanted = [(key, word[:300]) for key, some in words.items() if key in LISTS for word in some]
    if [(word.vocabulary, word.word) for word in entry.words] != wanted:
        entry.words = [EntryWord(vocabulary=key, word=word) for key, word in wanted]


def _put_results(entry: Entry, rows: list[dict[str, Any]]) -> None:
    wanted = [{name: str(row.get(name) or "") for name in FIGURES} for row in rows]
    for row in wanted:
        row["kind"] = row["kind"] or UNKNOWN
    if [{name: getattr(row, name) for name in FIGURES} for row in entry.results] != wanted:
        entry.results = [Result(position=number, **row) for number, row in enumerate(wanted, 1)]


def _put_terms(entry: Entry, terms: dict[str, list[str]] | None, lists: Lists) -> None:
    """Give the entry these terms and, as kinds of result, those of its rows."""
    if terms is None:
        terms = {}
        for link in entry.links:
            if link.vocabulary != RESULT_KIND and link.term_id in lists.by_id:
                terms.setdefault(link.vocabulary, []).append(lists.by_id[link.term_id].code)
    kinds = [row.kind for row in entry.results]
    wanted: dict[int, str] = {}
    for key in LISTS:
        for code in (*terms.get(key, ()), *(kinds if key == RESULT_KIND else ())):
            term = lists.find(key, code)
            if term is not None:
                wanted[term.id] = key
    there = {link.term_id for link in entry.links}
    if there != wanted.keys():
        kept = [link for link in entry.links if link.term_id in wanted]
        new = [EntryTerm(term_id=id, vocabulary=key) for id, key in wanted.items() if id not in there]
        entry.links = kept + new


def _date(value: Any) -> date | None:
    if isinstance(value, date) or not value:
        return value or None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
