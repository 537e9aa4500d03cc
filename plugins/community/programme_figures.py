"""How far the libraries of a programme are, and how their communities differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from lms.api import Library, Person, db, now

from . import evaluation
from .access import WHOLE, coached_libraries, is_lead, newest_first
from .calendar import QUIET_DAYS
from .models import (
    ACTIVE,
    FOR,
    MODES,
    PLANNED,
    STARTERS,
    TAKING_PART,
    Coaching,
    Community,
    CommunityStep,
    Contact,
    Goal,
    Item,
    Participation,
    PlanStep,
    Programme,
    Question,
)

PER_PAGE = 25


@dataclass(frozen=True)
class Figures:
    """What can be counted of a community. ``held`` are activities with a turnout."""

    spoken: int = 0
    goals: int = 0
    modes: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(MODES, 0))
    starters: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(STARTERS, 0))
    held: int = 0
    turnout: int = 0
    next_at: datetime | None = None

    @property
    def activities(self) -> int:
        return sum(self.modes.values())

    @property
    def mean_turnout(self) -> int | None:
        """How many people came on average; None when nothing was held yet."""
        return round(self.turnout / self.held) if self.held else None

    @property
    def together(self) -> int:
        """How many activities were begun with or by the community."""
        return self.activities - self.starters[FOR]


@dataclass(frozen=True)
class Row:
    """A library in a programme. ``community`` is None when it has none, or when the person may not see it."""

    participation: Participation
    community: Community | None
    figures: Figures
    scores: Mapping[int, tuple[int, float]]
    """By question how many answered and the mean, when those are enough."""
    is_hidden: bool


def rows(programme: Programme, person: Person, *, compared: bool = False) -> tuple[Pagination, list[Row]]:
    """The libraries of a programme by name, with what this person may see of their communities.

    That is all for the programme lead, the own and the coached ones for others, and what was published. With
    ``compared`` also what only the comparison shows: with how many people they spoke, goals, and answers.
    """
    page = db.paginate(_by_name(programme), per_page=PER_PAGE, max_per_page=PER_PAGE)
    return page, _rows(programme, person, page.items, compared=compared)


def all_rows(programme: Programme, person: Person) -> list[Row]:
    """The same for all libraries at once, for a report."""
    return _rows(programme, person, participations(programme))


def participations(programme: Programme) -> Sequence[Participation]:
    """All libraries of a programme, by name."""
    return db.session.scalars(_by_name(programme)).all()


def _by_name(programme: Programme) -> Select[Any]:
    return (
        select(Participation)
        .join(Participation.library)
        .where(Participation.programme_id == programme.id)
        .order_by(Library.name)
        .options(
            joinedload(Participation.library, innerjoin=True),
            joinedload(Participation.succeeded_by),
            selectinload(Participation.coachings).joinedload(Coaching.person),
        )
    )


def _rows(
    programme: Programme, person: Person, joined: Sequence[Participation], *, compared: bool = False
) -> list[Row]:
    libraries = [participation.library_id for participation in joined]
    theirs: dict[int, Community] = {}
    found = select(Community).where(Community.programme_id == programme.id, Community.library_id.in_(libraries))
    for community in db.session.scalars(newest_first(found.options(*WHOLE))):
        theirs.setdefault(community.library_id, community)
    seen = _all_seen(person)
    open_to = {
        library: community
        for library, community in theirs.items()
        if seen is None or library in seen or community.published_at is not None
    }
    ids = [community.id for community in open_to.values()]
    counted = figures(ids, compared=compared)
    scores = evaluation.means(ids) if compared else {}
    return [
        Row(
            participation,
            community := open_to.get(participation.library_id),
            counted.get(community.id, Figures()) if community else Figures(),
            {q: result for (whose, q), result in scores.items() if community and whose == community.id},
            is_hidden=participation.library_id in theirs and community is None,
        )
        for participation in joined
    ]


def _all_seen(person: Person) -> set[int] | None:
    """The libraries of which somebody sees everything; None is all of them."""
    return None if is_lead(person) else {*coached_libraries(person), *filter(None, [person.library_id])}


def figures(communities: Iterable[int], *, compared: bool = False) -> dict[int, Figures]:
    """What can be counted, by community. One query, however many there are; another when they are ``compared``."""
    ids = list(communities)
    items: dict[int, list[Any]] = {}
    for row in db.session.execute(
        select(
            Item.community_id,
            Item.mode,
            Item.started_by,
            func.count().label("all"),
            func.count(Item.turnout).label("held"),
            func.coalesce(func.sum(Item.turnout), 0).label("turnout"),
            func.min(Item.starts_at).filter(Item.ends_at > now()).label("next_at"),
        )
        .where(Item.community_id.in_(ids), Item.status == PLANNED)
        .group_by(Item.community_id, Item.mode, Item.started_by)
    ):
        items.setdefault(row.community_id, []).append(row)
    counted: dict[int, tuple[int, int]] = {}
    if compared:
        spoken = _of(Contact, func.coalesce(func.sum(Contact.people), 0))
        whole = select(Community.id, spoken, _of(Goal, func.count(Goal.id))).where(Community.id.in_(ids))
        counted = {id: (people, goals) for id, people, goals in db.session.execute(whole)}
    return {id: _figures(*counted.get(id, (0, 0)), items.get(id, [])) for id in ids}


def _of(model: type[Contact | Goal], counted: ColumnElement[int]) -> Any:
    """What is counted of one community, within a query about communities."""
    return select(counted).where(model.community_id == Community.id).correlate(Community).scalar_subquery()


def _figures(spoken: int, goals: int, items: list[Any]) -> Figures:
    return Figures(
        spoken,
        goals,
        {mode: sum(row.all for row in items if row.mode == mode) for mode in MODES},
        {starter: sum(row.all for row in items if row.started_by == starter) for starter in STARTERS},
        sum(row.held for row in items),
        sum(row.turnout for row in items),
        min((row.next_at for row in items if row.next_at), default=None),
    )


def questions(programme: Programme) -> list[Question]:
    """The questions of the programme's plan."""
    found = select(Question).where(Question.plan_id == programme.plan_id).order_by(Question.position)
    return list(db.session.scalars(found))


