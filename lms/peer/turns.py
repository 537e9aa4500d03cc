"""Whose turn it is: a round is nobody's next step before one can do something in it."""

from sqlalchemy import Select, exists, select

from ..accounts.models import Person
from ..assignments.models import Submission, Version
from ..courses.models import Activity
from ..db import db
from ..progress import services as progress
from ..progress.models import Progress
from ..runs.models import PARTICIPANT, Enrolment, Run
from .models import Round

LATER, READY, READING = "later", "ready", "reading"
"""How far a participant is: it is not their turn yet, they can begin, they began."""


def wait(run: Run, activity: Activity) -> None:
    """Note that it is not yet the turn of who is new in the run. One query when nobody is."""
    known = exists().where(Progress.enrolment_id == Enrolment.id, Progress.activity_id == activity.id)
    progress.note_all(activity, db.session.scalars(_participants(run).where(~known)).all(), LATER, run)


def call(this: Round, run: Run, activity: Activity) -> None:
    """The round is open: it is the turn of who handed in. One query when nobody did so since."""
    waits = exists().where(
        Progress.enrolment_id == Enrolment.id, Progress.activity_id == activity.id, Progress.state == LATER
    )
    handed_in = (
        exists()
        .where(Submission.enrolment_id == Enrolment.id, Submission.activity_id == this.assignment_id)
        .where(Version.submission_id == Submission.id)
    )
    progress.note_all(activity, db.session.scalars(_participants(run).where(waits, handed_in)).all(), READY, run)


def _participants(run: Run) -> Select[Person]:
    return (
        select(Person)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.run_id == run.id, Enrolment.role == PARTICIPANT, Enrolment.left_at.is_(None))
    )
