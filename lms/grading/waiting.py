"""What waits for a trainer: the last version of each submission without a released judgement, oldest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from ..accounts.models import Person
from ..assignments.models import Submission, Version
from ..courses.models import Activity
from ..db import db, once
from ..libraries.models import Library
from ..runs.models import PARTICIPANT, TRAINER, Enrolment, Run
from .models import Assessment, Waiting

WAITING, SAVED = "waiting", "saved"
PER_PAGE = 25
OLDEST_FIRST = (Waiting.handed_in_at, Waiting.version_id)


@dataclass(frozen=True)
class WaitingRow:
    """A version that waits; ``number`` is the version's own. ``saved`` tells of a judgement, not yet released.

    ``total`` is how many wait in the list that the row is part of.
    """

    version_id: int
    run_id: int
    run: str
    participant: str
    library: str
    assignment_number: int | None
    title: str
    slug: str
    number: int
    handed_in_at: datetime
    late: bool
    saved: bool
    total: int

    @property
    def assignment(self) -> str:
        """Number and title of the assignment: «Opdracht 1, De omgeving in kaart»."""
        if self.assignment_number is None:
            return self.title
        return _("Opdracht %(number)s, %(title)s", number=self.assignment_number, title=self.title)

    @property
    def state(self) -> str:
        return SAVED if self.saved else WAITING


@dataclass(frozen=True)
class Place:
    """Where a version stands in the waiting list: ``number`` of ``total``, None when it does not wait (any more).

    ``previous`` and ``next`` are the arguments for ``url_for("core.grading.judge", …)``, or None at an end.
    """

    number: int | None
    total: int
    previous: dict[str, Any] | None
    next: dict[str, Any] | None


def waiting(person: Person, *, run: Run | None = None, activity: Activity | None = None, page: int = 1) -> Pagination:
    """A page of :class:`WaitingRow` for this trainer, in all their runs or in one. Three queries."""
    found = _of_trainer(Waiting.version_id).order_by(*OLDEST_FIRST)
    if run is not None:
        found = found.where(Waiting.run_id == run.id)
    if activity is not None:
        found = found.join(Submission, Submission.id == Waiting.submission_id)
        found = found.where(Submission.activity_id == activity.id)
    pages = db.paginate(found.params(trainer_id=person.id), page=page, per_page=PER_PAGE)
    # paginate() gives single values; the rows behind these ids take one query more.
    rows = db.session.execute(_rows(), {"ids": pages.items})
    pages.items = [WaitingRow(*(*row, pages.total or 0)) for row in rows]
    return pages


def waiting_summary(person: Person, limit: int) -> list[WaitingRow]:
    """The oldest ``limit`` that wait, over all runs of this trainer. One query."""
    rows = db.session.execute(_oldest(), {"trainer_id": person.id, "limit": limit})
    return [WaitingRow(*row) for row in rows]


def count(person: Person, run: Run) -> int:
    """How many wait for this trainer in one run."""
    return db.session.scalar(_count(), {"trainer_id": person.id, "run_id": run.id}) or 0


def place(person: Person, version_id: int) -> Place:
    """The place of this version between those that wait for the trainer. One query.

    A version that does not wait is counted in between by its moment, so that one can go on from it.
    """
    row = db.session.execute(_around(), {"trainer_id": person.id, "version_id": version_id}).one_or_none()
    if row is None:
        return Place(None, 0, None, None)
    return Place(
        number=row.number if row.waits else None,
        total=row.total if row.waits else row.total - 1,
        previous={"run_id": row.before_run, "version_id": row.before} if row.before else None,
        next={"run_id": row.after_run, "version_id": row.after} if row.after else None,
    )


def _of_trainer(*columns: Any) -> Select[Any]:
    """What waits in the open runs of the trainer ``:trainer_id``, of participants who are still there."""
    found = (
        select(*columns)
        .select_from(Waiting)
        .join(Run, Run.id == Waiting.run_id)
        .join(Enrolment, Enrolment.id == Waiting.enrolment_id)
        .where(Run.archived_at.is_(None), Enrolment.role == PARTICIPANT, Enrolment.left_at.is_(None))
    )
    return _trained(found, Waiting.run_id)


def _trained(found: Any, run_id: Any) -> Select[Any]:
    trainer = aliased(Enrolment)
    return found.join(trainer, trainer.run_id == run_id).where(
        trainer.person_id == bindparam("trainer_id"), trainer.role == TRAINER, trainer.left_at.is_(None)
    )


@once
def _count() -> Select[int]:
    return _of_trainer(func.count()).where(Waiting.run_id == bindparam("run_id"))


@once
def _around() -> Select[Any]:
    waits = _of_trainer(Waiting.version_id, Waiting.run_id, Waiting.handed_in_at, literal(1).label("waits"))
    itself = (
        select(Version.id, Enrolment.run_id, Version.handed_in_at, literal(0))
        .join(Submission, Submission.id == Version.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(Version.id == bindparam("version_id"), Version.id.not_in(_of_trainer(Waiting.version_id)))
    )
    queue = union_all(waits, _trained(itself, Enrolment.run_id)).subquery()
    window: dict[str, Any] = {"order_by": (queue.c.handed_in_at, queue.c.version_id)}
    around = select(
        queue.c.version_id,
        queue.c.waits,
        func.row_number().over(**window).label("number"),
        func.count().over().label("total"),
        func.lag(queue.c.version_id).over(**window).label("before"),
        func.lag(queue.c.run_id).over(**window).label("before_run"),
        func.lead(queue.c.version_id).over(**window).label("after"),
        func.lead(queue.c.run_id).over(**window).label("after_run"),
    ).subquery()
    return select(around).where(around.c.version_id == bindparam("version_id"))


@once
def _rows() -> Select[Any]:
    """The rows behind the ids of some versions."""
    return _details().where(Version.id.in_(bindparam("ids", expanding=True)))


@once
def _oldest() -> Select[Any]:
    """The rows of what waits longest, each with how many wait in all: found first, and only then filled in."""
    found = (
        _of_trainer(Waiting.version_id.label("version_id")).order_by(*OLDEST_FIRST).limit(bindparam("limit")).subquery()
    )
    total = _of_trainer(func.count()).scalar_subquery()
    return _details(total).join(found, found.c.version_id == Version.id)


def _details(*more: Any) -> Select[Any]:
    """All that a list shows of versions, in the order of :class:`WaitingRow`."""
    return (
        select(
            Version.id,
            Enrolment.run_id,
            Run.name,
            Person.name,
            func.coalesce(Library.name, ""),
            Activity.settings["number"].as_integer(),
            Activity.title,
            Activity.slug,
            Version.number,
            Version.handed_in_at,
            Version.late,
            Assessment.id.is_not(None),
            *more,
        )
        .join(Submission, Submission.id == Version.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Run, Run.id == Enrolment.run_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Activity, Activity.id == Submission.activity_id)
        .outerjoin(Library, Library.id == Person.library_id)
        .outerjoin(Assessment, Assessment.version_id == Version.id)
        .order_by(Version.handed_in_at, Version.id)
    )
