"""What «Vandaag» tells: a participant's run with its next step, and the runs that somebody trains."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from .. import clock
from ..accounts.models import Person
from ..courses.contents import PageEntry
from ..db import db, once
from ..grading.services import RETRACTED
from ..pages.services import paper_of
from ..plugins import Panel, PanelRow
from ..policies import may
from ..registry import registry
from ..runs import absences, services
from ..runs.models import PARTICIPANT, TRAINER, Absence, Announcement, Enrolment, Run, RunDay
from ..runs.outline import Item, Outline, Week
from ..runs.visits import RunVisit


@dataclass(frozen=True)
class Participation:
    """A participant's run today. ``others`` are further runs that they follow."""

    visit: RunVisit
    outline: Outline
    next: Item | None
    due: list[Item]
    returned: list[Item]
    week: Week | None
    day: RunDay | None
    absence: Absence | None
    trainers: list[Enrolment]
    announcements: list[Announcement]
    others: list[Run]


@dataclass(frozen=True)
class TrainedRun:
    """A run that the person trains, with its next lesson day, if one is still to come, who signed off for it, and the
    script of that day, if it has one."""

    run: Run
    day: RunDay | None
    absent: list[str]
    script: PageEntry | None


def enrolments(person: Person) -> list[Enrolment]:
    """Whatever the person follows or trains in runs that are open. One query."""
    return list(db.session.scalars(_enrolled(), {"person_id": person.id}).unique())


def participation(person: Person, every: Iterable[Enrolment]) -> Participation | None:
    """The participant's present run; None for who follows nothing. Of several, the one with the nearest day."""
    enrolments = [enrolment for enrolment in every if enrolment.role == PARTICIPANT]
    if not enrolments:
        return None
    enrolments.sort(key=lambda enrolment: _nearest(enrolment.run))
    enrolment = enrolments[0]
    visit = RunVisit(enrolment.run, person, enrolment)
    outline = Outline(visit)
    day = next_day(enrolment.run)
    due = [item for item in outline.counted if item.due is not None and item.is_open]
    judged = [item for item in outline.counted if item.due is not None and item.progress is not None]
    returned = [item for item in judged if item.state.kind in {"back", "done"} or _is_retracted(item)]
    return Participation(
        visit=visit,
        outline=outline,
        next=outline.next,
        due=sorted(due, key=lambda item: item.due or clock.today())[:4],
        returned=sorted(returned, key=lambda item: item.progress.updated_at, reverse=True)[:4],  # type: ignore[union-attr]
        week=outline.week(visit.week) if visit.week else None,
        day=day,
        absence=absences.of_participant(enrolment).get(day.number) if day else None,
        trainers=absences.trainers(enrolment.run),
        announcements=services.announcements(enrolment.run, 2),
        others=[other.run for other in enrolments[1:]],
    )


def trained_runs(every: Iterable[Enrolment]) -> list[TrainedRun]:
    """The runs that somebody trains, the one with the nearest day first."""
    visits = [RunVisit(one.run, one.person, one) for one in every if one.role == TRAINER]
    days = {visit.run.id: next_day(visit.run) for visit in visits}
    absent = absences.names(days)
    trained = []
    for visit in sorted(visits, key=lambda visit: _nearest(visit.run)):
        day = days[visit.run.id]
        script = paper_of(visit, day.number).script if day else None
        trained.append(TrainedRun(visit.run, day, absent.get(visit.run.id, []), script))
    return trained


def panels(person: Person) -> list[tuple[Panel, list[PanelRow]]]:
    """What plugins have for somebody who neither follows nor trains a course; without those that have nothing."""
    asked = [(panel, list(panel.rows(person))) for panel in registry().all("panels") if may(person, panel.permission)]
    return [(panel, rows) for panel, rows in asked if rows]


def _is_retracted(item: Item) -> bool:
    return item.progress is not None and item.progress.state == RETRACTED


def next_day(run: Run) -> RunDay | None:
    """The first lesson day that is not over yet."""
    return next((day for day in run.days if day.ends_at >= clock.now()), None)


def _nearest(run: Run) -> tuple[bool, float]:
    """Sorts running runs by their next day, and finished ones after them, the latest first."""
    day = next_day(run)
    if day is not None:
        return False, day.starts_at.timestamp()
    return True, -max((day.ends_at.timestamp() for day in run.days), default=0.0)


@once
def _enrolled() -> Select[Enrolment]:
    return (
        select(Enrolment)
        .join(Run, Run.id == Enrolment.run_id)
        .where(
            Enrolment.person_id == bindparam("person_id"),
            Enrolment.left_at.is_(None),
            Run.archived_at.is_(None),
        )
        .options(
            joinedload(Enrolment.run, innerjoin=True).joinedload(Run.course, innerjoin=True),
            joinedload(Enrolment.run, innerjoin=True).joinedload(Run.days),
        )
    )
