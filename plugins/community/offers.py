"""Coursework that becomes real: what the community takes, and the activity that it hands out once it was held.

All that is taken comes into the community of the person's own library, without e-mail addresses and telephone numbers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import time, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.api import (
    Exchange,
    ExchangeField,
    Found,
    NotFound,
    Offer,
    Person,
    Piece,
    PieceRow,
    Target,
    at,
    db,
    local,
    today,
)
from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from . import records, words
from .access import community_of, load_community
from .guard import without_contact_details
from .models import DRAFT, PARTNER, PLANNED, STAKEHOLDER, Community, Item, Partner, TargetGroup

RESULT_DAYS = 90
"""After so many days the result of an activity that was handed out is expected."""
DEFAULT_MINUTES, LONGEST_MINUTES = 120, 24 * 60
LATER = 28
"""A draft from coursework begins so many days from now, until somebody chooses a day."""


def _targets(kind: str) -> Callable[[Person], Iterator[Target]]:
    """The community of one's own library, while it runs. It opens where records of this kind stand."""

    def targets(person: Person) -> Iterator[Target]:
        community = community_of(person.library_id)
        if community is not None and not community.is_finished:
            page = url_for("community.records_of", community_id=community.id, kind=kind) if kind else ""
            yield Target(
                str(community.id), community.name, page or url_for("community.show", community_id=community.id)
            )

    return targets


def _text(values: Mapping[str, Any], name: str, most: int = 2_000) -> str:
    return without_contact_details(str(values.get(name) or "").strip())[:most]


def _lines(values: Mapping[str, Any], labels: Mapping[str, Any]) -> str:
    """The fields that are filled, each on its line after its label."""
    found = ((label, _text(values, name)) for name, label in labels.items())
    return "\n".join(f"{label}: {text}" for label, text in found if text)


class _Taker:
    """Taking rows as records of one kind. ``same`` are the fields that a record keeps as they are, by its columns."""

    model: Any
    same: Mapping[str, str]

    def values(self, row: PieceRow) -> dict[str, Any]:
        """The columns that a row fills."""
        raise NotImplementedError

    def besides(self, row: PieceRow, person: Person) -> dict[str, Any]:
        """What a new record has besides."""
        return {}

    def is_built_on(self, record: Any) -> bool:
        """Did somebody go on with this record, so that taking it away would lose work?"""
        return False

    def _all(self, community: Community) -> Sequence[Any]:
        return db.session.scalars(select(self.model).where(self.model.community_id == community.id)).all()

    def look(self, person: Person, target: str, rows: Sequence[PieceRow]) -> Mapping[str, Found]:
        """Records that were made of these rows, or that have the same name."""
        there = self._all(load_community(person, int(target)))
        named, name = next(iter(self.same.items()))
        by_ref = {str(record.id): record for record in there}
        by_name = {getattr(record, name).casefold(): record for record in there}
        found = {}
        for row in rows:
            record = by_ref.get(row.ref) if row.ref else by_name.get(_text(row.values, named).casefold())
            if record is not None:
                found[row.id] = Found(str(record.id), {field: getattr(record, own) for field, own in self.same.items()})
        return found

    def take(self, person: Person, target: str, rows: Sequence[PieceRow]) -> Mapping[str, str]:
        """Make new records of the rows without ``ref``, and change the others."""
        community = load_community(person, int(target), own=True)
        there = {str(record.id): record for record in self._all(community)}
        refs = {}
        for row in rows:
            record, values = there.get(row.ref), self.values(row)
            if record is None:
                record = self.model(community_id=community.id, **values, **self.besides(row, person))
                db.session.add(record)
                db.session.flush()
            else:
                for name, value in values.items():
                    setattr(record, name, value)
            refs[row.id] = str(record.id)
        db.session.flush()
        return refs

    def undo(self, person: Person, target: str, rows: Sequence[PieceRow]) -> Iterable[str]:
        """Take away what was made, put back what was changed; what somebody went on with stays."""
        community = load_community(person, int(target), own=True)
        there = {str(record.id): record for record in self._all(community)}
        for row in rows:
            record = there.get(row.ref)
            if record is None:
                continue
            if row.before is not None:
                for field, own in self.same.items():
                    if field in row.before:
                        setattr(record, own, row.before[field])
            elif self.is_built_on(record):
                yield row.id
            else:
                db.session.delete(record)
        db.session.flush()


