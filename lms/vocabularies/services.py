"""Load and read the shared vocabularies."""

import json
import re
import unicodedata
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..db import db
from .models import Term, TermAlias, Vocabulary


def terms(vocabulary: str, *, active: bool = True) -> list[Term]:
    """The terms of a vocabulary in their order; with ``active=False`` also those no longer in use."""
    found = select(Term).join(Vocabulary).where(Vocabulary.key == vocabulary).order_by(Term.position, Term.label)
    if active:
        found = found.where(Term.active)
    return list(db.session.scalars(found))


def resolve(vocabulary: str, words: list[str]) -> list[Term]:
    """The terms that these codes, labels or aliases stand for; words that nobody knows are left out."""
    by_word: dict[str, Term] = {}
    for term in terms(vocabulary, active=False):
        for word in (term.code, term.label, *(alias.label for alias in term.aliases)):
            by_word.setdefault(_fold(word), term)
    found = [by_word[_fold(word)] for word in words if _fold(word) in by_word]
    return list(dict.fromkeys(found))


def load(file: Path) -> int:
    """Add the vocabularies and terms of a JSON file that are not there yet; returns how many terms came in."""
    lists = json.loads(file.read_text(encoding="utf-8"))["lijsten"]
    known = {v.key: v for v in db.session.scalars(select(Vocabulary).options(selectinload(Vocabulary.terms)))}
    added = 0
    for key, items in lists.items():
        vocabulary = known.get(key)
        if vocabulary is None:
            vocabulary = Vocabulary(key=key, terms=[])
            db.session.add(vocabulary)
        codes = {term.code for term in vocabulary.terms}
        for position, item in enumerate(items, 1):
            code = item.get("code") or _code(item["label"])
            if code in codes:
                continue
            vocabulary.terms.append(
                Term(
                    code=code,
                    label=item["label"],
                    definition=item.get("officieel") or item.get("definitie") or "",
                    origin=item.get("herkomst", ""),
                    position=position,
                    active=item.get("actief", True),
                    aliases=[TermAlias(label=alias) for alias in item.get("alias", ())],
                )
            )
            codes.add(code)
            added += 1
    return added


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def _code(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", _fold(label)).strip("_")
