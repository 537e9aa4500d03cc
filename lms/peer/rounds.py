"""A round as it stands in the database: who is in it, when it opens, and the plan that it opens with."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from .. import clock
from ..accounts.models import Person
from ..assignments.models import Submission, Version
from ..courses.models import Activity
from ..db import db
from ..grading.models import Assessment
from ..runs.models import PARTICIPANT, Enrolment, Run
from . import terms
from .models import GIVEN, MOVED, OPEN, PLAN, SELF, UNREADABLE, Apart, Exemption, Review, Round
from .plan import Member, Pair, Plan, Situation, plan


@dataclass(frozen=True)
class Standing:
    """A round at this moment. ``works`` has the last version of each member, by enrolment; ``holding`` are those who
    have work at hand that is not given yet, ``let_go`` those who let work lapse that they had promised to read.
    ``given`` and ``begun`` are the pairs whose review was given or has a draft; ``barred`` those that the trainer keeps
    apart."""

    round: Round
    terms: terms.Terms
    situation: Situation
    works: Mapping[int, int]
    holding: frozenset[int]
    let_go: frozenset[int]
    given: frozenset[Pair]
    begun: frozenset[Pair]
    exempt: frozenset[int]
    barred: frozenset[Pair]

    @property
    def is_open(self) -> bool:
        return self.round.opened_at is not None


def find(run: Run, activity: Activity, *, lock: bool = False) -> Round | None:
    """The round of this activity in this run, if there is one. With ``lock`` nobody else changes who reads what until
    the end of the transaction (on SQLite the transaction itself is the lock)."""
    found = select(Round).where(Round.run_id == run.id, Round.activity_id == activity.id)
    return db.session.scalar(found.with_for_update(key_share=True) if lock else found)


def ensure(run: Run, activity: Activity) -> Round:
    """The round, made if need be, and locked."""
    this = find(run, activity, lock=True)
    if this is None:
        work = select(Activity.id).where(
            Activity.course_id == activity.course_id, Activity.slug == terms.of(activity).assignment
        )
        this = Round(run_id=run.id, activity_id=activity.id, assignment_id=db.session.scalar(work))
        db.session.add(this)
        db.session.flush()
    return this


def expected(run: Run, activity: Activity) -> Round:
    """The round, or one that is not stored yet: a page shows how it will be."""
    return find(run, activity) or Round(run_id=run.id, activity_id=activity.id)


def standing(this: Round, activity: Activity, reviews: Sequence[Review] | None = None) -> Standing:
    """Everything that decides who reads what next. Five queries, however many people there are.

    ``reviews`` are all of the round, when somebody has read them already: that saves one.
    """
    settled = terms.of(activity)
    works = _works(this.run_id, activity.course_id, settled.assignment)
    leases: Sequence[Any] = reviews if reviews is not None else db.session.execute(_leases(this.id)).all()
    leases = [row for row in leases if row.reviewer_id is not None and row.origin != SELF]
    exempt = frozenset(db.session.scalars(select(Exemption.enrolment_id).where(Exemption.round_id == this.id)))
    members = tuple(
        Member(
            row.enrolment_id,
            row.library_id,
            since=row.since.timestamp(),
            reviews=row.enrolment_id not in exempt,
            reviewed=not row.judged,
        )
        for row in works
    )
    kept_apart = apart(this.run_id)
    moment = clock.now()
    taken = {(row.reviewer_id, row.author_id) for row in leases if _holds(row, moment)}
    barred = {(row.reviewer_id, row.author_id) for row in leases if row.state in {UNREADABLE, MOVED}}
    return Standing(
        round=this,
        terms=settled,
        situation=Situation(
            members=members,
            k=settled.reviews,
            taken=frozenset(taken),
            barred=frozenset(barred) | kept_apart,
            unseen=frozenset((row.reviewer_id, row.author_id) for row in leases if row.hidden_at is not None),
            met=_met(this),
        ),
        works={row.enrolment_id: row.version_id for row in works},
        holding=frozenset(row.reviewer_id for row in leases if row.state == OPEN and _holds(row, moment)),
        let_go=frozenset(row.reviewer_id for row in leases if row.state == OPEN and not _holds(row, moment)),
        given=frozenset((row.reviewer_id, row.author_id) for row in leases if row.state == GIVEN),
        begun=frozenset((row.reviewer_id, row.author_id) for row in leases if row.state == OPEN and row.saved_at),
        exempt=exempt,
        barred=kept_apart,
    )


def open_round(run: Run, activity: Activity, dates: terms.Dates) -> Plan | None:
    """Open the round with a plan among who handed in; None when it is open already, or when nobody has handed in.

    The round is locked: of two workers one opens it.
    """
    this = ensure(run, activity)
    if this.opened_at is not None:
        return None
    now = standing(this, activity)
    if len(now.situation.members) < 2:
        return None
    this.opened_at = clock.now()
    planned = plan(now.situation, seed(run.id, activity.id))
    holds_until = dates.halfway(this.opened_at)
    pairs = list(planned.pairs)
    secrets.SystemRandom().shuffle(pairs)  # the number of a review, seen in addresses, does not tell its giver
    for reviewer, author in pairs:
        db.session.add(
            Review(
                round_id=this.id,
                reviewer_id=reviewer,
                author_id=author,
                version_id=now.works[author],
                origin=PLAN,
                lapses_at=holds_until,
            )
        )
    db.session.flush()
    return planned


def seed(run_id: int, activity_id: int) -> str:
    """What makes the plan of a round repeatable."""
    return f"run {run_id}, activity {activity_id}"


def apart(run_id: int) -> frozenset[Pair]:
    """The pairs of this run that do not read each other's work, both ways."""
    rows = db.session.execute(
        select(Apart.one_id, Apart.other_id)
        .join(Enrolment, Enrolment.id == Apart.one_id)
        .where(Enrolment.run_id == run_id)
    ).all()
    return frozenset(pair for one, other in rows for pair in ((one, other), (other, one)))


