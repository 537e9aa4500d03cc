"""What plugins read of worksheets: somebody's own, for who they are and never by a number alone."""

from dataclasses import dataclass

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased, joinedload

from ..accounts.models import Person
from ..assignments.models import Submission, Version
from ..db import db
from ..grading.models import Assessment
from ..grading.rubric import ENOUGH, GOOD
from ..runs.models import PARTICIPANT, Enrolment
from ..runs.visits import load_run
from . import reading
from .filled import Filled


@dataclass(frozen=True)
class HandedIn:
    """The last version of a worksheet that somebody handed in, in one run.

    ``passed`` says that its judgement is released and enough."""

    run_id: int
    activity_id: int
    slug: str
    version: int
    filled: Filled
    passed: bool


def handed_in(person: Person, *keys: str) -> list[HandedIn]:
    """The last hand-in of each worksheet of a participant, in every run they are in, the oldest first. With ``keys``
    only of these worksheets. One query."""
    later = aliased(Version)
    found = (
        select(Version, Version.sheet, Submission, Enrolment.run_id, Assessment.overall)
        .join(Submission, Submission.id == Version.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .outerjoin(Assessment, and_(Assessment.version_id == Version.id, Assessment.released_at.is_not(None)))
        .where(
            Enrolment.person_id == person.id,
            Enrolment.role == PARTICIPANT,
            Enrolment.left_at.is_(None),
            Version.sheet.is_not(None),
            ~exists().where(later.submission_id == Version.submission_id, later.number > Version.number),
        )
        .options(joinedload(Submission.activity))
        .order_by(Version.handed_in_at, Version.id)
    )
    listed = []
    for version, sheet, submission, run_id, overall in db.session.execute(found):
        filled = Filled.stored(sheet)
        if filled is not None and (not keys or filled.sheet.key in keys):
            activity = submission.activity
            passed = overall in {ENOUGH, GOOD}
            listed.append(HandedIn(run_id, activity.id, activity.slug, version.number, filled, passed))
    return listed


def kept(person: Person, run_id: int) -> dict[str, Filled]:
    """Each worksheet of a participant in a run as it is now, by its key: half filled or handed in; none for a trainer.

    Raises NotFound for a run that is not theirs.
    """
    visit = load_run(person, run_id)
    return reading.kept(visit.enrolment.id) if visit.is_participant and visit.enrolment else {}