class _TargetGroups(_Taker):
    model = TargetGroup
    same = {"name": "name"}

    def values(self, row: PieceRow) -> dict[str, Any]:
        labels = {
            "size": _("Hoe groot"),
            "size_source": _("Bron"),
            "reached_now": _("Nu bereikt"),
            "need_normative": _("Volgens deskundigen nodig"),
            "need_felt": _("Ervaren zij zelf"),
            "need_expressed": _("Vragen zij om"),
            "need_comparative": _("Hebben anderen wel"),
        }
        return {"name": _text(row.values, "name", 200), "profile": _lines(row.values, labels)}

    def is_built_on(self, record: Any) -> bool:
        return record.chosen or any((record.importance, record.why, record.how, record.takes))


class _Stakeholders(_Taker):
    model = Partner
    same = {"organisation": "organisation"}

    def values(self, row: PieceRow) -> dict[str, Any]:
        labels = {
            "target_group": _("Voor"),
            "activities": _("Wat zij doen"),
            "relation": _("Onze relatie"),
            "interest": _("Belang (1 tot 5)"),
            "influence": _("Invloed (1 tot 5)"),
        }
        return {"organisation": _text(row.values, "organisation", 200), "about": _lines(row.values, labels)}

    def besides(self, row: PieceRow, person: Person) -> dict[str, Any]:
        return {"kind": STAKEHOLDER}

    def is_built_on(self, record: Any) -> bool:
        return bool(record.for_them or record.for_us or record.function)


class _Partners(_Taker):
    model = Partner
    same = {"name": "organisation", "they_gain": "for_them", "we_gain": "for_us"}

    def values(self, row: PieceRow) -> dict[str, Any]:
        labels = {
            "why": _("Waarom zij"),
            "they_bring": _("Zij brengen"),
            "we_bring": _("Wij brengen"),
            "services": _("Wat er ontstaat"),
            "argument": _("Argument"),
            "first_step": _("Eerste stap"),
        }
        return {
            "organisation": _text(row.values, "name", 200),
            "for_them": _text(row.values, "they_gain"),
            "for_us": _text(row.values, "we_gain"),
            "about": _lines(row.values, labels),
            "kind": PARTNER,  # who was a stakeholder becomes one
        }

    def is_built_on(self, record: Any) -> bool:
        return bool(record.function)


class _Activity(_Taker):
    """A draft of an activity: it looks for a goal and a day before it comes into the calendar."""

    model = Item
    same = {"title": "title", "place": "place"}

    def values(self, row: PieceRow) -> dict[str, Any]:
        labels = {
            "target_group": _("Voor"),
            "goal": _("Wat verandert er"),
            "reason": _("Waarom"),
            "cocreation": _("Waarover de groep beslist"),
            "costs": _("Kosten in euro"),
            "plan_b": _("Plan B"),
        }
        return {
            "title": _text(row.values, "title", 160) or _("Activiteit zonder naam"),
            "place": _text(row.values, "place", 200),
            "description": _lines(row.values, labels),
        }

    def _all(self, community: Community) -> Sequence[Any]:
        """Only drafts: what stands in the calendar is not changed by coursework."""
        return db.session.scalars(select(Item).where(Item.community_id == community.id, Item.status == DRAFT)).all()

    def besides(self, row: PieceRow, person: Person) -> dict[str, Any]:
        starts = at(today() + timedelta(days=LATER), time(10))
        planned = row.values.get("duration")
        minutes = planned if isinstance(planned, (int, float)) and 0 < planned <= LONGEST_MINUTES else DEFAULT_MINUTES
        return {
            "status": DRAFT,
            "starts_at": starts,
            "ends_at": starts + timedelta(minutes=minutes),
            "created_by_id": person.id,
        }


