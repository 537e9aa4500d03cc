"""Change the shared vocabularies on screen: add, change, move and merge terms. Nothing that hangs on one is lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from .. import events
from ..audit.services import record
from ..db import db
from ..errors import Conflict, Invalid, NotFound
from . import links
from .loading import rename, words_of
from .models import Term, TermAlias, Vocabulary
from .services import by_words, final
from .words import code_of, fold

MOST_ALIASES = 30
LONGEST_WORD = 200
LONGEST_CODE = 40
"""Of a word that is added here: plugins keep the code of a choice in a column of that width."""


@dataclass(frozen=True)
class Entry:
    """What an administrator typed of one term; ``aliases`` without the earlier names, which stay but for those of which
    ``forget`` has the id."""

    label: str
    definition: str = ""
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    enabled: bool = True
    forget: frozenset[int] = frozenset()


def all_vocabularies() -> list[tuple[Vocabulary, int]]:
    """Every list by key, with the number of its terms that are offered."""
    offered = (
        select(Term.vocabulary_id, func.count().label("terms")).where(Term.active).group_by(Term.vocabulary_id)
    ).subquery()
    found = select(Vocabulary, func.coalesce(offered.c.terms, 0)).outerjoin(
        offered, offered.c.vocabulary_id == Vocabulary.id
    )
    return [(vocabulary, count) for vocabulary, count in db.session.execute(found.order_by(Vocabulary.key))]


def load_vocabulary(key: str, *, for_update: bool = False) -> Vocabulary:
    """A list with all its terms; ``for_update`` lets nobody else change it meanwhile. Otherwise NotFound."""
    found = select(Vocabulary).where(Vocabulary.key == key)
    if for_update:
        found = found.with_for_update()
    options = selectinload(Vocabulary.terms).selectinload(Term.aliases)
    vocabulary = db.session.scalar(found.options(options))
    if vocabulary is None:
        raise NotFound(_("Deze woordenlijst bestaat niet."))
    return vocabulary


def load_term(vocabulary: Vocabulary, term_id: int) -> Term:
    """A term of the list; otherwise NotFound."""
    for term in vocabulary.terms:
        if term.id == term_id:
            return term
    raise NotFound(_("Dit woord staat niet in deze lijst."))


def in_order(vocabulary: Vocabulary) -> list[Term]:
    """The terms as they are offered; those that were merged come last."""
    return sorted(vocabulary.terms, key=lambda term: (term.successor_id is not None, term.position, term.label))


def add(vocabulary: Vocabulary, label: str) -> Term:
    """A new term at the end of the list. Raises Invalid for a word that the list has already."""
    label = _tidy(label)
    _must_be_free(vocabulary, None, label, "label")
    base, number = code_of(label)[:LONGEST_CODE] or "woord", 1
    code, codes = base, {term.code for term in vocabulary.terms}
    while code in codes:
        number += 1
        code = f"{base[: LONGEST_CODE - 5]}_{number}"
    last = max((term.position for term in vocabulary.terms), default=0)
    term = Term(code=code, label=label, position=last + 1, delivered={}, origin="", aliases=[])
    vocabulary.terms.append(term)
    db.session.flush()
    _told("core.term_added", vocabulary, term)
    return term


def change(vocabulary: Vocabulary, term: Term, entry: Entry, revision: int) -> None:
    """Change a term. An earlier name is kept, so that it is still found.

    Raises Invalid for a word that stands for another term, and Conflict when somebody else was earlier.
    """
    _must_be_present(term)
    if revision != term.revision:
        raise Conflict(_("Iemand anders wijzigde dit woord net. Kijk hoe het nu is en wijzig het dan opnieuw."))
    label, aliases = _tidy(entry.label), _aliases(entry)
    _must_be_free(vocabulary, term, label, "label")
    for alias in aliases:
        _must_be_free(vocabulary, term, alias, "aliases")
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        raise Invalid(_("De laatste dag ligt vóór de eerste."), "valid_to")
    wanted = {fold(alias): alias for alias in aliases if fold(alias) != fold(label)}
    for present in list(term.aliases):
        gone = present.id in entry.forget if present.earlier else fold(present.label) not in wanted
        if gone:
            term.aliases.remove(present)
    if label != term.label:
        rename(term, label)
    known = {fold(one.label) for one in term.aliases}
    term.aliases.extend(TermAlias(label=word) for folded, word in wanted.items() if folded not in known)
    term.definition, term.enabled = entry.definition.strip(), entry.enabled
    term.valid_from, term.valid_to = entry.valid_from, entry.valid_to
    term.revision += 1
    db.session.flush()
    _told("core.term_changed", vocabulary, term)


def move(vocabulary: Vocabulary, term: Term, *, up: bool) -> None:
    """Let a term change places with the one before or after it; at the end of the list nothing happens."""
    _must_be_present(term)
    order = [one for one in in_order(vocabulary) if one.successor_id is None]
    at = order.index(term)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    for position, one in enumerate(order, 1):
        if one.position != position:
            one.position = position
    db.session.flush()
    _told("core.term_moved", vocabulary, term)


def find_other(vocabulary: Vocabulary, term: Term, word: str) -> Term:
    """The term with which another one is to be merged, by any of its words. Raises Invalid with what is wrong."""
    _must_be_present(term)
    found = by_words(vocabulary.terms).get(fold(word))
    if found is None:
        raise Invalid(_("Dit woord staat niet in deze lijst. Kies een woord uit de lijst."), "other")
    if found is term:
        own = fold(word) in {fold(term.label), fold(term.code)}
        _refuse_itself(own)
    return found


def _refuse_itself(own: bool) -> NoReturn:
    if own:
        raise Invalid(_("Dit is hetzelfde woord. Kies een ander woord uit de lijst."), "other")
    raise Invalid(_("Dit is al een ander woord voor deze term. Kies een andere term uit de lijst."), "other")


def merge(vocabulary: Vocabulary, term: Term, into: Term) -> int:
    """Let ``term`` go up in ``into``; returns how many rows of plugins hung on it and now hang on the other.

    Its words lead to the other from now on. Raises Invalid for itself, a term of another list, or a circle.
    """
    _must_be_present(term)
    if term is into:
        _refuse_itself(own=True)
    if into.vocabulary_id != term.vocabulary_id:
        raise Invalid(_("Kies een woord uit dezelfde lijst."), "other")
    if into.successor_id is not None or final(into, {one.id: one for one in vocabulary.terms}) is term:
        raise Invalid(_("Dat woord is zelf al samengevoegd. Kies het woord waarin het is opgegaan."), "other")
    rows = links.uses([term.id]).get(term.id, 0)
    words = {fold(word) for word in words_of(into)}
    for word in words_of(term):
        if fold(word) not in words:
            into.aliases.append(TermAlias(label=word, earlier=True))
            words.add(fold(word))
    term.successor = into
    term.revision += 1
    into.revision += 1
    db.session.flush()
    links.repoint(term.id, into.id)
    record("core.terms_merged", subject=term, vocabulary=vocabulary.key, code=term.code, into=into.code)
    events.send("core.terms_merged", old=term, new=into)
    return rows


def follow_all() -> None:
    """Let what hangs on merged terms follow, also of a plugin that was switched off when they were merged."""
    by_id = {term.id: term for term in db.session.scalars(select(Term).where(Term.successor_id.is_not(None)))}
    if not by_id:
        return
    used = links.uses(list(by_id))
    for term in [by_id[id] for id in used]:
        now = final(term, by_id)
        if now.successor_id is not None:
            links.repoint(term.id, now.successor_id)


def _must_be_present(term: Term) -> None:
    if term.successor_id is not None:
        raise Conflict(_("Dit woord is opgegaan in een ander woord. Wijzig dat andere woord."))


def _must_be_free(vocabulary: Vocabulary, term: Term | None, word: str, field: str) -> None:
    if not word:
        raise Invalid(_("Vul een woord in."), field)
    if len(word) > LONGEST_WORD:
        raise Invalid(_("Dit woord is te lang. Neem hoogstens %(most)s tekens.", most=LONGEST_WORD), field)
    for other in vocabulary.terms:
        if other is not term and other.successor_id is None and fold(word) in {fold(one) for one in words_of(other)}:
            raise Invalid(_("«%(word)s» hoort al bij «%(label)s».", word=word, label=other.label), field)


def _aliases(entry: Entry) -> list[str]:
    found = list(dict.fromkeys(_tidy(alias) for alias in entry.aliases if alias.strip()))
    if len(found) > MOST_ALIASES:
        raise Invalid(_("Geef hoogstens %(most)s andere woorden.", most=MOST_ALIASES), "aliases")
    return found


def _tidy(word: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in word).split())


def _told(action: str, vocabulary: Vocabulary, term: Term) -> None:
    record(action, subject=term, vocabulary=vocabulary.key, code=term.code)
    if action == "core.term_changed":
        events.send(action, term=term)


def gone_up_in(vocabulary: Vocabulary, term: Term) -> Iterable[Term]:
    """The terms that were merged into this one."""
    return [one for one in vocabulary.terms if one.successor_id == term.id]
