"""Progress is reported by the activity types and stored here; nothing computes it on reading."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from ..accounts.models import Person
from ..clock import now
from ..courses.models import Activity
from ..db import db, once
from ..runs.models import PARTICIPANT, Enrolment, Run
from .models import Progress

OPENED = "opened"
DONE = "done"


class Standing(NamedTuple):
    """How far somebody is with one activity: what a list shows of a :class:`Progress`."""

    state: str
    completed_at: datetime | None
    updated_at: datetime


def complete(activity: Activity, person: Person, run: Run | None = None, state: str = DONE) -> None:
    """Say that the person completed the activity, in this run or in each of theirs. Complete stays complete."""
    complete_all(activity, [person], run, state)


def complete_all(activity: Activity, people: Iterable[Person], run: Run | None = None, state: str = DONE) -> None:
    """The same for several people at once, in as many queries as for one."""
    for row in _rows(activity, people, run):
        row.state = state
        row.updated_at = now()
        row.completed_at = row.completed_at or now()


def note(activity: Activity, person: Person, state: str, run: Run | None = None) -> None:
    """Say how far the person is, in a word of the activity's type, without completing it."""
    note_all(activity, [person], state, run)


def note_all(activity: Activity, people: Collection[Person], state: str, run: Run | None = None) -> None:
    """The same for several people at once, in as many queries as for one."""
    for row in _rows(activity, people, run) if people else ():
        row.state = state
        row.updated_at = now()


def undo(activity: Activity, person: Person, run: Run) -> None:
    """Take back what the person marked as done themselves."""
    for row in _rows(activity, [person], run):
        row.state = OPENED
        row.completed_at = None
        row.updated_at = now()


def keep_place(activity: Activity, person: Person, run: Run, place: str) -> None:
    """Remember where the reader stopped: the id of a heading."""
    for row in _rows(activity, [person], run):
        row.place = place[:120]
        row.updated_at = now()


def of_enrolment(enrolment: Enrolment) -> dict[int, Standing]:
    """Activity id to progress, for one participant. One query."""
    rows = db.session.execute(_of_enrolment(), {"enrolment_id": enrolment.id})
    return {activity_id: Standing(*values) for activity_id, *values in rows}


@once
def _of_enrolment() -> Any:
    # Values and not objects: a page reads some twenty of them, and an object costs ten times as much.
    found = select(Progress.activity_id, Progress.state, Progress.completed_at, Progress.updated_at)
    return found.where(Progress.enrolment_id == bindparam("enrolment_id"))


def _rows(activity: Activity, people: Iterable[Person], run: Run | None) -> list[Progress]:
    enrolled = (
        select(Enrolment.id)
        .join(Run)
        .where(
            Enrolment.person_id.in_([person.id for person in people]),
            Enrolment.role == PARTICIPANT,
            Enrolment.left_at.is_(None),
            Run.course_id == activity.course_id,
        )
    )
    if run is not None:
        enrolled = enrolled.where(Run.id == run.id)
    ids = list(db.session.scalars(enrolled))
    there = {
        row.enrolment_id: row
        for row in db.session.scalars(
            select(Progress).where(Progress.enrolment_id.in_(ids), Progress.activity_id == activity.id)
        )
    }
    for enrolment_id in ids:
        if enrolment_id not in there:
            row = Progress(enrolment_id=enrolment_id, activity_id=activity.id, state=OPENED)
            db.session.add(row)
            there[enrolment_id] = row
    return list(there.values())
