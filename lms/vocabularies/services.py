"""Read the shared vocabularies."""

from collections.abc import Iterable

from sqlalchemy import select

from ..db import db
from .models import Term, Vocabulary
from .words import fold


def terms(vocabulary: str, *, active: bool = True) -> list[Term]:
    """The terms of a vocabulary that are offered today, in their order; with ``active=False`` all of them."""
    found = select(Term).join(Vocabulary).where(Vocabulary.key == vocabulary).order_by(Term.position, Term.label)
    if active:
        found = found.where(Term.active)
    return list(db.session.scalars(found))


def labels(*vocabularies: str) -> dict[str, list[str]]:
    """The words in use of several vocabularies, each in its order. One query, and none without a name."""
    found: dict[str, list[str]] = {key: [] for key in vocabularies}
    if not vocabularies:
        return found
    rows = (
        select(Vocabulary.key, Term.label)
        .join(Term, Term.vocabulary_id == Vocabulary.id)
        .where(Vocabulary.key.in_(vocabularies), Term.active)
        .order_by(Term.position, Term.label)
    )
    for key, label in db.session.execute(rows):
        found[key].append(label)
    return found


def resolve(vocabulary: str, words: list[str]) -> list[Term]:
    """The terms that these codes, labels, aliases or earlier names stand for; words that nobody knows are left out.

    A term that was merged is followed to its successor. Two queries.
    """
    by_word = by_words(terms(vocabulary, active=False))
    found = [by_word[fold(word)] for word in words if fold(word) in by_word]
    return list(dict.fromkeys(found))


def by_words(found: Iterable[Term]) -> dict[str, Term]:
    """Every word of a whole vocabulary, folded, to the term that it stands for now.

    A code goes before a label, a label before an alias, that before an earlier name; a present term before a merged.
    """
    listed = list(found)
    by_id = {term.id: term for term in listed}
    ranked: list[tuple[tuple[bool, int], str, Term]] = []
    for term in listed:
        words = [(0, term.code), (1, term.label)]
        words += [(3 if alias.earlier else 2, alias.label) for alias in term.aliases]
        now = final(term, by_id)
        ranked += [((term.successor_id is not None, rank), fold(word), now) for rank, word in words]
    by_word: dict[str, Term] = {}
    for _rank, word, term in sorted(ranked, key=lambda one: one[0]):
        by_word.setdefault(word, term)
    return by_word


def final(term: Term, by_id: dict[int, Term]) -> Term:
    """The term that it was merged into, however many steps away; itself when it was not."""
    while term.successor_id is not None and term.successor_id in by_id:
        term = by_id[term.successor_id]
    return term