@dataclass(frozen=True)
class Share:
    """How many of the libraries are in a province; ``percent`` is rounded to whole numbers."""

    province: str
    count: int
    percent: int


def shares(programme: Programme) -> list[Share]:
    """The share of each province in the libraries that take or took part, the largest first."""
    counted = db.session.execute(
        select(Library.province, func.count())
        .join(Participation, Participation.library_id == Library.id)
        .where(Participation.programme_id == programme.id)
        .group_by(Library.province)
    ).all()
    total = sum(count for _province, count in counted)
    found = [Share(province, count, round(100 * count / total)) for province, count in counted]
    return sorted(found, key=lambda share: (-share.count, share.province))


@dataclass(frozen=True)
class Counts:
    """How a programme stands: its libraries that take part, those with a community that works, and those gone quiet."""

    taking_part: int
    working: int
    quiet: int


def counts(programme: Programme) -> Counts:
    """How many libraries take part, of how many the community works, and how many planned nothing for 30 days."""
    part = select(func.count(Participation.id)).where(
        Participation.programme_id == programme.id, Participation.status == TAKING_PART
    )
    running = select(func.count(Community.id)).where(Community.programme_id == programme.id, Community.status == ACTIVE)
    works = (
        select(CommunityStep.id)
        .join(PlanStep, PlanStep.id == CommunityStep.step_id)
        .where(
            CommunityStep.community_id == Community.id, CommunityStep.done_at.is_not(None), PlanStep.gate == "working"
        )
        .exists()
    )
    planned = (
        select(Item.id)
        .where(
            Item.community_id == Community.id,
            Item.status == PLANNED,
            Item.ends_at > now(),
            Item.starts_at <= now() + timedelta(days=QUIET_DAYS),
        )
        .exists()
    )
    queries = (part, running.where(works), running.where(~planned))
    return Counts(*db.session.execute(select(*(query.scalar_subquery() for query in queries))).one())
