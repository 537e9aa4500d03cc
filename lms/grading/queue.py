"""Keeps the list of versions that wait for a judgement, so that a large group costs no more than a small one.

Found anew for each page, the last version of everybody without a released judgement would take a look at all work of
the group. Written at every flush that touches versions, judgements or rounds of peer feedback, whoever writes them: it
cannot be forgotten.
"""

from typing import Any

from sqlalchemy import Connection, bindparam, delete, event, exists, insert, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from ..assignments.models import Submission, Version
from ..db import once
from ..peer.models import SELF, Review, Round
from ..runs.models import Enrolment
from .models import Assessment, Waiting


def is_newest() -> Any:
    """The condition that a version is the last of its submission."""
    newer = aliased(Version)
    return ~exists().where(newer.submission_id == Version.submission_id, newer.number > Version.number)


@event.listens_for(Session, "after_flush")
def _note(session: Session, _context: Any) -> None:
    written = [*session.new, *session.dirty, *session.deleted]
    submissions = {row.submission_id for row in written if isinstance(row, Version)}
    versions = {row.version_id for row in written if isinstance(row, Assessment)}
    if versions:
        of_versions = select(Version.submission_id).where(Version.id.in_(versions))
        submissions |= set(session.connection().scalars(of_versions))
    rounds = [row for row in written if isinstance(row, Round)]
    if rounds:
        pairs = [(row.run_id, row.assignment_id) for row in rounds]
        read = select(Submission.id).join(Enrolment, Enrolment.id == Submission.enrolment_id)
        read = read.where(tuple_(Enrolment.run_id, Submission.activity_id).in_(pairs))
        submissions |= set(session.connection().scalars(read))
    if submissions:
        renew(session.connection(), list(submissions))


def renew(connection: Connection, submissions: list[int]) -> None:
    """Find anew what waits of these submissions. For who writes versions or judgements past the session."""
    connection.execute(_forget(), {"ids": submissions})
    connection.execute(_add(), {"ids": submissions})


@once
def _forget() -> Any:
    return delete(Waiting).where(Waiting.submission_id.in_(bindparam("ids", expanding=True)))


@once
def _add() -> Any:
    waits = (
        select(Version.id, Version.submission_id, Submission.enrolment_id, Enrolment.run_id, Version.handed_in_at)
        .join(Submission, Submission.id == Version.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .outerjoin(Assessment, Assessment.version_id == Version.id)
        .where(Version.submission_id.in_(bindparam("ids", expanding=True)))
        .where(is_newest(), Assessment.released_at.is_(None))
        # What a trainer began to judge stays in sight, whatever colleagues still do.
        .where(or_(~_with_peers(), _revised(), Assessment.id.is_not(None)))
    )
    return insert(Waiting).from_select(["version_id", "submission_id", "enrolment_id", "run_id", "handed_in_at"], waits)


def _with_peers() -> Any:
    """Is the work still read by colleagues? Then it waits for the trainer once it is revised, or past their date."""
    here = (Round.run_id == Enrolment.run_id, Round.assignment_id == Submission.activity_id)
    return exists().where(*here, Round.closed_at.is_(None)).correlate(Enrolment, Submission)


def _revised() -> Any:
    """Was it handed in after feedback on an earlier version?"""
    here = (Review.round_id == Round.id, Round.assignment_id == Submission.activity_id)
    given = (Review.author_id == Submission.enrolment_id, Review.origin != SELF)
    return exists().where(*here, *given, Review.given_at < Version.handed_in_at).correlate(Submission, Version)
