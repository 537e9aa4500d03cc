"""Bring vocabularies that the product or a plugin delivers into the tables, and their corrections later.

What an administrator changed stays as it is: of each field the last delivered value is remembered, and only a field
that still has it is corrected.
"""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..db import db
from .models import Term, TermAlias, Vocabulary
from .words import code_of, fold

FIELDS = ("label", "definition", "origin", "position", "enabled")


def load(file: Path) -> tuple[int, int]:
    """Add what is not there yet and correct what nobody changed; returns how many terms came in and were corrected."""
    lists = json.loads(file.read_text(encoding="utf-8"))["lijsten"]
    found = select(Vocabulary).options(selectinload(Vocabulary.terms).selectinload(Term.aliases))
    known = {vocabulary.key: vocabulary for vocabulary in db.session.scalars(found)}
    added = corrected = 0
    for key, items in lists.items():
        vocabulary = known.get(key)
        if vocabulary is None:
            vocabulary = Vocabulary(key=key, terms=[])
            db.session.add(vocabulary)
        by_code = {term.code: term for term in vocabulary.terms}
        for position, item in enumerate(items, 1):
            code = item.get("code") or code_of(item["label"])
            brought = _brought(item, position)
            if code not in by_code:
                by_code[code] = _make(code, brought)
                vocabulary.terms.append(by_code[code])
                added += 1
            else:
                corrected += _correct(by_code[code], brought, vocabulary.terms)
    return added, corrected


def _brought(item: dict[str, Any], position: int) -> dict[str, Any]:
    return {
        "label": item["label"],
        "definition": item.get("officieel") or item.get("definitie") or "",
        "origin": item.get("herkomst", ""),
        "position": position,
        "enabled": item.get("actief", True),
        "aliases": list(item.get("alias", ())),
    }


def _make(code: str, brought: dict[str, Any]) -> Term:
    fields = {name: brought[name] for name in FIELDS}
    return Term(
        code=code, delivered=brought, aliases=[TermAlias(label=alias) for alias in brought["aliases"]], **fields
    )


def _correct(term: Term, brought: dict[str, Any], others: list[Term]) -> bool:
    if term.delivered == {}:
        return False  # an administrator added it before we did
    # A site from before terms could be changed: what it has is what was delivered.
    before = term.delivered or {name: getattr(term, name) for name in FIELDS} | {
        "aliases": [alias.label for alias in term.aliases]
    }
    term.delivered = brought
    taken = {fold(word) for other in others if other is not term for word in words_of(other)}
    changed = False
    for name in FIELDS:
        mine, new = getattr(term, name), brought[name]
        if mine != before[name] or mine == new or (name == "label" and fold(new) in taken):
            continue
        if name == "label":
            rename(term, new)
        else:
            setattr(term, name, new)
        changed = True
    return _correct_aliases(term, before["aliases"], brought["aliases"], taken) or changed


def _correct_aliases(term: Term, before: list[str], brought: list[str], taken: set[str]) -> bool:
    changed = False
    present = {fold(word) for word in words_of(term)}
    for label in brought:
        if label not in before and fold(label) not in present | taken:
            term.aliases.append(TermAlias(label=label))
            changed = True
    for alias in list(term.aliases):
        if alias.label in before and alias.label not in brought and not alias.earlier:
            term.aliases.remove(alias)
            changed = True
    return changed


def rename(term: Term, label: str) -> None:
    """Give a term another name; the one that it had is still found."""
    old = term.label
    present = {fold(alias.label): alias for alias in term.aliases}
    if fold(label) in present:
        term.aliases.remove(present[fold(label)])
    if fold(old) != fold(label) and fold(old) not in present:
        term.aliases.append(TermAlias(label=old, earlier=True))
    term.label = label


def words_of(term: Term) -> list[str]:
    """Its label, aliases and earlier names."""
    return [term.label, *(alias.label for alias in term.aliases)]