def _leases(round_id: int | None) -> Any:
    columns = (Review.reviewer_id, Review.author_id, Review.state, Review.lapses_at, Review.origin)
    return select(*columns, Review.saved_at, Review.hidden_at).where(Review.round_id == round_id, in_force())


def in_force() -> ColumnElement[bool]:
    """The condition that a review counts: what is given does, and what is open while its reviewer is in the run."""
    return or_(Review.state != OPEN, Review.reviewer.has(Enrolment.left_at.is_(None)))


def _holds(row: Any, moment: datetime) -> bool:
    """Does this review take its pair? Given ones do, and open ones that did not lapse."""
    return row.state == GIVEN or (row.state == OPEN and (row.lapses_at is None or row.lapses_at > moment))


def _works(run_id: int, course_id: int, slug: str) -> list[Any]:
    """Who handed in, with the last version and the moment of the first, and whether a judgement was released."""
    first = func.min(Version.handed_in_at)
    judged = func.max(Assessment.released_at)
    return list(
        db.session.execute(
            select(
                Submission.enrolment_id,
                Person.library_id,
                first.label("since"),
                func.max(Version.id).label("version_id"),
                judged.is_not(None).label("judged"),
            )
            .join(Activity, Activity.id == Submission.activity_id)
            .join(Enrolment, Enrolment.id == Submission.enrolment_id)
            .join(Person, Person.id == Enrolment.person_id)
            .join(Version, Version.submission_id == Submission.id)
            .outerjoin(Assessment, Assessment.version_id == Version.id)
            .where(
                Enrolment.run_id == run_id,
                Enrolment.role == PARTICIPANT,
                Enrolment.left_at.is_(None),
                Activity.course_id == course_id,
                Activity.slug == slug,
            )
            .group_by(Submission.enrolment_id, Person.library_id)
            .order_by(Submission.enrolment_id)
        )
    )


def _met(this: Round) -> dict[Pair, int]:
    """Pairs of the other rounds of this run, each with the place of the last round in which they met."""
    rows = db.session.execute(
        select(Round.id, Review.reviewer_id, Review.author_id)
        .join(Round, Round.id == Review.round_id)
        .where(
            Round.run_id == this.run_id,
            Round.id != this.id,
            Review.reviewer_id.is_not(None),
            Review.origin != SELF,
            or_(Review.state == GIVEN, Review.state == OPEN),
        )
        .order_by(Round.opened_at, Round.id)
    ).all()
    places: dict[int, int] = {}
    return {
        (reviewer, author): places.setdefault(number, len(places) + 1)
        for number, reviewer, author in rows
        if reviewer is not None
    }
