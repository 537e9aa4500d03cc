"""Keeps the index equal to the entries, within the transaction that changes them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select

from lms.api import Term, db

from ..content import WHOLE, searchable
from ..facets import FACETS
from ..lists import RESULT_KIND, Lists
from ..models import Entry, EntryTerm, Filed, Indexed, Posting, Synonym, Visibility
from ..models.entries import READABLE
from . import analysis
from .analysis import Tokens
from .folding import fold, words
from .forms import known
from .synonyms import Synonyms

WEIGHTS = {
    "title": 8, "target": 5, "channels": 5, "terms": 5, "words": 5, "goal": 3, "library": 3, "result": 3, "results": 3,
}  # fmt: skip
OTHER = 2  # the weight of every other field
BATCH = 200
_MANY = 5_000  # so many values in one IN

T = TypeVar("T")


def changed(entries: Iterable[Entry]) -> None:
    """Index these entries again, or take them out of the index: hears ``kennisbank.changed``."""
    groups, lists = synonyms(), Lists()
    for some in _batches(entries):
        _write(some, Tokens(groups, _own(some, lists).__contains__), lists)


def renamed(term: Term) -> None:
    """Index the entries with this term again, under its present words: hears ``core.term_changed``."""
    changed(_each(db.session.scalars(select(EntryTerm.entry_id).where(EntryTerm.term_id == term.id).distinct()).all()))


def merged(old: Term, new: Term) -> None:
    """Index the entries that got another term by merging again: hears ``core.terms_merged``."""
    renamed(new)


def reindex(tell: Callable[[int], None] = lambda number: None) -> int:
    """Index all entries again; gives how many can be found. ``tell`` hears how many are done.

    The words of all entries are read first, since they tell how compounds are split.
    """
    db.session.execute(
        delete(Indexed).where(Indexed.entry_id.not_in(select(Entry.id).where(Entry.status.in_(READABLE))))
    )
    groups, lists = synonyms(), Lists()
    ids = db.session.scalars(select(Entry.id).order_by(Entry.id)).all()
    seen: set[str] = set()
    for some in _batches(ids):
        for entry in _load(some):
            seen |= _words(searchable(entry, lists))
        db.session.expire_all()
    done, tokens = 0, Tokens(groups, seen.__contains__)
    for some in _batches(ids):
        _write(_load(some), tokens, lists)
        db.session.expire_all()
        done += len(some)
        tell(done)
    return db.session.scalar(select(db.func.count()).select_from(Indexed)) or 0


def fill() -> None:
    """Index what can be read and is not in the index yet, such as after the step to a version that has one."""
    missing = select(Entry.id).where(Entry.status.in_(READABLE), Entry.id.not_in(select(Indexed.entry_id)))
    ids = db.session.scalars(missing.order_by(Entry.id)).all()
    if ids and not db.session.scalar(select(Indexed.entry_id).limit(1)):
        reindex()  # reads all words first, since they tell how compounds are split
    elif ids:
        changed(_each(ids))


def synonyms() -> Synonyms:
    """The groups of synonyms in use. One query."""
    return reader().synonyms


def reader() -> Tokens:
    """The tokens of words with the synonyms in use: what searches ask, kept from one to the next. One query."""
    found = db.session.execute(select(Synonym.id, Synonym.words).where(Synonym.active).order_by(Synonym.id))
    return _reader(tuple((row.id, tuple(row.words)) for row in found))


@lru_cache(2)  # with the synonyms as they are, and while somebody changes them
def _reader(groups: tuple[tuple[int, tuple[str, ...]], ...]) -> Tokens:
    return Tokens(Synonyms(dict(groups)))


def fields(entry: Entry, lists: Lists) -> list[analysis.Field]:
    """The texts of an entry with their weights."""
    return [analysis.Field(name, WEIGHTS.get(name, OTHER), text) for name, text in searchable(entry, lists).items()]


def _batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _each(ids: Iterable[int]) -> Iterator[Entry]:
    for some in _batches(ids):
        yield from _load(some)


def _load(ids: Sequence[int]) -> Sequence[Entry]:
    return db.session.scalars(select(Entry).where(Entry.id.in_(ids)).order_by(Entry.id).options(*WHOLE)).all()


def _write(entries: Sequence[Entry], tokens: Tokens, lists: Lists) -> None:
    ids = [entry.id for entry in entries]
    for table in (Posting, Filed, Indexed):
        db.session.execute(delete(table).where(table.entry_id.in_(ids)))
    shown = [entry for entry in entries if entry.status in READABLE]
    texts = {entry.id: fields(entry, lists) for entry in shown}
    postings: list[dict[str, Any]] = []
    for entry in shown:
        entry.folded = analysis.rows(field.text for field in texts[entry.id])
        weights = analysis.index(texts[entry.id], tokens)
        postings += [{"token": token, "entry_id": entry.id, "weight": weight} for token, weight in weights.items()]
    _insert(Indexed, [_row(entry, lists) for entry in shown])
    _insert(Filed, [row for entry in shown for row in _filed(entry)])
    _insert(Posting, sorted(postings, key=lambda row: (row["token"], row["entry_id"])))


def _insert(table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table.__table__), rows)  # not through the mapper: there are very many


def _row(entry: Entry, lists: Lists) -> dict[str, Any]:
    return {
        "entry_id": entry.id,
        "public": entry.visibility == Visibility.PUBLIC,
        "trust": trust(entry, lists),
        "year": entry.year or 0,
    }


def trust(entry: Entry, lists: Lists) -> int:
    """How well the result was measured: by its kind, and with the base and the method known before without."""
    kinds = [
        lists.by_id[link.term_id].position
        for link in entry.links
        if link.vocabulary == RESULT_KIND and link.term_id in lists.by_id
    ]
    missing = min(
        ((not row.outcome) * 4 + (not row.baseline) * 2 + (not row.method) for row in entry.results),
        default=0 if entry.figure else 8,
    )
    return min(kinds, default=90) * 10 + missing


def _filed(entry: Entry) -> list[dict[str, int]]:
    rows = []
    for number, facet in enumerate(FACETS):
        own = [link.term_id for link in entry.links if link.vocabulary == facet.vocabulary]
        rows += [{"entry_id": entry.id, "facet": number, "term_id": term_id} for term_id in own or [0]]
    return rows


# --- the words of our own texts, to split compounds by ------------------------------------------------


def _words(texts: dict[str, str]) -> set[str]:
    return {
        word.plain for text in texts.values() for word in words(text) if len(word.plain) > 3 and word.plain.isalpha()
    }


def _own(entries: Iterable[Entry], lists: Lists) -> set[str]:
    """Which parts of the words that no dictionary has are words of our own texts."""
    candidates: dict[str, str] = {}
    for entry in entries:
        for plain in _words(searchable(entry, lists)):
            if len(plain) > 6 and not known(plain):
                ends = [
                    *(plain[:at] for at in range(4, len(plain) - 2)),
                    *(plain[at:] for at in range(3, len(plain) - 3)),
                ]
                # A form as written has a mark before it, apart from those that are what all forms have in common.
                candidates |= {mark + fold(part): part for part in ends if not known(part) for mark in ("", "=")}
    found: set[str] = set()
    for some in _batches(sorted(candidates), _MANY):
        rows = db.session.scalars(select(Posting.token).where(Posting.token.in_(some)).distinct())
        found |= {candidates[token] for token in rows}
    return found
