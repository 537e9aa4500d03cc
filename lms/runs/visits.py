"""The loaders of runs and activities: they take the person and answer 404 for what is not theirs."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flask_babel import gettext as _
from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import joinedload

from .. import clock, policies
from ..accounts.models import Person
from ..courses.contents import Contents, contents_of
from ..courses.models import Activity
from ..db import db, once
from ..errors import NotFound, Refused
from ..progress.models import Progress
from . import schedule
from .models import Enrolment, Run, RunDue


@dataclass(frozen=True)
class RunVisit:
    """A person in a run. ``enrolment`` is None for an administrator who looks in."""

    run: Run
    person: Person
    enrolment: Enrolment | None

    @property
    def is_trainer(self) -> bool:
        return self.enrolment is not None and self.enrolment.is_trainer

    @property
    def is_participant(self) -> bool:
        return self.enrolment is not None and not self.enrolment.is_trainer

    @cached_property
    def dates(self) -> dict[int, date]:
        """Lesson day number to its date in Amsterdam."""
        return {day.number: clock.local(day.starts_at).date() for day in self.run.days}

    @cached_property
    def contents(self) -> Contents:
        """The course's days, modules and activities, the same for everybody."""
        return contents_of(self.run.course)

    @cached_property
    def weeks(self) -> dict[int, int]:
        """Lesson day number to its course week."""
        return {day.number: day.week for day in self.contents.days}

    @cached_property
    def own_dues(self) -> dict[int, date]:
        """Activity id to the due date that this run chose itself. One query, when first asked."""
        rows = db.session.execute(_dues(), {"run_id": self.run.id})
        return {row.activity_id: row.due_on for row in rows}

    def due_on(self, activity: Activity) -> date | None:
        """The date on which the activity is due in this run, or None."""
        own = self.own_dues.get(activity.id)
        return own or schedule.due_on(activity.due_day, activity.due_offset, self.dates)

    @cached_property
    def week(self) -> int | None:
        """The week of the course today."""
        return schedule.current_week(clock.today(), self.dates, self.weeks)


@dataclass(frozen=True)
class Visit(RunVisit):
    """A person at an activity in a run: what an activity type's ``view`` gets."""

    activity: Activity
    progress: Progress | None

    def participant(self, *, reading: bool = False) -> Enrolment:
        """The enrolment of a participant. Refused for who looks along, and in a closed run for all but ``reading``."""
        if self.enrolment is None or self.enrolment.is_trainer:
            raise Refused(_("U kijkt mee. Alleen een deelnemer kan dit doen."))
        if self.run.archived_at is not None and not reading:
            raise Refused(_("Deze uitvoering is afgesloten. U kunt uw werk nog lezen."))
        return self.enrolment


@once
def _dues() -> Select[int, date]:
    return select(RunDue.activity_id, RunDue.due_on).where(RunDue.run_id == bindparam("run_id"))


@once
def _run() -> Select[Run, Enrolment]:
    here = and_(Enrolment.run_id == Run.id, Enrolment.person_id == bindparam("person_id"), Enrolment.left_at.is_(None))
    return (
        select(Run, Enrolment)
        .outerjoin(Enrolment, here)
        .where(Run.id == bindparam("run_id"))
        .options(joinedload(Run.course, innerjoin=True), joinedload(Run.days))
    )


@once
def _activity() -> Select[Activity, Progress]:
    own = and_(Progress.activity_id == Activity.id, Progress.enrolment_id == bindparam("enrolment_id"))
    return (
        select(Activity, Progress)
        .outerjoin(Progress, own)
        .where(Activity.course_id == bindparam("course_id"), Activity.slug == bindparam("slug"))
        .options(joinedload(Activity.module), joinedload(Activity.steps))
    )


def load_run(person: Person, run_id: int, *, trainer: bool = False, admin: bool = False) -> RunVisit:
    """The run if the person is in it (with ``trainer``: as its trainer), or, with the permission ``core.manage``,
    as an administrator; with ``admin`` only that. Otherwise :class:`NotFound`."""
    # Joined rather than apart: a run has a handful of days, and every page in a run begins here.
    found = db.session.execute(_run(), {"run_id": run_id, "person_id": person.id}).unique().one_or_none()
    run, enrolment = found if found else (None, None)
    manages = policies.may(person, "core.manage")
    allowed = manages if admin else enrolment is not None and (enrolment.is_trainer or not trainer)
    if run is None or not (allowed or (manages and not trainer)):
        raise NotFound(_("Deze uitvoering bestaat niet of is niet van u."))
    return RunVisit(run, person, enrolment)


def load_visit(person: Person, run_id: int, slug: str) -> Visit:
    """The activity of the run's course under this slug, for somebody who may see the run."""
    at = load_run(person, run_id)
    enrolment_id = at.enrolment.id if at.enrolment else None
    asked = {"course_id": at.run.course_id, "slug": slug, "enrolment_id": enrolment_id}
    found = db.session.execute(_activity(), asked).unique().one_or_none()
    if found is None:
        raise NotFound(_("Dit onderdeel bestaat niet in deze cursus."))
    activity, progress = found
    if activity.archived_at is not None and progress is None and at.is_participant:
        raise NotFound(_("Dit onderdeel bestaat niet in deze cursus."))
    return Visit(at.run, at.person, at.enrolment, activity, progress)
