"""The plan of a whole run, from day one: who reads whose work in each round, and which promise cannot be kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..accounts.models import Person
from ..courses.contents import contents_of
from ..courses.models import Activity
from ..db import db
from ..runs.models import PARTICIPANT, Enrolment, Run
from ..runs.visits import Visit
from . import rounds, terms
from .models import FILLED, GIVEN, OPEN, SELF, Review, Round
from .plan import Member, Pair, Plan, Situation, plan


@dataclass(frozen=True)
class Planned:
    """One round of a run. ``opened`` tells that it is under way, and that ``pairs`` are those of the day."""

    activity: Activity
    assignment: str
    opened: bool
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Broken:
    """A promise that cannot be kept: ``kind`` is short, idle or repeat; ``sentence`` says it in words."""

    assignment: str
    kind: str
    enrolments: tuple[int, ...]
    sentence: str


@dataclass(frozen=True)
class RunPlan:
    """All rounds of a run in the order of the course, and what is not kept."""

    rounds: tuple[Planned, ...]
    not_kept: tuple[Broken, ...]


def of_run(run: Run, enrolments: Sequence[Enrolment] | None = None, barred: frozenset[Pair] | None = None) -> RunPlan:
    """Plan the rounds that are still to come as if everybody who is enrolled hands in. Four queries, or one for who
    knows the participants and the pairs that are kept apart."""
    people = enrolments if enrolments is not None else _everybody(run)
    members = tuple(Member(one.id, one.person.library_id) for one in people)
    names = {one.id: one.person.name for one in people}
    activities = peer_activities(run)
    barred = rounds.apart(run.id) if barred is None else barred
    opened = _opened(run)
    met: dict[Pair, int] = {}
    planned, broken = [], []
    for place, activity in enumerate(activities, 1):
        asked = terms.of(activity)
        if activity.id in opened:
            pairs = opened[activity.id]
        else:
            ahead = plan(
                Situation(members, asked.reviews, barred=barred, met=dict(met)), rounds.seed(run.id, activity.id)
            )
            pairs = ahead.pairs
            broken += _broken(asked.assignment, ahead, names)
        planned.append(Planned(activity, asked.assignment, activity.id in opened, pairs))
        met.update(dict.fromkeys(pairs, place))
    return RunPlan(tuple(planned), tuple(broken))


@dataclass(frozen=True)
class Mine:
    """Whom somebody will read and who will read their work, if everybody hands in."""

    reads: tuple[Person, ...]
    read_by: tuple[Person, ...]


def of_participant(visit: Visit) -> Mine:
    """This round in the plan of the run, for one participant. Four queries."""
    own = visit.participant(reading=True).id
    everybody = _everybody(visit.run)
    people = {one.id: one.person for one in everybody}
    pairs = next((one.pairs for one in of_run(visit.run, everybody).rounds if one.activity.id == visit.activity.id), ())
    return Mine(
        reads=tuple(people[author] for reviewer, author in pairs if reviewer == own),
        read_by=tuple(people[reviewer] for reviewer, author in pairs if author == own),
    )


def peer_activities(run: Run) -> Sequence[Activity]:
    """The peer activities of the run's course, in order."""
    every = (activity for module in contents_of(run.course).modules for _number, activity in module.activities)
    return [activity for activity in every if activity.type == terms.KEY]


def _everybody(run: Run) -> Sequence[Enrolment]:
    found = select(Enrolment).options(joinedload(Enrolment.person)).order_by(Enrolment.id)
    mine = (Enrolment.run_id == run.id, Enrolment.role == PARTICIPANT, Enrolment.left_at.is_(None))
    return db.session.scalars(found.where(*mine)).all()


def _opened(run: Run) -> dict[int, tuple[Pair, ...]]:
    """Activity id to the pairs of a round that is under way."""
    rows = db.session.execute(
        select(Round.activity_id, Review.reviewer_id, Review.author_id)
        .outerjoin(
            Review,
            (Review.round_id == Round.id)
            & Review.origin.not_in((SELF, FILLED))
            & Review.reviewer_id.is_not(None)
            & Review.state.in_((OPEN, GIVEN)),
        )
        .where(Round.run_id == run.id, Round.opened_at.is_not(None))
        .order_by(Review.reviewer_id, Review.author_id)
    ).all()
    found: dict[int, list[Pair]] = {}
    for activity_id, reviewer, author in rows:
        pairs = found.setdefault(activity_id, [])
        if reviewer is not None and author is not None:
            pairs.append((reviewer, author))
    return {activity_id: tuple(pairs) for activity_id, pairs in found.items()}


def _broken(assignment: str, ahead: Plan, names: dict[int, str]) -> list[Broken]:
    said = []
    for one, missing in ahead.short.items():
        sentence = ngettext(
            "%(name)s krijgt %(num)s keer feedback te weinig.",
            "%(name)s krijgt %(num)s keer feedback te weinig.",
            missing,
            name=names[one],
        )
        said.append(Broken(assignment, "short", (one,), sentence))
    for one, missing in ahead.idle.items():
        sentence = ngettext(
            "Voor %(name)s is er %(num)s werk te weinig om te lezen.",
            "Voor %(name)s zijn er %(num)s werken te weinig om te lezen.",
            missing,
            name=names[one],
        )
        said.append(Broken(assignment, "idle", (one,), sentence))
    for reviewer, author in ahead.repeats:
        facts = {"reviewer": names[reviewer], "author": names[author]}
        sentence = _("%(reviewer)s leest opnieuw werk van %(author)s: er zijn te weinig anderen.", **facts)
        said.append(Broken(assignment, "repeat", (reviewer, author), sentence))
    return said
