"""Who takes part in a run: add, remove, replace. Who leaves keeps the enrolment, so that work is not lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from .. import events
from ..accounts import services as accounts
from ..accounts.models import Person
from ..audit import services as audit
from ..clock import now
from ..db import db
from ..errors import Conflict, Invalid, NotFound
from . import messages, people
from .models import TRAINER, Absence, Enrolment, Run
from .problems import Problem, Problems


@dataclass
class Enrolled:
    """Who came in: ``invited`` have no password yet and got a link, ``told`` got word."""

    invited: list[Person] = field(default_factory=list)
    told: list[Person] = field(default_factory=list)

    def __add__(self, other: "Enrolled") -> "Enrolled":
        return Enrolled(self.invited + other.invited, self.told + other.told)


def enrolments(run: Run) -> list[Enrolment]:
    """Everybody who takes part now, trainers first, then by name, with person and library. One query."""
    found = (
        select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.run_id == run.id, Enrolment.left_at.is_(None))
        .options(joinedload(Enrolment.person).joinedload(Person.library))
        .order_by(Enrolment.role.desc(), func.lower(Person.name), Enrolment.id)
    )
    return list(db.session.scalars(found))


def everybody(run: Run) -> list[Person]:
    """The people of the run now, trainers first. One query."""
    return [enrolment.person for enrolment in enrolments(run)]


def absences(run: Run) -> dict[int, set[int]]:
    """Enrolment id to the numbers of the lesson days on which that person cannot come. One query."""
    away: dict[int, set[int]] = {}
    rows = db.session.execute(
        select(Absence.enrolment_id, Absence.day_number).join(Enrolment).where(Enrolment.run_id == run.id)
    )
    for enrolment_id, number in rows:
        away.setdefault(enrolment_id, set()).add(number)
    return away


def load_enrolment(run: Run, enrolment_id: int) -> Enrolment:
    """Somebody who takes part in this run now; otherwise NotFound."""
    found = db.session.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.run_id == run.id, Enrolment.left_at.is_(None))
        .options(joinedload(Enrolment.person).joinedload(Person.library))
    )
    if found is None:
        raise NotFound(_("Deze persoon doet niet mee aan deze uitvoering."))
    return found


def add_people(run: Run, role: str, text: str) -> Enrolled:
    """Add pasted people to the run. Raises Problems with field ``people``; then nothing is stored."""
    entries = _read(run, role, text, "people")
    if not entries:
        raise Problems([Problem("people", _("Schrijf op elke regel: naam; e-mail; bibliotheek."))])
    return enrol(run, entries, role)


def remove(run: Run, enrolment: Enrolment, *, sure: bool = False) -> None:
    """Let somebody leave; their work stays. The last trainer leaves only when one is ``sure`` (else Invalid)."""
    if not sure and is_last_trainer(run, enrolment):
        raise Invalid(_("Dit is de laatste trainer. Bevestig dat niemand het werk van deze groep beoordeelt."), "sure")
    enrolment.left_at = now()
    audit.record("core.left", subject=enrolment, person=enrolment.person, run_id=run.id, role=enrolment.role)
    db.session.flush()


def replace(run: Run, enrolment: Enrolment, text: str) -> Enrolled:
    """Let somebody leave and another come, in one step. Raises Problems with field ``people``."""
    entries = _read(run, enrolment.role, text, "people")
    if len(entries) != 1:
        raise Problems([Problem("people", _("Schrijf één regel: naam; e-mail; bibliotheek."))])
    remove(run, enrolment, sure=True)
    return enrol(run, entries, enrolment.role)


def is_last_trainer(run: Run, enrolment: Enrolment) -> bool:
    """Would nobody be left to judge the work?"""
    others = select(Enrolment.id).where(
        Enrolment.run_id == run.id,
        Enrolment.role == TRAINER,
        Enrolment.left_at.is_(None),
        Enrolment.id != enrolment.id,
    )
    return enrolment.is_trainer and db.session.scalar(others.limit(1)) is None


def enrol(run: Run, entries: Sequence[people.Entry], role: str) -> Enrolled:
    """Put checked people in the run, make those whom the site does not know, and mail everybody.

    Raises Conflict when somebody else adds the same people at this moment.
    """
    try:
        with db.session.begin_nested():
            rows, fresh = _store(run, _persons(entries), role)
    except IntegrityError:
        raise Conflict(_("Iemand anders voegde net dezelfde mensen toe. Probeer het nog een keer.")) from None
    for row in rows:
        audit.record("core.enrolled", subject=row, person=row.person, run_id=run.id, role=role)
    for row in fresh:
        events.send("core.enrolled", enrolment=row)
    result = Enrolled()
    for row in rows:
        if row.person.password_hash is None:
            accounts.invite(row.person, run, trainer=role == TRAINER)
            result.invited.append(row.person)
        else:
            messages.enrolled(row, run)
            result.told.append(row.person)
    return result


def _store(run: Run, persons: Sequence[Person], role: str) -> tuple[list[Enrolment], list[Enrolment]]:
    """The enrolments of these people, and which of them are new. Who comes back finds the same work again."""
    found = select(Enrolment).where(Enrolment.run_id == run.id, Enrolment.person_id.in_([p.id for p in persons]))
    left = {enrolment.person_id: enrolment for enrolment in db.session.scalars(found)}
    rows = [left.get(person.id) or Enrolment(run=run, person=person) for person in persons]
    for row in rows:
        row.role, row.left_at = role, None
    fresh = [row for row in rows if row.person.id not in left]
    db.session.add_all(fresh)
    db.session.flush()
    return rows, fresh


def _persons(entries: Sequence[people.Entry]) -> list[Person]:
    homes = people.libraries(entry.line.library for entry in entries if entry.person is None)
    persons = [
        entry.person
        or Person(name=entry.line.name, email=entry.line.email, library=homes.get(entry.line.library.lower()))
        for entry in entries
    ]
    db.session.add_all(persons)
    db.session.flush()
    for entry, person in zip(entries, persons, strict=True):
        if entry.person is None:
            audit.record("core.account_made", subject=person, person=person)
    return persons


def _read(run: Run, role: str, text: str, field: str) -> list[people.Entry]:
    lines, problems = people.parse(text, field)
    entries = people.look_up(lines)
    problems += people.check(entries, field, library_needed=role != TRAINER)
    problems += people.check_in_run(entries, run, field)
    if problems:
        raise Problems(problems)
    return entries
