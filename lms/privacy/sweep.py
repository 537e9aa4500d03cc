"""How long things are kept: what is past its term is removed. The page /privacy promises these terms."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Delete, delete, func, select

from ..accounts.models import Attempt
from ..audit.models import AuditEntry
from ..clock import now
from ..db import db
from ..jobs.models import Job
from ..notifications.models import Mail, Notice

LOG_DAYS = 730
MAIL_DAYS = 90
JOB_DAYS = 30
ATTEMPT_DAYS = 1


def sweep(*, dry_run: bool = False) -> dict[str, int]:
    """Remove what is past its term; returns how many of what. With ``dry_run`` it only counts."""
    return {name: _remove(model, *conditions, dry_run=dry_run) for name, (model, *conditions) in _past().items()}


def sweep_daily() -> None:
    """The routine: what is past its term goes."""
    sweep()


def _past() -> dict[str, tuple[Any, ...]]:
    def before(days: int) -> Any:
        return now() - timedelta(days=days)

    return {
        "log entries": (AuditEntry, AuditEntry.at < before(LOG_DAYS)),
        "mails": (Mail, Mail.created_at < before(MAIL_DAYS)),
        "notices": (Notice, Notice.created_at < before(MAIL_DAYS)),
        "attempts": (Attempt, Attempt.at < before(ATTEMPT_DAYS)),
        "finished jobs": (Job, Job.state == "done", Job.done_at < before(JOB_DAYS)),
    }


def _remove(model: Any, *conditions: Any, dry_run: bool) -> int:
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
    statement: Delete = delete(model).where(*conditions)
    return db.session.execute(statement).rowcount  # type: ignore[attr-defined]
