"""The history of an entry: what changed, and putting an earlier text back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from lms.api import NotFound, Person, db, format_date
from lms.api import gettext as _

from . import content, lifecycle
from .entry_forms import READERS, EntryForm
from .kinds import Kind
from .lists import LISTS, Lists
from .models import Entry, Revision

_ROW = ("indicator", "baseline", "outcome", "unit", "period", "kind", "method", "source")
_MORE = {"library", "country", "figure", "figure_says", "channels", "source", "read_on"}


@dataclass(frozen=True)
class Change:
    """A field that differs: how it is called, and what it said before and after."""

    label: str
    before: str
    after: str


def page_of(entry: Entry) -> Pagination:
    """The changes of an entry, newest first, without their texts."""
    found = (
        select(Revision)
        .where(Revision.entry_id == entry.id)
        .order_by(Revision.number.desc())
        .options(defer(Revision.data), joinedload(Revision.by))
    )
    return db.paginate(found, per_page=20)


def load(entry: Entry, number: int) -> tuple[Revision, Revision | None]:
    """A change of this entry and the one before it, or NotFound."""
    rows = db.session.scalars(
        select(Revision)
        .where(Revision.entry_id == entry.id, Revision.number.in_((number, number - 1)))
        .options(joinedload(Revision.by))
    )
    found = {row.number: row for row in rows}
    if number not in found:
        raise NotFound(_("Deze versie bestaat niet."))
    return found[number], found.get(number - 1)


def restore(person: Person, entry: Entry, revision: Revision, lists: Lists) -> None:
    """Put the text of an earlier moment back, as a change of its own; the state stays as it is."""
    summary = _("Tekst van versie %(number)s teruggezet", number=revision.number)
    if content.put(entry, revision.data, lists, by=person, summary=summary):
        lifecycle.changed(person, entry)
        content.announce([entry])


def changes(before: dict[str, Any], after: dict[str, Any], lists: Lists, kind: Kind) -> list[Change]:
    """What differs between two texts of an entry, field by field, in the words of its form."""
    found = []
    for name, label in _labels(kind).items():
        old, new = _said(name, before, lists), _said(name, after, lists)
        if old != new:
            found.append(Change(label, old, new))
    return found


def as_text(data: dict[str, Any], lists: Lists, kind: Kind) -> str:
    """All that an entry's data says, as one text to read."""
    parts = [(label, _said(name, data, lists)) for name, label in _labels(kind).items()]
    return "\n\n".join(f"{label}: {text}" for label, text in parts if text)


def _labels(kind: Kind) -> dict[str, str]:
    fields = EntryForm(formdata=None, meta={"csrf": False})
    names = dict.fromkeys((*kind.fields, *content.TEXTS, *content.DATES, *LISTS))
    labels = {}
    for name in names:
        if name in LISTS:
            labels[name] = str(LISTS[name])
        elif name in fields:
            labels[name] = str(kind.headings.get(name, fields[name].label.text or _("Resultaten")))
        elif name in _MORE:
            labels[name] = {"figure": _("Getal vooraan"), "figure_says": _("Wat het getal zegt"), "country": _("Land"),
                            "channels": _("Kanalen, in eigen woorden"), "read_on": _("Gelezen op")}[name]  # fmt: skip
    labels["results"] = _("Resultaten")
    return labels


def _said(name: str, data: dict[str, Any], lists: Lists) -> str:
    if name in LISTS:
        codes = data.get("terms", {}).get(name, ())
        return ", ".join(term.label for term in lists.terms[name] if term.code in codes)
    if name == "results":
        rows = data.get("results") or ()
        return "\n".join(" · ".join(str(row[key]) for key in _ROW if row.get(key)) for row in rows)
    value = str(data.get(name) or "")
    if name == "visibility":
        return str(dict(READERS).get(value, value))
    return format_date(date.fromisoformat(value), "d MMMM yyyy") if value and name in content.DATES else value
