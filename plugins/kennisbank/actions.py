"""Loads the actions that libraries published elsewhere: ``data/acties.json``, collected from public sources."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.api import db, now
from lms.api import gettext as _

from . import content
from .lists import LISTS, Lists
from .models import Entry, Origin, Status, Visibility

FILE = Path(__file__).parent / "data" / "acties.json"
# Where the file has words of a vocabulary of its own accord, apart from the terms that we gave it.
_WORDS = {"kernfuncties": "kernfunctie", "kanalen": "kanalen", "resultaatsoort": "resultaatsoort"}
_ROW = {
    "indicator": "indicator", "baseline": "nulmeting", "outcome": "uitkomst", "unit": "eenheid", "period": "periode",
    "method": "methode", "source": "bron", "kind": "soort",
}  # fmt: skip


def load(file: Path = FILE) -> None:
    """Add the actions of the file and bring those that came from it up to date; another's row is left alone."""
    read = json.loads(file.read_text(encoding="utf-8"))
    slugs = [action["id"] for action in read["acties"]]
    found = select(Entry).where(Entry.slug.in_(slugs)).options(*content.WHOLE)
    there = {entry.slug: entry for entry in db.session.scalars(found)}
    lists = Lists()
    changed = []
    for action in read["acties"]:
        entry = there.get(action["id"])
        if entry is None:
            entry = new(action["id"], file.name)
        if entry.origin == Origin.COLLECTED and entry.file == file.name:
            data = data_of(action, lists) | {"read_on": read["gelezen_op"]}
            if content.put(entry, data, lists, summary=_("Verzameld uit openbare bronnen")):
                changed.append(entry)
    content.announce(changed)


def new(slug: str, file: str) -> Entry:
    """A published entry without content, collected from this file."""
    moment = now()
    return Entry(
        slug=slug, kind="actie", title="", library="", status=Status.PUBLISHED, visibility=Visibility.PUBLIC,
        origin=Origin.COLLECTED, file=file, published_at=moment, checked_at=moment, links=[], words=[], results=[],
    )  # fmt: skip


def data_of(action: dict[str, Any], lists: Lists) -> dict[str, Any]:
    """An action of the file as data of an entry; words that no list knows stay text."""
    figure = action.get("kerncijfer") or {}
    terms: dict[str, list[str]] = {}
    for vocabulary in LISTS:
        own = action.get(_WORDS.get(vocabulary, ""), [])
        words = [*([own] if isinstance(own, str) else own), *action.get("termen", {}).get(vocabulary, [])]
        terms[vocabulary], _unknown = lists.sort(vocabulary, words)
    return {
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
        "terms": terms,
        "results": [{name: row.get(key, "") for name, key in _ROW.items()} for row in action.get("resultaten", ())],
    }
