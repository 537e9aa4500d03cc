"""The shared lists that entries take their words from."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lms.api import Term, Vocabulary, db
from lms.api import lazy_gettext as _l

from .text import fold

UNKNOWN = "onbekend"
"""No term but the lack of one: an entry without a term of a list counts as this."""
RESULT_KIND = "resultaatsoort"
LISTS = {
    "doelgroepen": _l("Doelgroep"),
    "kernfuncties": _l("Kernfunctie"),
    "kanalen": _l("Kanaal"),
    "themas": _l("Thema"),
    "innovatiefase": _l("Innovatiefase"),
    RESULT_KIND: _l("Resultaat"),
    "actiedoel": _l("Soort doel"),
    "flankerende_prioriteiten": _l("Flankerende prioriteiten"),
    "uren": _l("Uren"),
    "kosten": _l("Kosten"),
    "evaluatievorm": _l("Hoe geëvalueerd"),
    "overnamemogelijkheid": _l("Overnemen"),
}
"""Vocabulary to how its field is called."""


class Lists:
    """All terms of these lists, found by id, code, label or alias. Two queries, however many entries follow."""

    def __init__(self) -> None:
        rows = db.session.scalars(
            select(Term)
            .join(Term.vocabulary)
            .where(Vocabulary.key.in_(LISTS))
            .options(contains_eager(Term.vocabulary))
            .order_by(Term.position, Term.label)
        )
        self.terms: dict[str, list[Term]] = {key: [] for key in LISTS}
        self._by_word: dict[str, dict[str, Term]] = {key: {} for key in LISTS}
        listed = [term for term in rows if term.code != UNKNOWN]
        self.by_id = {term.id: term for term in listed}
        for term in sorted(listed, key=lambda term: term.successor_id is not None):  # merged ones after the present
            key = term.vocabulary.key
            if term.successor_id is None:
                self.terms[key].append(term)
            for word in (term.code, term.label, *(alias.label for alias in term.aliases)):
                self._by_word[key].setdefault(fold(word), self._now(term))

    def _now(self, term: Term) -> Term:
        """The term itself, or the one that it went up in."""
        while term.successor_id in self.by_id:
            term = self.by_id[term.successor_id]
        return term

    def find(self, vocabulary: str, word: str) -> Term | None:
        """The term that this word stands for, or None."""
        return self._by_word.get(vocabulary, {}).get(fold(word))

    def sort(self, vocabulary: str, words: Iterable[str]) -> tuple[list[str], list[str]]:
        """Codes of the words that the list knows, in its order, and the words that it does not know."""
        found: set[str] = set()
        rest: dict[str, None] = {}
        for word in words:
            term = self.find(vocabulary, word)
            if term is not None:
                found.add(term.code)
            elif word.strip() and fold(word) != UNKNOWN:
                rest[" ".join(word.split())] = None
        return [term.code for term in self.terms.get(vocabulary, []) if term.code in found], list(rest)
