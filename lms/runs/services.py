"""Running a run: make one, move its days, set its own due dates, tell its people something."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from .. import clock
from ..accounts.models import Person
from ..audit import services as audit
from ..courses.models import Activity, Course, Module
from ..db import db, once
from ..errors import NotFound
from ..html import from_markdown
from ..presses import made_just_now
from ..registry import registry
from . import messages, people, planning, schedule
from .enrolling import Enrolled, enrol, enrolments, everybody
from .models import PARTICIPANT, TRAINER, Announcement, Enrolment, Run, RunDay, RunDue
from .planning import DayPlan, in_words, plan_of
from .problems import Problem, Problems
from .visits import RunVisit

Coming = dict[str, list[people.Entry]]
"""Role to the people who are to have it."""
NAME_LENGTH = 200


@dataclass(frozen=True)
class Added:
    """A run that was made, or with ``again`` one that was there: somebody pressed the button twice."""

    run: Run
    enrolled: Enrolled
    again: bool = False


@dataclass(frozen=True)
class Due:
    """When something is due in a run: what it chose itself, and what follows from the lesson days."""

    activity: Activity
    own: date | None
    follows: date | None

    @property
    def on(self) -> date | None:
        return self.own or self.follows

    @property
    def name(self) -> str:
        """What it is called, such as «Opdracht 1: Leer uw omgeving kennen»."""
        kind = registry().activity_types.get(self.activity.type)
        return f"{kind.label(self.activity, '')}: {self.activity.title}" if kind else self.activity.title


def open_courses() -> list[Course]:
    """The courses of which one can start a run, by title, with their days."""
    found = select(Course).where(Course.archived_at.is_(None)).options(selectinload(Course.days))
    return list(db.session.scalars(found.order_by(Course.title)))


def add_run(course: Course, name: str, days: Sequence[DayPlan], trainers: str, participants: str) -> Added:
    """Make a run with its days and people, and invite them: all or nothing.

    Raises Problems with fields ``name``, ``day1-date`` …, ``trainers`` and ``participants``. The same run once more
    makes nothing and gives back the first.
    """
    name = people.tidy(name)
    problems = check_name(name)
    if len(days) != len(course.days):
        sentence = _("Deze cursus heeft %(num)s lesdagen. U gaf er %(given)s.", num=len(course.days), given=len(days))
        raise Problems([*problems, Problem("days", sentence)])
    problems += planning.check_days(days)
    days = planning.with_places(days) if days else []
    coming, wrong = read_people(trainers, participants)
    problems += wrong
    earlier = named(course, name)
    if earlier is None and not problems:
        made = _insert(course, name, days)
        if made is not None:
            return Added(made, sum((enrol(made, entries, role) for role, entries in coming.items()), Enrolled()))
        earlier = named(course, name)  # somebody else was a moment earlier
    if earlier is not None:
        if not problems and _is_same(earlier, days, coming):
            return Added(earlier, Enrolled(), again=True)
        problems.append(Problem("name", _("Er is al een uitvoering met deze naam. Kies een andere naam.")))
    raise Problems(problems)


def read_people(trainers: str, participants: str) -> tuple[Coming, list[Problem]]:
    """The people of two pastes by role, and what is wrong with them in the fields ``trainers``, ``participants``."""
    trainer_lines, problems = people.parse(trainers, "trainers")
    participant_lines, wrong = people.parse(participants, "participants")
    problems += wrong + people.check_both(trainer_lines, participant_lines, "participants")
    coming = {TRAINER: people.look_up(trainer_lines), PARTICIPANT: people.look_up(participant_lines)}
    problems += people.check(coming[TRAINER], "trainers", library_needed=False)
    problems += people.check(coming[PARTICIPANT], "participants", library_needed=True)
    return coming, problems


def change_day(visit: RunVisit, number: int, plan: DayPlan, *, notify: bool) -> bool:
    """Give a lesson day another date, hours, place or note; whatever hangs on it moves along.

    Returns whether anything changed; with ``notify`` everybody then gets a mail. Raises Problems with the fields of
    a day (``date``, ``end``, ``place``, ``video_url`` …).
    """
    day = load_day(visit.run, number)
    dates = visit.dates
    problems = list(planning.check_day(plan, number, before=dates.get(number - 1), after=dates.get(number + 1)))
    if problems:
        raise Problems(problems)
    old = plan_of(day)
    if plan == old:
        return False
    plan.write_to(day)
    days: dict[str, Any] = {"old": old.day.isoformat(), "new": plan.day.isoformat()} if plan.day != old.day else {}
    audit.record("core.day_changed", subject=visit.run, run_id=visit.run.id, number=number, **days)
    db.session.flush()
    if notify:
        moved = (plan.day, plan.start, plan.end, plan.place) != (old.day, old.start, old.end, old.place)
        fresh = RunVisit(visit.run, visit.person, visit.enrolment)
        along = [
            _("%(name)s, uiterlijk %(date)s", name=due.name, date=in_words(due.on))
            for due in dues(fresh)
            if due.on and due.activity.due_day == number and due.own is None
        ]
        messages.day_changed(enrolments(visit.run), visit.run, day, old, moved=moved, dues=along)
    return True


def load_day(run: Run, number: int) -> RunDay:
    """A lesson day of the run by its number; otherwise NotFound."""
    for day in run.days:
        if day.number == number:
            return day
    raise NotFound(_("Deze lesdag bestaat niet."))


def dues(visit: RunVisit) -> list[Due]:
    """Everything with a due date in this run, in the order of the course. At most two queries."""
    dated = or_(Activity.due_day.is_not(None), Activity.id.in_(list(visit.own_dues)))
    found = db.session.scalars(
        select(Activity)
        .join(Module, Module.id == Activity.module_id)
        .where(Activity.course_id == visit.run.course_id, Activity.archived_at.is_(None), dated)
        .order_by(Module.position, Activity.position)
    )
    return [
        Due(
            activity,
            visit.own_dues.get(activity.id),
            schedule.due_on(activity.due_day, activity.due_offset, visit.dates),
        )
        for activity in found
    ]


def set_dues(visit: RunVisit, chosen: Mapping[int, date | None]) -> None:
    """Give activities a due date of this run's own; None lets it follow from the lesson days again.

    ``chosen`` maps ids of activities to dates; others than those of :func:`dues` are left alone. Raises Problems with
    the fields ``due12`` and so on.
    """
    known = {due.activity.id: due for due in dues(visit)}
    problems = [
        Problem(
            f"due{activity_id}",
            _(
                "Kies een datum tussen %(first)s en %(last)s.",
                first=planning.YEARS.start, last=planning.YEARS.stop - 1,
            ),
        )
        for activity_id, day in chosen.items()
        if day is not None and day.year not in planning.YEARS
    ]  # fmt: skip
    if problems:
        raise Problems(problems)
    rows = {row.activity_id: row for row in db.session.scalars(select(RunDue).where(RunDue.run_id == visit.run.id))}
    for activity_id, day in chosen.items():
        if activity_id not in known:
            continue
        row = rows.get(activity_id)
        if day is None or day == known[activity_id].follows:
            if row is not None:
                db.session.delete(row)
        elif row is not None:
            row.due_on = day
        else:
            db.session.add(RunDue(run_id=visit.run.id, activity_id=activity_id, due_on=day))
    db.session.flush()


def announcements(run: Run, limit: int) -> list[Announcement]:
    """The latest announcements of a run, newest first, with their authors. One query."""
    return list(db.session.scalars(_announcements(), {"run_id": run.id, "limit": limit}))


@once
def _announcements() -> Select[Announcement]:
    found = select(Announcement).where(Announcement.run_id == bindparam("run_id"))
    return found.order_by(Announcement.id.desc()).limit(bindparam("limit")).options(joinedload(Announcement.author))


def announce(run: Run, author: Person, title: str, body: str) -> Announcement:
    """Post a message and mail it to everybody else in the run. The same once more (a double press) posts nothing."""
    title = people.tidy(title)
    earlier = made_just_now(Announcement, run_id=run.id, author_id=author.id, title=title, body=body)
    if earlier is not None:
        return earlier
    made = Announcement(run_id=run.id, author=author, title=title, body=body, body_html=from_markdown(body))
    db.session.add(made)
    db.session.flush()
    messages.announced([person for person in everybody(run) if person.id != author.id], run, made)
    return made


def all_runs(page: int | None = None, per_page: int = 20, *, closed: bool | None = None) -> Pagination:
    """The runs that are open, those that were ``closed``, or with None all; newest first, with course and days."""
    found = select(Run).options(joinedload(Run.course), selectinload(Run.days)).order_by(Run.id.desc())
    if closed is not None:
        found = found.where(Run.archived_at.is_not(None) if closed else Run.archived_at.is_(None))
    return db.paginate(found, page=page, per_page=per_page, error_out=False)


def run_ids() -> list[int]:
    """The ids of all runs, oldest first."""
    return list(db.session.scalars(select(Run.id).order_by(Run.id)))


def counts(runs: Iterable[Run]) -> dict[int, Counter[str]]:
    """Run id to how many participants and trainers it has now. One query."""
    tally: dict[int, Counter[str]] = {run.id: Counter() for run in runs}
    rows = db.session.execute(
        select(Enrolment.run_id, Enrolment.role, func.count())
        .where(Enrolment.run_id.in_(list(tally)), Enrolment.left_at.is_(None))
        .group_by(Enrolment.run_id, Enrolment.role)
    )
    for run_id, role, number in rows:
        tally[run_id][role] = number
    return tally


def next_day(run: Run) -> RunDay | None:
    """The lesson day that is now or comes first; None when all lie behind us."""
    return next((day for day in run.days if day.ends_at >= clock.now()), None)


def check_name(name: str) -> list[Problem]:
    if not name:
        return [Problem("name", _("Geef de uitvoering een naam, bijvoorbeeld Najaar 2026."))]
    if len(name) > NAME_LENGTH:
        return [Problem("name", _("Deze naam is te lang. Schrijf hoogstens %(num)s tekens.", num=NAME_LENGTH))]
    return []


def named(course: Course, name: str) -> Run | None:
    return db.session.scalar(
        select(Run).where(Run.course_id == course.id, func.lower(Run.name) == func.lower(name)).limit(1)
    )


def _insert(course: Course, name: str, days: Sequence[DayPlan]) -> Run | None:
    run = Run(course=course, name=name)
    for number, plan in enumerate(days, 1):
        row = RunDay(number=number)
        plan.write_to(row)
        run.days.append(row)
    try:
        with db.session.begin_nested():
            db.session.add(run)
    except IntegrityError:
        return None
    return run


def _is_same(run: Run, days: Sequence[DayPlan], coming: Coming) -> bool:
    """Was this run made from the same plan? Then the button was pressed twice."""
    there = db.session.scalars(
        select(Person.email).join(Enrolment, Enrolment.person_id == Person.id).where(Enrolment.run_id == run.id)
    )
    addresses = {entry.line.email for entries in coming.values() for entry in entries}
    return [plan_of(day) for day in run.days] == list(days) and set(there) == addresses
