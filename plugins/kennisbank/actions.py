"""Loads the actions that libraries published elsewhere: ``data/acties.json``, collected from public sources."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.api import Term, db, now, terms

from .facets import FACETS, UNKNOWN
from .models import Entry, EntryTerm
from .text import fold

FILE = Path(__file__).parent / "data" / "acties.json"
ORIGIN = "acties.json"
# Where the file has words of a vocabulary of its own accord, apart from the terms that we gave it.
_WORDS = {"kernfuncties": "kernfunctie", "kanalen": "kanalen", "resultaatsoort": "resultaatsoort"}


def load(file: Path = FILE) -> None:
    """Add the actions of the file and bring those that came from it up to date; another's row is left alone."""
    content = json.loads(file.read_text(encoding="utf-8"))
    read_on = date.fromisoformat(content["gelezen_op"])
    slugs = [action["id"] for action in content["acties"]]
    there = {
        entry.slug: entry
        for entry in db.session.scalars(select(Entry).where(Entry.slug.in_(slugs)).options(selectinload(Entry.links)))
    }
    known = {facet.vocabulary: _by_word(facet.vocabulary) for facet in FACETS}
    for action in content["acties"]:
        entry = there.get(action["id"])
        if entry is None:
            entry = Entry(slug=action["id"], origin=ORIGIN, links=[])
            db.session.add(entry)
        if entry.origin == ORIGIN:
            _fill(entry, action, read_on)
            _link(entry, _terms_of(action, known))
            if db.session.is_modified(entry):
                entry.updated_at = now()
    db.session.flush()


def _fill(entry: Entry, action: dict[str, Any], read_on: date) -> None:
    figure = action.get("kerncijfer") or {}
    values = {
        "kind": "actie",
        "title": action["naam"],
        "library": action["bibliotheek"],
        "country": action["land"],
        "period": action["jaar"],
        "goal": action["doel"],
        "target": action["doelgroep"],
        "channels": ", ".join(action["kanalen"]),
        "done": action["wat_is_gedaan"],
        "result": action["resultaat"] or "",
        "figure": figure.get("getal") or "",
        "figure_says": figure.get("zegt") or "",
        "caution": action["let_op"] or "",
        "source": action["bron"],
        "read_on": read_on,
    }
    searched = ("title", "library", "goal", "target", "channels", "done", "result", "caution")
    values["folded"] = fold(" ".join(str(values[name]) for name in searched))
    for name, value in values.items():
        setattr(entry, name, value)


def _link(entry: Entry, wanted: dict[int, str]) -> None:
    """Give the entry just these terms: ids with the key of their vocabulary."""
    there = {link.term_id for link in entry.links}
    if there != wanted.keys():
        kept = [link for link in entry.links if link.term_id in wanted]
        new = [EntryTerm(term_id=id, vocabulary=key) for id, key in wanted.items() if id not in there]
        entry.links = kept + new


def _terms_of(action: dict[str, Any], known: dict[str, dict[str, Term]]) -> dict[int, str]:
    """The terms that an action's words and our own assignment stand for; words that no list knows stay text."""
    found: dict[int, str] = {}
    for vocabulary, by_word in known.items():
        own = action.get(_WORDS.get(vocabulary, ""), [])
        for word in [*([own] if isinstance(own, str) else own), *action["termen"].get(vocabulary, [])]:
            term = by_word.get(fold(word))
            if term is not None and term.code != UNKNOWN:
                found[term.id] = vocabulary
    return found


def _by_word(vocabulary: str) -> dict[str, Term]:
    words: dict[str, Term] = {}
    for term in terms(vocabulary, active=False):
        for word in (term.code, term.label, *(alias.label for alias in term.aliases)):
            words.setdefault(fold(word), term)
    return words
