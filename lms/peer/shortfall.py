"""Which works will lack feedback on the lesson day, so that a trainer can still fill in."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from .. import clock
from ..accounts.models import Person
from ..courses.models import Activity
from ..db import db, once
from ..runs.models import TRAINER, Absence, Enrolment, Run
from . import terms
from .models import Round, Shortfall
from .plan import plan
from .rounds import Standing


@dataclass(frozen=True)
class Missing:
    """A line in the queue of a trainer: whose work lacks how many reviews, in which round of which run."""

    run_id: int
    run: str
    slug: str
    title: str
    enrolment_id: int
    name: str
    missing: int


def predict(now: Standing, activity: Activity, dates: terms.Dates) -> dict[int, int]:
    """Author to how many reviews their work will lack. One query.

    Before the date what people have at hand is expected to come, but not from who signed off for the lesson day and
    has not begun; the queue is expected to hand out the rest as far as there are readers. After the date only what was
    given counts.
    """
    if not now.is_open:
        return {}
    there = now.situation
    if dates.ends_at is not None and clock.now() > dates.ends_at:
        return {one: number for one, number in replace(there, taken=now.given).to_get().items() if number}
    away = _absent(now.round.run_id, activity.due_day)
    gone = {pair for pair in there.taken - now.given - now.begun if pair[0] in away}
    members = tuple(replace(one, reviews=one.reviews and one.id not in away) for one in there.members)
    expected = replace(there, members=members, taken=there.taken - gone, barred=there.barred | gone)
    return dict(plan(expected, "shortfall").short)


def renew(now: Standing, activity: Activity, dates: terms.Dates) -> dict[int, int]:
    """Keep what will be missing as it is predicted now. Two queries, and one for each line that changes."""
    found = predict(now, activity, dates)
    kept = select(Shortfall).where(Shortfall.round_id == now.round.id)
    there = {row.enrolment_id: row for row in db.session.scalars(kept)}
    for one, row in there.items():
        if one in found:
            row.missing = found[one]
        else:
            db.session.delete(row)
    for one in found.keys() - there.keys():
        db.session.add(Shortfall(round_id=now.round.id, enrolment_id=one, missing=found[one]))
    db.session.flush()
    return found


def of_trainer(person: Person, run: Run | None = None) -> list[Missing]:
    """What is missing in the open runs of this trainer, or in one run. One query."""
    found = _of_trainer() if run is None else _of_trainer().where(Run.id == run.id)
    return [Missing(*row) for row in db.session.execute(found, {"trainer_id": person.id})]


@once
def _of_trainer() -> Select[int, str, str, str, int, str, int]:
    trainer = aliased(Enrolment)
    return (
        select(Run.id, Run.name, Activity.slug, Activity.title, Enrolment.id, Person.name, Shortfall.missing)
        .join(Round, Round.id == Shortfall.round_id)
        .join(Run, Run.id == Round.run_id)
        .join(Activity, Activity.id == Round.activity_id)
        .join(Enrolment, Enrolment.id == Shortfall.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(trainer, trainer.run_id == Run.id)
        .where(
            trainer.person_id == bindparam("trainer_id"),
            trainer.role == TRAINER,
            trainer.left_at.is_(None),
            Enrolment.left_at.is_(None),
            Run.archived_at.is_(None),
        )
        .order_by(Run.id, Activity.position, Person.name, Enrolment.id)
    )


def _absent(run_id: int, day: int | None) -> Collection[int]:
    """Who signed off for this lesson day."""
    if day is None:
        return ()
    found = select(Absence.enrolment_id).join(Enrolment, Enrolment.id == Absence.enrolment_id)
    return set(db.session.scalars(found.where(Enrolment.run_id == run_id, Absence.day_number == day)))
