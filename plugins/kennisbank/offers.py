"""What the kennisbank takes of others' work: tools that were analysed in a course, and activities that were evaluated.

Each row becomes a concept of the person's library; nothing is published by taking it over.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from lms.api import Found, NotFound, Offer, Person, PieceRow, Target, db
from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from . import content, contributing, lifecycle
from .content import FIGURES
from .lists import Lists
from .models import Draft, Entry, Status
from .reading import open_to
from .text import fold

TOOL = {
    "name": "title", "target_group": "target", "goal": "goal", "advantages": "takeover", "application": "done",
    "technical": "materials",
}  # fmt: skip
"""Fields of ``tool-analyses`` to those of an entry; price, privacy and accessibility become its caution."""
ACTIVITY = {
    "title": "title", "target_group": "target", "goal": "goal", "period": "period", "done": "done",
    "partners": "partners", "evaluation": "evaluation", "otherwise": "otherwise",
}  # fmt: skip
"""The same for ``evaluated-activities``; its ``results`` are rows with FIGURES, ``channels`` words, and ``result_on``
the day on which the result is expected."""


def _lookout(values: Mapping[str, Any]) -> str:
    parts = (
        (_("Prijs"), values.get("price")),
        (_("Privacy"), values.get("privacy")),
        (_("Toegankelijkheid"), values.get("accessibility")),
    )
    return "\n".join(f"{label}: {text}" for label, text in parts if text)


def _tool(values: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {name: _text(values[key]) for key, name in TOOL.items() if key in values}
    if caution := _lookout(values):
        data["caution"] = caution
    return data


def _activity(values: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {name: _text(values[key]) for key, name in ACTIVITY.items() if key in values}
    rows = values.get("results")
    if isinstance(rows, Sequence) and not isinstance(rows, str):
        data["results"] = [{name: _text(row.get(name)) for name in FIGURES} for row in rows]
    channels, groups = (_words(values.get(key)) for key in ("channels", "target_group"))
    known = Lists()
    if "result_on" in values:
        data["result_on"] = _text(values["result_on"])
    codes = {"kanalen": known.sort("kanalen", channels)[0], "doelgroepen": known.sort("doelgroepen", groups)[0]}
    if channels:
        data["channels"] = ", ".join(channels)
    data["terms"] = {key: some for key, some in codes.items() if some}
    return data


def targets(person: Person) -> Iterator[Target]:
    """The concepts of one's own library."""
    if person.library is not None:
        label = _("Concepten van %(library)s", library=person.library.name)
        yield Target(str(person.library.id), label, url_for("kennisbank.contribute"))


class _Taker:
    """Taking rows as entries of one kind. ``fields`` are those that an entry keeps as they are."""

    def __init__(self, kind: str, fields: Mapping[str, str], data_of: Callable[[Mapping[str, Any]], dict[str, Any]]):
        self.kind, self.fields, self.data_of = kind, fields, data_of

    def look(self, person: Person, target: str, rows: Sequence[PieceRow]) -> Mapping[str, Found]:
        """Entries that were made of these rows, or that the library has under the same name."""
        mine = select(Entry).where(Entry.library_id == _library(person, target), open_to(person))
        ids = [int(row.ref) for row in rows if row.ref]
        name = next(key for key, field in self.fields.items() if field == "title")
        titles = [_text(row.values.get(name)).strip().lower() for row in rows if not row.ref and name in row.values]
        wanted = Entry.id.in_(ids) | ((Entry.kind == self.kind) & func.lower(Entry.title).in_(titles))
        entries = list(db.session.scalars(mine.where(wanted).order_by(Entry.id.desc())))
        drafts = {
            draft.entry_id: draft.data
            for draft in db.session.scalars(select(Draft).where(Draft.entry_id.in_([entry.id for entry in entries])))
        }
        by_ref = {str(entry.id): entry for entry in entries}
        by_title = {fold(entry.title): entry for entry in entries if entry.kind == self.kind}
        found = {}
        for row in rows:
            entry = by_ref.get(row.ref) if row.ref else by_title.get(fold(_text(row.values.get(name))))
            if entry is not None:
                now = drafts.get(entry.id, {})
                said = {key: now.get(field, getattr(entry, field)) for key, field in self.fields.items()}
                found[row.id] = Found(str(entry.id), said)
        return found

    def take(self, person: Person, target: str, rows: Sequence[PieceRow]) -> Mapping[str, str]:
        """A concept for each new row; what is there already gets a draft, which the library publishes or not."""
        library, lists, refs = _library(person, target), Lists(), {}
        for row in rows:
            data = self.data_of(row.values)
            entry = db.session.get(Entry, int(row.ref)) if row.ref else None
            if entry is not None and entry.library_id == library:
                # What the library filled in since is better than what the other plugin knows of it.
                data = {name: value for name, value in data.items() if name in self.fields.values()}
            else:
                entry = contributing.start(person, self.kind, data.get("title") or _("Zonder naam"))
            if entry.status == Status.DRAFT:
                contributing.drop_draft(entry)
                content.put(entry, data, lists, by=person, keep=False)
                db.session.flush()
            else:
                draft = lifecycle.draft_of(entry)
                whole = {**(draft.data if draft else content.snapshot(entry, lists)), **data}
                contributing.save_draft(person, entry, whole, 0, overwrite=True)
            refs[row.id] = str(entry.id)
        return refs

    def undo(self, person: Person, target: str, rows: Sequence[PieceRow]) -> Iterable[str]:
        """Throw the concepts away again, or put back what they said; what was handed in or published stays."""
        library, lists = _library(person, target), Lists()
        for row in rows:
            entry = db.session.get(Entry, int(row.ref))
            if entry is None or entry.library_id != library:
                continue
            if row.before is None:
                if entry.status == Status.DRAFT and entry.published_at is None:
                    db.session.delete(entry)
                else:
                    yield row.id
            elif entry.status == Status.DRAFT:
                before = {field: _text(row.before.get(key)) for key, field in self.fields.items() if key in row.before}
                content.put(entry, before, lists, by=person, keep=False)
            else:
                contributing.drop_draft(entry)
        db.session.flush()


def _library(person: Person, target: str) -> int:
    if person.library_id is None or target != str(person.library_id):
        raise NotFound(_("Dit is niet uw bibliotheek."))
    return person.library_id


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _words(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and value else list(value or ()) if not isinstance(value, str) else []


_NOWHERE = _l("U hoort nog niet bij een bibliotheek. Vraag de beheerder om dit te regelen.")
_tools, _activities = _Taker("tool", TOOL, _tool), _Taker("actie", ACTIVITY, _activity)

OFFERS = tuple(
    Offer(
        exchange,
        version=1,
        key=f"kennisbank.{exchange}",
        label=label,
        permission="kennisbank.contribute",
        targets=targets,
        look=taker.look,
        take=taker.take,
        undo=taker.undo,
        nowhere=_NOWHERE,
    )
    for exchange, label, taker in (
        ("tool-analyses", _l("Deel uw tools in de kennisbank"), _tools),
        ("evaluated-activities", _l("Deel als actie in de kennisbank"), _activities),
    )
)
