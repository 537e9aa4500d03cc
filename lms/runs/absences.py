"""«Ik kan niet komen»: signing off for a lesson day, and taking it back."""

from collections.abc import Mapping

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select, tuple_
from sqlalchemy.orm import joinedload

from .. import clock
from ..accounts.models import Person
from ..db import db, once
from ..errors import Conflict
from ..notifications.letters import letter
from ..notifications.services import link, send
from .models import TRAINER, Absence, Enrolment, Run, RunDay
from .visits import RunVisit


def trainers(run: Run) -> list[Enrolment]:
    """The trainers of a run with their person, longest there first."""
    return list(db.session.scalars(_trainers(), {"run_id": run.id}))


@once
def _trainers() -> Select[Enrolment]:
    return (
        select(Enrolment)
        .where(Enrolment.run_id == bindparam("run_id"), Enrolment.role == TRAINER, Enrolment.left_at.is_(None))
        .order_by(Enrolment.id)
        .options(joinedload(Enrolment.person))
    )


@once
def _absences() -> Select[Absence]:
    return select(Absence).where(Absence.enrolment_id == bindparam("enrolment_id"))


def of_participant(enrolment: Enrolment) -> dict[int, Absence]:
    """Lesson day number to the absence of one participant."""
    found = db.session.scalars(_absences(), {"enrolment_id": enrolment.id})
    return {absence.day_number: absence for absence in found}


def names(days: Mapping[int, RunDay | None]) -> dict[int, list[str]]:
    """Run id to the names of who signed off for the given day of that run. One query for all of them."""
    wanted = [(run_id, day.number) for run_id, day in days.items() if day is not None]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Enrolment.run_id, Person.name)
        .join(Absence, Absence.enrolment_id == Enrolment.id)
        .join(Enrolment.person)
        .where(tuple_(Enrolment.run_id, Absence.day_number).in_(wanted), Enrolment.left_at.is_(None))
        .order_by(Person.name)
    )
    found: dict[int, list[str]] = {}
    for run_id, name in rows:
        found.setdefault(run_id, []).append(name)
    return found


def sign_off(visit: RunVisit, day: RunDay, note: str) -> None:
    """Say that the participant will not come and tell the trainers; a second time only changes the note."""
    if day.ends_at < clock.now():
        raise Conflict(_("Deze lesdag is al geweest."))
    enrolment = visit.enrolment
    assert enrolment is not None
    absence = db.session.scalar(
        select(Absence).where(Absence.enrolment_id == enrolment.id, Absence.day_number == day.number)
    )
    if absence is not None:
        absence.note = note
        return
    db.session.add(Absence(enrolment_id=enrolment.id, day_number=day.number, note=note))
    when = format_date(clock.local(day.starts_at), "EEEE d MMMM", rebase=False)
    subject = _("%(name)s kan niet komen op Lesdag %(number)s", name=visit.person.name, number=day.number)
    body = _(
        "%(name)s (%(group)s) kan niet komen op Lesdag %(number)s, %(date)s.",
        name=visit.person.name, group=visit.run.name, number=day.number, date=when,
    )  # fmt: skip
    if note:
        body += "\n\n" + _("Toelichting: %(note)s", note=note)
    page = link("core.runs.day", run_id=visit.run.id, number=day.number)
    for trainer in trainers(visit.run):
        send(trainer.person, "absence", subject, letter(trainer.person, body), link=page, reply_to=visit.person)


def take_back(visit: RunVisit, day: RunDay) -> None:
    """The participant comes after all."""
    enrolment = visit.enrolment
    assert enrolment is not None
    absence = db.session.scalar(
        select(Absence).where(Absence.enrolment_id == enrolment.id, Absence.day_number == day.number)
    )
    if absence is not None:
        db.session.delete(absence)
