"""Asks the index: which entries fit, in which order, and how many each value of a filter would show.

Plain SQL on tables of our own with whole numbers for weights, so SQLite and PostgreSQL find the same in the same order.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import CTE, ColumnElement, Select, exists, false, func, literal, literal_column, select, union_all

from lms.api import Person, db

from ..content import WHOLE
from ..facets import FACETS, MEASURED, NEWEST, RELEVANCE, TAKEN, Facet, Option, Selection, Words, options_of
from ..lists import UNKNOWN
from ..models import Entry, Filed, Indexed, Posting, TakeOver
from ..reading import listed
from .analysis import Query, ask
from .index import reader
from .matches import Match, Matcher, by_field
from .suggest import suggestion

_TOTAL, _PAGE, _COUNT = range(3)  # what a row of the answer tells


@dataclass(frozen=True)
class Hit:
    """An entry with how well it fits; 0 when no words were asked."""

    entry: Entry
    score: int
    matches: tuple[Match, ...] = ()

    @property
    def where(self) -> list[tuple[Any, list[str]]]:
        """The words that fit, by the name of the field that they stand in."""
        return list(by_field(list(self.matches)))


@dataclass(frozen=True)
class Found:
    """What a search found: ``total`` entries, of which ``hits`` are on this page, and the filters with counts."""

    total: int
    hits: list[Hit]
    facets: list[tuple[Facet, list[Option]]]


class Page(Pagination):
    """A page of the hits, for the links to other pages."""

    def _query_items(self) -> list[Hit]:
        return list(self._query_args["found"].hits)

    def _query_count(self) -> int:
        return int(self._query_args["found"].total)


class Search:
    """One search by one person: :meth:`page` asks all at once, so that the words are looked up once."""

    def __init__(self, selection: Selection, words: Words, person: Person) -> None:
        self.selection, self.words, self.person = selection, words, person
        self.tokens = reader() if selection.q else None
        self.query = ask(selection.q, self.tokens.synonyms) if self.tokens else Query()

    @property
    def usual(self) -> str:
        """How hits are ordered when nobody asked: by relevance when there are words."""
        return RELEVANCE if self.query else MEASURED

    @property
    def sort(self) -> str:
        asked = self.selection.sort
        return asked if asked and (asked != RELEVANCE or self.query) else self.usual

    def page(self, offset: int, limit: int) -> Found:
        """Some hits in their order, how many there are, and each filter with its values and counts. Six queries, and
        one for how rare words are when there are more.

        The counts of a filter heed all other filters but not itself, since its values add to each other.
        """
        base = self._base(self._rarities())
        chosen = [number for number, facet in enumerate(FACETS) if self.selection.codes(facet)]
        hits = self._hits(base, chosen, "hits")
        parts: list[Any] = [
            select(literal(_TOTAL), literal(0), literal(0), func.count()).select_from(hits),
            self._best(hits, offset, limit),
            _tally(hits, [number for number in range(len(FACETS)) if number not in chosen]),
        ]
        for number in chosen:
            rest = self._hits(base, [other for other in chosen if other != number], f"without_{number}")
            parts.append(_tally(rest, [number]))
        total = 0
        order: list[tuple[int, int, int]] = []
        counts: list[dict[int, int]] = [{} for _facet in FACETS]
        for kind, own, value, number in db.session.execute(union_all(*parts)):
            if kind == _TOTAL:
                total = number
            elif kind == _PAGE:
                order.append((number, own, value))
            else:
                term, facet = divmod(own, len(FACETS))
                counts[facet][term] = number
        return Found(
            total,
            self._load([(entry_id, score) for _place, entry_id, score in sorted(order)]),
            [(facet, options_of(facet, self.selection, self.words, counts[n])) for n, facet in enumerate(FACETS)],
        )

    def ids(self, most: int) -> list[int]:
        """The numbers of the first entries in their order, for an export."""
        base = self._base(self._rarities())
        hits = self._hits(base, [n for n, facet in enumerate(FACETS) if self.selection.codes(facet)], "hits")
        found = select(hits.c.entry_id).order_by(*self._order(hits), hits.c.entry_id)
        return list(db.session.scalars(found.limit(most)))

    def suggestion(self) -> str:
        """«Bedoelde u …?», where that finds something, or nothing."""
        better = suggestion(self.selection.q, self.query, self.person)
        return better if better and Search(self.selection.with_words(better), self.words, self.person).ids(1) else ""

    def _load(self, scores: list[tuple[int, int]]) -> list[Hit]:
        ids = [number for number, _score in scores]
        wanted = select(Entry).where(Entry.id.in_(ids), *listed(self.person)).options(*WHOLE)
        entries = {entry.id: entry for entry in db.session.scalars(wanted)}
        there = [(entries[number], score) for number, score in scores if number in entries]
        if self.tokens is None or not self.query.units:
            return [Hit(entry, score) for entry, score in there]
        matches = Matcher(self.query, self.tokens)
        return [Hit(entry, score, tuple(matches.of(entry))) for entry, score in there]

    def _rarities(self) -> Sequence[int]:
        """How much each word tells, from 1 upwards: a word that few entries have tells more. One word needs none."""
        units = self.query.units
        if len(units) < 2:
            return [1] * len(units)
        asked = [
            select(func.count(Posting.entry_id.distinct())).where(Posting.token.in_(unit.tokens)).scalar_subquery()
            for unit in units
        ]
        everything = select(func.count()).select_from(Indexed).scalar_subquery()
        total, *having = db.session.execute(select(everything, *asked)).one()
        return [round(10 * math.log(1 + (total + 1) / (number + 0.5))) + 1 for number in having]

    def _base(self, rare: Sequence[int]) -> CTE:
        """The entries that have the words and that the person may find, with their score, whatever the filters."""
        found = select(Indexed.entry_id, Indexed.trust, Indexed.year)
        score: ColumnElement[int] = literal(0)
        for number, unit in enumerate(self.query.units):
            fits = select(Posting.entry_id, Posting.weight).where(Posting.token.in_(sorted(unit.tokens)))
            if len(unit.tokens) > 1:
                fits = fits.with_only_columns(Posting.entry_id, func.max(Posting.weight).label("weight"))
                fits = fits.group_by(Posting.entry_id)
            word = fits.subquery(f"word_{number}")
            found = found.join(word, word.c.entry_id == Indexed.entry_id)
            score = score + word.c.weight * rare[number]
        if self.selection.q and not self.query:
            found = found.where(false())  # nothing but words that stand everywhere
        if not self.person.is_authenticated:
            found = found.where(Indexed.public)
        for phrase in self.query.phrases:
            rows = select(Entry.id).where(Entry.folded.contains(phrase, autoescape=True))
            found = found.where(Indexed.entry_id.in_(rows))
        return found.add_columns(score.label("score")).cte("base")

    def _hits(self, base: CTE, facets: Sequence[int], name: str) -> CTE:
        """Those that also have a chosen value of each of these filters."""
        if not facets:
            return base
        found = select(base)
        for number in facets:
            codes = self.selection.codes(FACETS[number])
            ids = [word.id for word in self.words.of(FACETS[number]) if word.code in codes] + [0] * (UNKNOWN in codes)
            found = found.where(
                exists().where(Filed.entry_id == base.c.entry_id, Filed.facet == number, Filed.term_id.in_(ids))
            )
        return found.cte(name)

    def _best(self, hits: CTE, offset: int, limit: int) -> Select[Any]:
        """Entry, score and place of the hits on a page. They are numbered after they were taken: a database that has to
        number all hits sorts them all, and one that has to take a few only remembers those."""
        keys = [key.label(f"key_{number}") for number, key in enumerate(self._order(hits))]
        some = select(hits.c.entry_id, hits.c.score, *keys).order_by(*keys, hits.c.entry_id)
        best = some.offset(offset).limit(limit).subquery("best")
        place = func.row_number().over(order_by=[*(best.c[key.name] for key in keys), best.c.entry_id])
        return select(literal(_PAGE), best.c.entry_id, best.c.score, place)

    def _order(self, hits: CTE) -> list[ColumnElement[int]]:
        """What the hits are sorted by, the least first."""
        score, trust, year = -hits.c.score, hits.c.trust, -hits.c.year
        if self.sort == NEWEST:
            return [year, score, trust]
        if self.sort == TAKEN:
            taken = select(-func.count()).where(TakeOver.entry_id == hits.c.entry_id).correlate(hits)
            return [taken.scalar_subquery(), score, trust, year]
        if self.sort == MEASURED:
            return [trust, score, year]
        return [score, trust, year]


def _tally(found: CTE, facets: list[int]) -> Select[Any, Any, Any, Any]:
    # One number for filter and value: SQLite groups by one twice as fast as by two. Written out, since PostgreSQL
    # would not know two parameters for the same.
    value = Filed.term_id * literal_column(str(len(FACETS))) + Filed.facet
    # The sum keeps SQLite from beginning with the filters: from the hits there are far fewer rows to read.
    return (
        select(literal(_COUNT), value, literal(0), func.count())
        .join(found, found.c.entry_id == Filed.entry_id)
        .where((Filed.facet + 0).in_(facets))
        .group_by(value)
    )
