"""Keeping the audit log, inside the transaction of what is recorded, and reading it."""

from collections.abc import Iterable
from typing import Any

from flask import has_request_context
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from ..accounts.models import Person
from ..db import Base, db
from ..libraries.models import Library
from ..runs.models import Run
from .models import AuditEntry

Names = dict[tuple[str, int], str]
"""The key of a detail (``run_id``) and its number, to the name."""
SITE, COMMAND = "site", "command"
PER_PAGE = 50
LONGEST_SEARCH = 200


def record(
    action: str, *, subject: Base, person: Person | None = None, actor: Person | None = None, **details: Any
) -> None:
    """Note that somebody did something to ``subject``, a row that has its id, and whom it concerns.

    Without ``actor`` it is whoever is signed in. ``details`` are ids, dates as text and keys: never a name or a text.
    """
    if actor is None and has_request_context() and current_user.is_authenticated:
        actor = current_user
    entry = AuditEntry(
        via=SITE if actor is not None or has_request_context() else COMMAND,
        actor_id=actor.id if actor is not None else None,
        action=action,
        subject_kind=subject.__tablename__.partition("_")[2],
        subject_id=subject.id,  # type: ignore[attr-defined]
        person_id=person.id if person is not None else None,
        details=details,
    )
    db.session.add(entry)


def entries(search: str = "", page: int = 1) -> Pagination:
    """A page of the log, newest first; with ``search`` what was done by or to people of that address or name."""
    found = select(AuditEntry).options(joinedload(AuditEntry.actor), joinedload(AuditEntry.person))
    search = " ".join(search.split())[:LONGEST_SEARCH].lower()
    if search:
        of_name = func.lower(Person.name).contains(search, autoescape=True)
        people = select(Person.id).where(or_(Person.email == search, of_name))
        found = found.where(or_(AuditEntry.actor_id.in_(people), AuditEntry.person_id.in_(people)))
    found = found.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return db.paginate(found, page=page, per_page=PER_PAGE, error_out=False)


def names_in(shown: Iterable[AuditEntry]) -> Names:
    """The names of the libraries and runs that these entries mention, as far as they are still there. Two queries."""
    given = [entry.details for entry in shown]
    found: Names = {}
    for key, model in (("library_id", Library), ("run_id", Run)):
        ids = {details[key] for details in given if details.get(key) is not None}
        rows = db.session.execute(select(model.id, model.name).where(model.id.in_(ids)))
        found |= {(key, number): name for number, name in rows}
    return found


def judgement_released(assessment: Any) -> None:
    """Hear that a judgement was released."""
    _judgement("core.judgement_released", assessment)


def judgement_retracted(assessment: Any) -> None:
    """Hear that a judgement was taken back."""
    _judgement("core.judgement_retracted", assessment)


def _judgement(action: str, assessment: Any) -> None:
    enrolment = assessment.version.submission.enrolment
    record(
        action, subject=assessment, person=enrolment.person, actor=assessment.assessor, run_id=enrolment.run_id,
        version_id=assessment.version_id,
    )  # fmt: skip
