"""The filters of the kennisbank: which lists they come from, what somebody selected, and how many each would show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import select

from lms.api import Term, Vocabulary, db
from lms.api import lazy_gettext as _l

from .lists import UNKNOWN
from .models import Entry

LONGEST_QUERY = 200


@dataclass(frozen=True)
class Facet:
    """A filter: ``key`` in the address, ``vocabulary`` the shared list that it takes its values from."""

    key: str
    vocabulary: str
    label: Any
    open: bool = False


FACETS = (
    Facet("doelgroep", "doelgroepen", _l("Doelgroep"), open=True),
    Facet("kernfunctie", "kernfuncties", _l("Kernfunctie"), open=True),
    Facet("kanaal", "kanalen", _l("Kanaal")),
    Facet("thema", "themas", _l("Thema")),
    Facet("innovatiefase", "innovatiefase", _l("Innovatiefase")),
    Facet("resultaat", "resultaatsoort", _l("Resultaat"), open=True),
)


RELEVANCE, NEWEST, MEASURED, TAKEN = "relevantie", "nieuwste", "gemeten", "overgenomen"
SORTS = {
    RELEVANCE: _l("Wat het best past"),
    MEASURED: _l("Best gemeten"),
    NEWEST: _l("Nieuwste"),
    TAKEN: _l("Meest overgenomen"),
}
"""The orders of the list, by the value in the address."""


class Word(NamedTuple):
    """A term of a shared list, read without its aliases."""

    id: int
    vocabulary: str
    code: str
    label: str
    definition: str
    active: bool


class Words:
    """The terms of all filters, in the order of their lists. One query."""

    def __init__(self) -> None:
        rows = db.session.execute(
            select(Term.id, Vocabulary.key, Term.code, Term.label, Term.definition, Term.active)
            .join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
            .where(Vocabulary.key.in_([facet.vocabulary for facet in FACETS]))
            .order_by(Term.position, Term.label)
        )
        self.by_id = {word.id: word for word in (Word(*row) for row in rows)}

    def of(self, facet: Facet) -> list[Word]:
        """The values of a filter; «onbekend» is no term but the lack of one."""
        return [w for w in self.by_id.values() if w.vocabulary == facet.vocabulary and w.code != UNKNOWN]

    def of_entry(self, entry: Entry, facet: Facet) -> list[Word]:
        """The values that an entry has, in the order of their list."""
        own = {link.term_id for link in entry.links if link.vocabulary == facet.vocabulary}
        return [word for word in self.of(facet) if word.id in own]

    def of_kind(self, code: str) -> Word | None:
        """The kind of result with this code; None for unknown."""
        return next((word for word in self.of(FACETS[-1]) if word.code == code), None)

    def result_kind(self, entry: Entry) -> Word | None:
        """How far the result can be trusted; None when that is unknown."""
        return next(iter(self.of_entry(entry, FACETS[-1])), None)


@dataclass(frozen=True)
class Selection:
    """What somebody searches: words, for each filter the codes that they selected, and the order they want."""

    q: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = ""

    @classmethod
    def read(cls, q: str, values: Callable[[str], Iterable[str]], words: Words) -> "Selection":
        """From an address: ``values(key)`` gives the codes of a filter. What no list knows is ignored."""
        chosen = []
        for facet in FACETS:
            known = {word.code for word in words.of(facet)} | {UNKNOWN}
            codes = tuple(dict.fromkeys(code for code in values(facet.key) if code in known))
            if codes:
                chosen.append((facet.key, codes))
        sort = next((value for value in values("volgorde") if value in SORTS), "")
        # PostgreSQL takes no zero character.
        return cls(" ".join(q[:LONGEST_QUERY].replace("\0", " ").split()), tuple(chosen), sort)

    def __bool__(self) -> bool:
        """Does it leave anything out?"""
        return bool(self.q or self.chosen)

    @property
    def args(self) -> dict[str, Any]:
        """The selection as arguments of ``url_for``."""
        sort = {"volgorde": self.sort} if self.sort else {}
        return ({"q": self.q} if self.q else {}) | {key: list(codes) for key, codes in self.chosen} | sort

    def codes(self, facet: Facet) -> tuple[str, ...]:
        return dict(self.chosen).get(facet.key, ())

    def without(self, facet: Facet, code: str) -> "Selection":
        """The same selection with one value less."""
        rest = ((key, tuple(c for c in codes if (key, c) != (facet.key, code))) for key, codes in self.chosen)
        return replace(self, chosen=tuple((key, codes) for key, codes in rest if codes))

    def without_words(self) -> "Selection":
        return replace(self, q="")

    def with_words(self, q: str) -> "Selection":
        """The same filters for other words."""
        return replace(self, q=q)


@dataclass(frozen=True)
class Option:
    """A value of a filter with the number of entries that selecting it would show."""

    code: str
    label: Any
    count: int
    chosen: bool


def options_of(facet: Facet, selection: Selection, words: Words, counts: dict[int, int]) -> list[Option]:
    """The values of one filter; ``counts`` has how many entries each term has, and under 0 how many have none."""
    codes = selection.codes(facet)
    found = [
        Option(word.code, word.label, counts.get(word.id, 0), word.code in codes)
        for word in words.of(facet)
        if word.active or word.code in codes or word.id in counts
    ]
    return [*found, Option(UNKNOWN, _l("onbekend"), counts.get(0, 0), UNKNOWN in codes)]
