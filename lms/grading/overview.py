"""Everybody in a run with how far they are with each assignment, as a trainer may know it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import defer, joinedload

from ..accounts.models import Person
from ..assignments import KEY as ASSIGNMENT
from ..assignments.models import Draft, Submission, Version
from ..courses.models import Activity, Module
from ..db import db, once
from ..errors import NotFound
from ..runs.models import PARTICIPANT, Enrolment, Run
from .models import Assessment, Waiting
from .queue import is_newest
from .waiting import SAVED, WAITING

PER_PAGE = 25
NOTHING, DRAFT, HELD, RELEASED = "nothing", "draft", "held", "released"


@dataclass(frozen=True)
class Cell:
    """One participant and one assignment. Of a draft a trainer learns that it is there, and nothing else.

    ``state``: nothing, draft, held (not to be judged yet), waiting, saved or released; ``level`` only with released.
    """

    state: str = NOTHING
    version_id: int | None = None
    version: int | None = None
    late: bool = False
    level: str = ""


@dataclass(frozen=True)
class ParticipantRow:
    """A participant; ``cells`` stand in the order of the assignments."""

    person: Person
    left: bool
    cells: tuple[Cell, ...]


def assignments(run: Run) -> list[Activity]:
    """The assignments of the course, and whatever else was handed in in this run, in the order of the course."""
    return list(db.session.scalars(_assignments(), {"course_id": run.course_id, "run_id": run.id}))


@once
def _assignments() -> Select[Activity]:
    # Asked in this order, nobody's work is looked at as long as only assignments were handed in: a database goes
    # through the list of the run (and not for each activity apart) when an activity of another kind has work at all.
    has_work = exists().where(Submission.activity_id == Activity.id)
    in_run = select(Submission.activity_id).join(Enrolment, Enrolment.id == Submission.enrolment_id)
    handed_in = and_(has_work, Activity.id.in_(in_run.where(Enrolment.run_id == bindparam("run_id"))))
    return (
        select(Activity)
        .join(Module, Module.id == Activity.module_id)
        .where(Activity.course_id == bindparam("course_id"))
        .where(or_(and_(Activity.type == ASSIGNMENT, Activity.archived_at.is_(None)), handed_in))
        .order_by(Module.position, Activity.position)
        .options(defer(Activity.body), defer(Activity.body_html))
    )


def choose(activities: Sequence[Activity], slug: str) -> Activity | None:
    """The assignment that a filter names; None for no filter. An unknown name is :class:`NotFound`."""
    if not slug:
        return None
    for activity in activities:
        if activity.slug == slug:
            return activity
    raise NotFound(_("Deze opdracht bestaat niet in deze cursus."))


def everybody(run: Run, activities: Sequence[Activity], *, page: int = 1) -> Pagination:
    """A page of :class:`ParticipantRow` by name, those who left at the end. Four queries."""
    pages = db.paginate(
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.run_id == run.id, Enrolment.role == PARTICIPANT)
        .options(joinedload(Enrolment.person).joinedload(Person.library))
        .order_by(Enrolment.left_at.is_not(None), Person.name, Enrolment.id),
        page=page,
        per_page=PER_PAGE,
    )
    cells = _cells([enrolment.id for enrolment in pages.items])
    pages.items = [
        ParticipantRow(
            enrolment.person,
            enrolment.left_at is not None,
            tuple(cells.get((enrolment.id, activity.id), Cell()) for activity in activities),
        )
        for enrolment in pages.items
    ]
    return pages


def _cells(enrolment_ids: list[int]) -> dict[tuple[int, int], Cell]:
    drafts = select(Draft.enrolment_id, Draft.activity_id).where(Draft.enrolment_id.in_(enrolment_ids))
    work = (
        select(
            Submission.enrolment_id,
            Submission.activity_id,
            Version.id,
            Version.number,
            Version.late,
            Assessment.id,
            Assessment.overall,
            Assessment.released_at,
            Waiting.version_id,
        )
        .join(Version, Version.submission_id == Submission.id)
        .outerjoin(Assessment, Assessment.version_id == Version.id)
        .outerjoin(Waiting, Waiting.version_id == Version.id)
        .where(Submission.enrolment_id.in_(enrolment_ids), is_newest())
    )
    cells = {(enrolment, activity): Cell(DRAFT) for enrolment, activity in db.session.execute(drafts)}
    for enrolment, activity, version_id, number, late, assessed, overall, released, waits in db.session.execute(work):
        state = RELEASED if released else SAVED if assessed else WAITING if waits else HELD
        cells[enrolment, activity] = Cell(state, version_id, number, late, overall if released else "")
    return cells
