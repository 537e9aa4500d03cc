"""What becomes of a run: another name, closed when it is over, open again, or removed while nothing was handed in."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from .. import clock
from ..assignments.models import Draft, Submission, Version, draft_file
from ..audit import services as audit
from ..db import db
from ..errors import Conflict
from ..files import services as files
from ..files.models import StoredFile
from . import people
from .models import Enrolment, Run
from .problems import Problem, Problems
from .services import check_name, named


def rename(run: Run, name: str) -> bool:
    """Give the run another name; returns whether it changed. Raises Problems with field ``name``."""
    name = people.tidy(name)
    problems = check_name(name)
    if problems:
        raise Problems(problems)
    if name == run.name:
        return False
    taken = Problem("name", _("Er is al een uitvoering met deze naam. Kies een andere naam."))
    other = named(run.course, name)
    if other is not None and other.id != run.id:
        raise Problems([taken])
    try:
        with db.session.begin_nested():
            run.name = name
    except IntegrityError:  # somebody else took it a moment ago
        raise Problems([taken]) from None
    audit.record("core.run_renamed", subject=run, run_id=run.id)
    return True


def close(run: Run) -> None:
    """Take the run off everybody's lists; its work can still be read. Closing it twice changes nothing."""
    if run.archived_at is None:
        run.archived_at = clock.now()
        audit.record("core.run_closed", subject=run, run_id=run.id)


def reopen(run: Run) -> None:
    """Let the run go on."""
    if run.archived_at is not None:
        run.archived_at = None
        audit.record("core.run_opened", subject=run, run_id=run.id)


def has_work(run: Run) -> bool:
    """Did anybody hand in something, also somebody who left? One query."""
    found = (
        select(Version.id)
        .join(Submission, Submission.id == Version.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(Enrolment.run_id == run.id)
    )
    return db.session.scalar(found.limit(1)) is not None


def remove(run: Run) -> None:
    """Remove the run with its days, enrolments, messages and drafts; accounts stay.

    Raises Conflict when somebody handed in work.
    """
    # Whoever hands in at this moment is waited for, and then seen.
    db.session.execute(select(Enrolment.id).where(Enrolment.run_id == run.id).with_for_update())
    if has_work(run):
        raise Conflict(_("Er is werk ingeleverd. Sluit deze uitvoering in plaats van haar te verwijderen."))
    in_drafts = (
        select(StoredFile)
        .join(draft_file, draft_file.c.file_id == StoredFile.id)
        .join(Draft, Draft.id == draft_file.c.draft_id)
        .join(Enrolment, Enrolment.id == Draft.enrolment_id)
        .where(Enrolment.run_id == run.id)
    )
    for stored in db.session.scalars(in_drafts).all():
        files.forget(stored)
    audit.record("core.run_removed", subject=run, run_id=run.id)
    db.session.delete(run)
    db.session.flush()
