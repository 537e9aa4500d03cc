"""The outbox: a job is a row that lives and dies with the data's transaction; ``lms worker`` does it afterwards."""

import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, select

from ..clock import now
from ..db import db
from ..errors import Hopeless, LmsError, NotFound
from ..registry import registry
from .models import Job

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 14
"""Spread over more than a day: a mail server that is away for a night costs nobody a mail."""
# From the beginning of a word on: looked for from each of its letters, a long one would take seconds.
_ADDRESS = re.compile(r"(?<![^\s<>()'\",;:])[^\s<>()'\",;:]+@[^\s<>()'\",;:]+")
LATE = timedelta(minutes=5)
"""A job that is due for longer than this means that no worker is running, or not enough of them."""


@dataclass(frozen=True)
class Standing:
    """How many jobs failed and were given up, how many wait, and how long the oldest is due."""

    failed: int
    waiting: int
    late: timedelta

    @property
    def stalled(self) -> bool:
        return self.late > LATE


def enqueue(kind: str, **payload: Any) -> Job:
    """Plan work of this kind, for as soon as the present transaction is committed.

    Raises LookupError for a kind that no plugin of this site does.
    """
    _handlers()[kind]
    job = Job(kind=kind, payload=payload)
    db.session.add(job)
    return job


def run_one() -> bool:
    """Do the oldest job that is due; False when there is none.

    The claim is a short transaction, so that a slow job holds nobody up. What the job writes and its being done are
    one transaction: it either happened or it did not. A failed job waits longer each time and gives up in the end.
    """
    claimed = _claim()
    if claimed is None:
        return False
    job_id, kind, payload = claimed
    try:
        _handlers()[kind](payload)
        job = db.session.get_one(Job, job_id)
        job.state, job.done_at, job.error = "done", now(), ""
        db.session.commit()
    except Exception as error:
        if isinstance(error, LmsError):  # no fault of ours, such as a mail server that is away: a line will do
            log.warning("job %s (%s) failed: %s", job_id, kind, _without_addresses(str(error)))
        else:
            log.exception("job %s (%s) failed", job_id, kind)
        db.session.rollback()
        _postpone(db.session.get_one(Job, job_id), error)
        db.session.commit()
    return True


def run_due() -> int:
    """Do everything that is due now; returns how many jobs were taken up."""
    done = 0
    while run_one():
        done += 1
    return done


def retry_failed() -> int:
    """Give the jobs that gave up another row of attempts; returns how many."""
    jobs = db.session.scalars(select(Job).where(Job.state == "failed")).all()
    for job in jobs:
        retry(job)
    return len(jobs)


def retry(job: Job) -> None:
    """Give a job that gave up another row of attempts; any other is left alone."""
    if job.state == "failed":
        job.state, job.attempts, job.due_at = "waiting", 0, now()


def drop(job: Job) -> None:
    """Remove a job that gave up: it is not tried again. Any other is left alone."""
    if job.state == "failed":
        db.session.delete(job)


def load_job(job_id: int) -> Job:
    """A job, for administrators. Otherwise NotFound."""
    job = db.session.get(Job, job_id)
    if job is None:
        raise NotFound(_("Deze taak bestaat niet meer."))
    return job


def failed_jobs() -> list[Job]:
    """The jobs that gave up, oldest first."""
    return list(db.session.scalars(_failed().order_by(Job.id)))


def failed_page(page: int, per_page: int = 20) -> Pagination:
    """The jobs that gave up, newest first."""
    return db.paginate(_failed().order_by(Job.id.desc()), page=page, per_page=per_page, error_out=False)


def standing() -> Standing:
    """How the work stands. One query. What a plugin that is switched off has to do is left out."""
    rows = db.session.execute(
        select(Job.state, func.count(), func.min(Job.due_at))
        .where(Job.state.in_(("failed", "waiting")), Job.kind.in_(_handlers()))
        .group_by(Job.state)
    )
    found = {state: (count, due) for state, count, due in rows}
    waiting, due = found.get("waiting", (0, None))
    late = now() - due if due else timedelta()
    return Standing(found.get("failed", (0, None))[0], waiting, max(late, timedelta()))


def label(job: Job) -> str:
    """What the job does, in words for an administrator."""
    kind = next((known for known in registry().all("jobs") if known.kind == job.kind), None)
    return str(kind.label) if kind and kind.label else job.kind


def _failed() -> Any:
    return select(Job).where(Job.state == "failed")


def _claim() -> tuple[int, str, dict[str, Any]] | None:
    # The work of a plugin that is switched off waits until it is back.
    job = db.session.scalar(
        select(Job)
        .where(Job.state == "waiting", Job.due_at <= now(), Job.kind.in_(_handlers()))
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is None:
        db.session.rollback()
        return None
    if job.attempts >= MAX_ATTEMPTS:  # it took its worker along each time, so it never came to a failure
        job.state, job.error = "failed", job.error or "The worker stopped in the middle of it."
        _log_given_up(job)
        db.session.commit()
        return _claim()
    job.attempts += 1
    # Whoever dies with it is thought dead after this, and another takes it up.
    job.due_at = now() + timedelta(seconds=current_app.config["JOB_LEASE"])
    claimed = (job.id, job.kind, job.payload)
    db.session.commit()
    return claimed


def _postpone(job: Job, error: Exception) -> None:
    job.error = str(error) if isinstance(error, LmsError) else f"{type(error).__name__}: {error}"
    job.due_at = now() + timedelta(seconds=min(15 * 2**job.attempts, 6 * 3600))
    if job.attempts >= MAX_ATTEMPTS or isinstance(error, Hopeless):
        job.state = "failed"
        _log_given_up(job)


def _log_given_up(job: Job) -> None:
    log.error("job %s (%s) is given up: %s", job.id, job.kind, _without_addresses(job.error))


def _without_addresses(text: str) -> str:
    """For the log, in which nobody has a name: mail servers repeat the address that they refuse."""
    return _ADDRESS.sub("…", text)


def _handlers() -> dict[str, Any]:
    return {known.kind: known.run for known in registry().all("jobs")}
