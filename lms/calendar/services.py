"""Gathers the dates of one person, and keeps the secret of their feed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import get_history

from .. import clock
from ..accounts.models import Person
from ..courses.contents import contents_of
from ..courses.models import Activity
from ..db import db
from ..errors import NotFound
from ..notifications.services import link
from ..plugins import CalendarEntry, CalendarSource
from ..policies import may
from ..registry import registry
from ..runs.models import Enrolment, Run, RunDay, RunDue
from ..runs.schedule import due_on

BACK, AHEAD = timedelta(days=90), timedelta(days=400)
MOST = 2000
"""Entries of one person in a feed; more is a fault and not a calendar."""


def entries(person: Person, first: datetime, last: datetime) -> list[CalendarEntry]:
    """All dates of somebody that lie between ``first`` and ``last`` or reach into it, in order."""
    sources: list[CalendarSource] = [one for one in registry().all("calendar") if may(person, one.permission)]
    found = [entry for source in sources for entry in source.entries(person, first, last)]
    return sorted(found, key=lambda entry: (entry.starts_at, entry.uid))[:MOST]


def of_feed(person: Person) -> list[CalendarEntry]:
    """What the feed of somebody holds: the last months and the year to come."""
    return entries(person, clock.now() - BACK, clock.now() + AHEAD)


# ---- the secret address ----


def address(person: Person) -> str:
    """The full address of somebody's feed. Who has it reads the calendar, so only they are told."""
    return link("core.calendar.private", token=_serializer().dumps([person.id, person.calendar_turn]))


def renew(person: Person) -> None:
    """End the address that there is; the next one is another."""
    person.calendar_turn += 1


def owner(token: str) -> Person:
    """Whose feed this is. Raises NotFound for an address that was renewed, that we never made, or of who left."""
    try:
        number, turn = _serializer().loads(token)
    except (BadData, ValueError, TypeError):
        raise NotFound(_("Deze kalender bestaat niet.")) from None
    person = db.session.get(Person, number)
    if person is None or not person.active or person.calendar_turn != turn:
        raise NotFound(_("Deze kalender bestaat niet (meer). Kopieer het nieuwe adres van uw kalender."))
    return person


def _serializer() -> Any:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="lms.calendar")


# ---- the core's own dates ----


def of_runs(person: Person, first: datetime, last: datetime) -> Iterator[CalendarEntry]:
    """The lesson days of the runs that somebody is in, and what is due for a participant. Three queries."""
    enrolments = db.session.scalars(
        select(Enrolment)
        .join(Run, Run.id == Enrolment.run_id)
        .where(Enrolment.person_id == person.id, Enrolment.left_at.is_(None), Run.archived_at.is_(None))
        .options(joinedload(Enrolment.run).joinedload(Run.course), joinedload(Enrolment.run).joinedload(Run.days))
    ).unique()
    mine = [(enrolment.run, enrolment.is_trainer) for enrolment in enrolments]
    own = _own_dues([run.id for run, _trains in mine])
    for run, trains in mine:
        yield from _days(run, first, last)
        if not trains:  # a trainer hands nothing in
            yield from _dues(run, own.get(run.id, {}), first, last)


def _days(run: Run, first: datetime, last: datetime) -> Iterator[CalendarEntry]:
    themes = {day.number: day.theme for day in contents_of(run.course).days}
    for day in run.days:
        if first < day.ends_at and day.starts_at < last:
            title = _("Lesdag %(number)s: %(course)s", number=day.number, course=run.course.title)
            yield CalendarEntry(
                uid=f"run-{run.id}-day-{day.number}",
                title=title,
                starts_at=day.starts_at,
                ends_at=day.ends_at,
                url=url_for("core.runs.day", run_id=run.id, number=day.number),
                sequence=run.sequence,
                place=day.place or day.video_url,
                text="\n".join(part for part in (themes.get(day.number, ""), day.travel_note, day.video_url) if part),
            )


def _dues(run: Run, own: dict[int, date], first: datetime, last: datetime) -> Iterator[CalendarEntry]:
    days = {day.number: clock.local(day.starts_at).date() for day in run.days}
    for module in contents_of(run.course).modules:
        for _number, activity in module.activities:
            due = own.get(activity.id) or due_on(activity.due_day, activity.due_offset, days)
            if due is None or not first <= clock.at(due, time()) < last:
                continue
            yield CalendarEntry(
                uid=f"run-{run.id}-due-{activity.slug}",
                title=_("Klaar: %(title)s", title=activity.title),
                starts_at=clock.at(due, time()),
                ends_at=clock.at(due + timedelta(days=1), time()),
                url=url_for("core.runs.activity", run_id=run.id, slug=activity.slug),
                sequence=run.sequence,
                all_day=True,
                text=run.course.title,
            )


def _own_dues(runs: list[int]) -> dict[int, dict[int, date]]:
    found: dict[int, dict[int, date]] = {}
    for row in db.session.execute(
        select(RunDue.run_id, RunDue.activity_id, RunDue.due_on).where(RunDue.run_id.in_(runs))
    ):
        found.setdefault(row.run_id, {})[row.activity_id] = row.due_on
    return found


@event.listens_for(Session, "after_flush")
def _count_changes(session: Session, _context: Any) -> None:
    """Followers of a calendar hear of a change by a higher number: one for a whole run, whose dates move together."""
    written = [*session.new, *session.dirty, *session.deleted]
    runs = {row.run_id for row in written if isinstance(row, RunDay | RunDue)}
    courses = {
        row.course_id
        for row in session.dirty
        if isinstance(row, Activity)
        and any(get_history(row, name).has_changes() for name in ("due_day", "due_offset", "title"))
    }
    if runs or courses:
        session.connection().execute(
            update(Run).where(Run.id.in_(runs) | Run.course_id.in_(courses)).values(sequence=Run.sequence + 1)
        )
