"""«Bedoelde u …?»: for words that no entry has, a word that begins so or that one typing error makes of it."""

from sqlalchemy import and_, func, or_, select

from lms.api import Person, db

from ..models import Indexed, Posting
from .analysis import Query
from .folding import fold

SHORTEST = 3


def suggestion(typed: str, query: Query, person: Person) -> str:
    """What was typed with other words in the place of those that nothing has; empty when nothing comes near.

    Two queries for each such word, and there are at most ten.
    """
    better = typed
    tokens = {token for unit in query.units for token in unit.tokens}
    there = set(db.session.scalars(select(Posting.token).where(Posting.token.in_(tokens)).distinct()))
    for unit in query.units:
        if not unit.tokens & there:
            word = _nearest(fold(unit.word), person)
            if not word:
                return ""
            better = _replace(better, unit.word, word)
    return better if fold(better) != fold(typed) else ""


def _nearest(word: str, person: Person) -> str:
    if len(word) < SHORTEST or not word.isalpha():
        return ""
    first, after = word[0], chr(ord(word[0]) + 1)
    # Forms as written have a mark before them, apart from those that are what all forms have in common.
    begins = or_(*(and_(Posting.token >= mark + first, Posting.token < mark + after) for mark in ("", "=")))
    rows = (
        select(Posting.token, func.count().label("number"))
        .join(Indexed, Indexed.entry_id == Posting.entry_id)
        .where(begins, func.length(Posting.token) >= len(word) - 1)
        .group_by(Posting.token)
    )
    if not person.is_authenticated:
        rows = rows.where(Indexed.public)
    best = min(
        (
            (rank, -number, token)
            for token, number in db.session.execute(rows)
            if (rank := _rank(word, token.lstrip("="))) is not None
        ),
        default=None,
    )
    return best[2].lstrip("=") if best else ""


def _rank(word: str, other: str) -> int | None:
    if is_near(word, other):
        return 0
    return 1 if other.startswith(word) and len(word) > SHORTEST else None


def is_near(a: str, b: str) -> bool:
    """Does one typing error lie between them: a letter too much, too few, another, or two that changed places?"""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rests = (a[at:], b[at:])
    swapped = rests[0][:2][::-1] == rests[1][:2] and rests[0][2:] == rests[1][2:]
    return swapped or rests[0][1:] == rests[1] or rests[0] == rests[1][1:] or rests[0][1:] == rests[1][1:]


def _replace(typed: str, word: str, other: str) -> str:
    return " ".join(other if fold(part) == fold(word) else part for part in typed.split())
