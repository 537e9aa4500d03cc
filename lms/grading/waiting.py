"""What waits for a trainer: the last version of each submission without a released judgement, oldest first."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from ..accounts.models import Person
from ..assignments.models import Submission, Version
from ..courses.models import Activity
from ..db import db, once
from ..libraries.models import Library
from ..runs.models import PARTICIPANT, TRAINER, Enrolment, Run
from .models import Assessment

WAITING, SAVED = "waiting", "saved"
PER_PAGE = 25
OLDEST_FIRST = (Version.handed_in_at, Version.id)


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

    @property
    def args(self) -> dict[str, Any]:
        """What ``url_for("core.grading.judge", …)`` wants."""
        return {"run_id": self.run_id, "version_id": self.version_id}


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
    found = _waiting(person.id).with_only_columns(Version.id).order_by(*OLDEST_FIRST)
    if run is not None:
        found = found.where(Enrolment.run_id == run.id)
    if activity is not None:
        found = found.where(Submission.activity_id == activity.id)
    pages = db.paginate(found, page=page, per_page=PER_PAGE)
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
    found = _waiting(person.id).where(Enrolment.run_id == run.id).with_only_columns(func.count())
    return db.session.scalar(found) or 0


def place(person: Person, version_id: int) -> Place:
    """The place of this version between those that wait for the trainer. One query.

    A version that does not wait is counted in between by its moment, so that one can go on from it.
    """
    window: dict[str, Any] = {"order_by": OLDEST_FIRST}
    around = (
        _waiting(person.id, also=version_id)
        .with_only_columns(
            Version.id.label("version_id"),
            _waits().label("waits"),
            func.row_number().over(**window).label("number"),
            func.count().over().label("total"),
            func.lag(Version.id).over(**window).label("before"),
            func.lag(Enrolment.run_id).over(**window).label("before_run"),
            func.lead(Version.id).over(**window).label("after"),
            func.lead(Enrolment.run_id).over(**window).label("after_run"),
        )
        .subquery()
    )
    row = db.session.execute(select(around).where(around.c.version_id == version_id)).one_or_none()
    if row is None:
        return Place(None, 0, None, None)
    return Place(
        number=row.number if row.waits else None,
        total=row.total if row.waits else row.total - 1,
        previous={"run_id": row.before_run, "version_id": row.before} if row.before else None,
        next={"run_id": row.after_run, "version_id": row.after} if row.after else None,
    )


def is_newest() -> Any:
    """The condition that a version is the last of its submission."""
    newer = _newer()
    return ~exists().where(newer.submission_id == Version.submission_id, newer.number > Version.number)


@cache
def _newer() -> Any:
    return aliased(Version)


@cache
def _trainer() -> Any:
    return aliased(Enrolment)


def _waits() -> Any:
    return and_(
        is_newest(),
        Assessment.released_at.is_(None),
        Enrolment.role == PARTICIPANT,
        Enrolment.left_at.is_(None),
        exists().where(Run.id == Enrolment.run_id, Run.archived_at.is_(None)).correlate(Enrolment),
    )


def _waiting(trainer_id: Any, also: int | None = None) -> Select[Any]:
    trainer = _trainer()
    here = and_(
        trainer.run_id == Enrolment.run_id,
        trainer.person_id == trainer_id,
        trainer.role == TRAINER,
        trainer.left_at.is_(None),
    )
    return (
        select(Version)
        .join(Submission, Submission.id == Version.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(trainer, here)
        .outerjoin(Assessment, Assessment.version_id == Version.id)
        .where(_waits() if also is None else or_(_waits(), Version.id == also))
    )


@once
def _rows() -> Select[Any]:
    """The rows behind the ids of some versions."""
    return _details().where(Version.id.in_(bindparam("ids", expanding=True)))


@once
def _oldest() -> Select[Any]:
    """The rows of what waits longest, each with how many wait in all: found first, and only then filled in."""
    found = (
        _waiting(bindparam("trainer_id"))
        .with_only_columns(Version.id.label("version_id"), func.count().over().label("total"))
        .order_by(*OLDEST_FIRST)
        .limit(bindparam("limit"))
        .subquery()
    )
    return _details(found.c.total).join(found, found.c.version_id == Version.id)


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
        .order_by(*OLDEST_FIRST)
    )
