"""The outbox: a job is a row that lives and dies with the data's transaction; ``lms worker`` does it afterwards."""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ..clock import now
from ..db import db
from ..registry import registry
from .models import Job

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 8


def enqueue(kind: str, **payload: Any) -> Job:
    """Plan work of this kind, for as soon as the present transaction is committed."""
    job = Job(kind=kind, payload=payload)
    db.session.add(job)
    return job


def run_one() -> bool:
    """Do the oldest job that is due, in a transaction of its own; False when there is none."""
    job = db.session.scalar(
        select(Job)
        .where(Job.state == "waiting", Job.due_at <= now())
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is None:
        db.session.rollback()
        return False
    job_id = job.id
    job.attempts += 1
    try:
        with db.session.begin_nested():
            _handler(job.kind)(job.payload)
        job.state, job.done_at, job.error = "done", now(), ""
    except Exception as error:
        log.exception("job %s (%s) failed", job_id, job.kind)
        job.error = f"{type(error).__name__}: {error}"
        job.due_at = now() + timedelta(seconds=min(15 * 2**job.attempts, 6 * 3600))
        if job.attempts >= MAX_ATTEMPTS:
            job.state = "failed"
    db.session.commit()
    return True


def run_due() -> int:
    """Do everything that is due now; returns how many jobs were taken up."""
    done = 0
    while run_one():
        done += 1
    return done


def _handler(kind: str) -> Any:
    for known in registry().all("jobs"):
        if known.kind == kind:
            return known.run
    raise LookupError(f"No plugin knows the job kind {kind!r}.")