# What is handed out, with the page of the community where it comes and the fields that come along: no others are shown.
_OFFERED: tuple[tuple[str, Any, _Taker, str, tuple[str, ...]], ...] = (
    ("target-groups", _l("Neem over bij de doelgroepen van uw community"), _TargetGroups(), "doelgroepen", ()),
    (
        "stakeholders",
        _l("Neem over bij de partners van uw community"),
        _Stakeholders(),
        "partners",
        ("organisation", "interest", "influence", "target_group", "activities", "relation"),
    ),
    (
        "activity-plan",
        _l("Zet als concept in de kalender van uw community"),
        _Activity(),
        "",
        ("title", "target_group", "reason", "goal", "cocreation", "place", "duration", "costs", "plan_b"),
    ),
    (
        "partners",
        _l("Neem over bij de partners van uw community"),
        _Partners(),
        "partners",
        ("name", "why", "they_bring", "we_bring", "they_gain", "we_gain", "services", "argument", "first_step"),
    ),
)
OFFERS = tuple(
    Offer(
        exchange,
        version=1,
        key=f"community.{exchange}",
        label=label,
        permission="community.edit",
        targets=_targets(kind),
        look=taker.look,
        take=taker.take,
        undo=taker.undo,
        fields=fields,
        nowhere=_l("Uw bibliotheek heeft nog geen community. Begin er een met uw collega's."),
    )
    for exchange, label, taker, kind, fields in _OFFERED
)


# ---- what is handed out: an activity that was held ----


def evaluated(person: Person, key: str) -> Piece:
    """An activity of one's own library with its turnout, as others can use it. NotFound for anything else."""
    found = select(Item).where(Item.uid == key, Item.status == PLANNED, Item.turnout.is_not(None))
    item = db.session.scalar(
        found.options(joinedload(Item.goal), joinedload(Item.community).joinedload(Community.library))
    )
    if item is None or item.community.library_id != person.library_id or person.library_id is None:
        raise NotFound(_("Deze activiteit is er niet, of zij is nog niet geweest."))
    day = local(item.starts_at).date()
    came = _("Opkomst: %(number)s mensen.", number=item.turnout)
    if item.first_time is not None:
        came += " " + _("%(number)s van hen kwamen voor het eerst.", number=item.first_time)
    indicator = item.goal.indicator if item.goal else _("Opkomst")
    how = f"{words.MODES[item.mode]}, {words.STARTERS[item.started_by]}"
    partners = [p.organisation for p in records.of(item.community, Partner) if p.kind == PARTNER]
    values = {
        "title": item.title,
        "target_group": item.community.target_group,
        "goal": item.goal.text if item.goal else "",
        "period": str(day.year),
        "done": "\n".join(filter(None, [item.description, how])),
        "partners": ", ".join(partners),
        "evaluation": "\n".join(filter(None, [came, item.learned])),
        "results": [{"indicator": indicator}],
        "result_on": (day + timedelta(days=RESULT_DAYS)).isoformat(),
    }
    url = url_for("community.item", community_id=item.community_id, item_id=item.id)
    return Piece(item.uid, item.title, (PieceRow("activity", values),), url=url)


EXCHANGES = (
    Exchange(
        "evaluated-activities",
        version=1,
        label=_l("Activiteiten met opkomst"),
        fields=(
            ExchangeField("title", _l("Titel")),
            ExchangeField("target_group", _l("Doelgroep")),
            ExchangeField("goal", _l("Doel")),
            ExchangeField("period", _l("Wanneer")),
            ExchangeField("done", _l("Wat er gebeurde")),
            ExchangeField("partners", _l("Partners")),
            ExchangeField("evaluation", _l("Opkomst en leerpunt")),
            ExchangeField("results", _l("Wat wordt gemeten")),
            ExchangeField("result_on", _l("Resultaat volgt op")),
        ),
        give=evaluated,
        origin=_l("uit de kalender van een community"),
    ),
)
