"""Programmes: who takes part, how far each library is, who coaches it, and how the communities differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from lms.api import Conflict, Invalid, Library, NotFound, Person, db, now
from lms.api import gettext as _

from . import evaluation
from .access import WHOLE, coached_libraries, is_lead, newest_first
from .calendar import QUIET_DAYS
from .models import (
    ACTIVE,
    FOR,
    MODES,
    PLANNED,
    REPORTED,
    STARTERS,
    TAKING_PART,
    Attendance,
    Coaching,
    CoachTask,
    Community,
    CommunityStep,
    Contact,
    Goal,
    Item,
    Participation,
    PlanStep,
    Programme,
    Question,
    Session,
    SessionKind,
)

PER_PAGE = 25


# ---- who sees which programme ----


def of_person(person: Person) -> list[Programme]:
    """The programmes that somebody sees: all for a lead; else those of their own or a coached library."""
    found = select(Programme).order_by(Programme.title)
    if not is_lead(person):
        found = found.where(Programme.id.in_(_joined(person)))
    return list(db.session.scalars(found))


def _joined(person: Person) -> Any:
    libraries = {*coached_libraries(person), *([person.library_id] if person.library_id else [])}
    return select(Participation.programme_id).where(Participation.library_id.in_(libraries))


def load_programme(person: Person, programme_id: int) -> Programme:
    """A programme with its sessions and tasks, or NotFound for who has nothing to do with it."""
    found = select(Programme).where(Programme.id == programme_id)
    if not is_lead(person):
        found = found.where(Programme.id.in_(_joined(person)))
    whole = found.options(joinedload(Programme.sessions), joinedload(Programme.tasks))  # a handful of each
    programme = db.session.scalars(whole).unique().one_or_none()
    if programme is None:
        raise NotFound(_("Dit programma bestaat niet of uw bibliotheek doet er niet aan mee."))
    return programme


# ---- the libraries and how far they are ----


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


# ---- leading ----


def create(title: str, plan_id: int, **values: Any) -> Programme:
    """A new programme. Raises Conflict when there is one of this title."""
    key = "-".join("".join(c if c.isalnum() else " " for c in title.casefold()).split())[:80]
    programme = Programme(key=key, title=title, plan_id=plan_id, **values)
    try:
        with db.session.begin_nested():
            db.session.add(programme)
    except IntegrityError:
        raise Conflict(_("Er is al een programma met deze naam.")) from None
    return programme


def set_tasks(programme: Programme, titles: Sequence[str]) -> None:
    """Say what a coach of this programme does, in this order."""
    programme.tasks.clear()
    db.session.flush()  # the places of the old ones are free
    programme.tasks.extend(CoachTask(position=number, title=title) for number, title in enumerate(titles, 1))
    db.session.flush()


def add_session(programme: Programme, kind: SessionKind, **values: Any) -> Session:
    """Add a meeting of this kind after those that are there."""
    number = 1 + sum(1 for session in programme.sessions if session.kind_id == kind.id)
    session = Session(kind_id=kind.id, kind=kind, number=number, position=len(programme.sessions) + 1, **values)
    programme.sessions.append(session)
    db.session.flush()
    return session


def report(participation: Participation, *, name: str, source: str) -> Community:
    """The community of a library as a public source tells of it; whether it still runs is not known."""
    community = Community(
        library_id=participation.library_id,
        plan_id=participation.programme.plan_id,
        programme_id=participation.programme_id,
        name=name,
        target_group=name,
        status=REPORTED,
        source=source,
        published_at=now(),
    )
    db.session.add(community)
    db.session.flush()
    return community


def change(target: Any, **values: Any) -> None:
    """Change a programme, a session or a participation. Raises Invalid for an end before its start."""
    for name, value in values.items():
        setattr(target, name, value)
    if isinstance(target, Programme) and target.starts_on and target.ends_on and target.ends_on < target.starts_on:
        raise Invalid(_("Het programma eindigt voordat het begint."), "ends_on")
    db.session.flush()


def take_part(programme: Programme, library: Library, **values: Any) -> Participation:
    """Let a library take part; its community that runs joins the programme. Raises Conflict when it does already."""
    participation = Participation(programme_id=programme.id, library_id=library.id, **values)
    try:
        with db.session.begin_nested():
            db.session.add(participation)
    except IntegrityError:
        raise Conflict(_("%(library)s doet al mee.", library=library.name)) from None
    if participation.status == TAKING_PART:
        running = select(Community).where(
            Community.library_id == library.id, Community.programme_id.is_(None), Community.plan_id == programme.plan_id
        )
        for community in db.session.scalars(running):
            community.programme_id = programme.id
    db.session.flush()
    return participation


def load_participation(programme: Programme, participation_id: int) -> Participation:
    """A library in this programme, or NotFound."""
    found = select(Participation).where(
        Participation.id == participation_id, Participation.programme_id == programme.id
    )
    participation = db.session.scalar(
        found.options(joinedload(Participation.library), selectinload(Participation.coachings))
    )
    if participation is None:
        raise NotFound(_("Deze bibliotheek doet niet mee aan dit programma."))
    return participation


def coach(participation: Participation, person: Person, starts_on: date, ends_on: date) -> Coaching:
    """Let somebody coach this library between two dates; for who does already the dates change. Raises Invalid."""
    if ends_on < starts_on:
        raise Invalid(_("Het einde ligt voor het begin. Kies een latere datum."), "ends_on")
    for coaching in participation.coachings:
        if coaching.person_id == person.id:
            coaching.starts_on, coaching.ends_on = starts_on, ends_on
            db.session.flush()
            return coaching
    coaching = Coaching(participation_id=participation.id, person_id=person.id, starts_on=starts_on, ends_on=ends_on)
    participation.coachings.append(coaching)
    db.session.flush()
    return coaching


def load_session(programme: Programme, session_id: int) -> Session:
    """A session of this programme, or NotFound."""
    for session in programme.sessions:
        if session.id == session_id:
            return session
    raise NotFound(_("Deze bijeenkomst staat niet in dit programma."))


def attendance(session: Session) -> dict[int, int]:
    """How many colleagues of each library came, by participation."""
    found = select(Attendance.participation_id, Attendance.people).where(Attendance.session_id == session.id)
    return {row.participation_id: row.people for row in db.session.execute(found)}


def attend_all(session: Session, people: Mapping[int, int]) -> None:
    """Write down how many colleagues came, by participation; 0 when nobody did. What stood there is replaced."""
    there = {
        attendance.participation_id: attendance
        for attendance in db.session.scalars(select(Attendance).where(Attendance.session_id == session.id))
    }
    for participation, number in people.items():
        if participation in there:
            there[participation].people = number
        else:
            db.session.add(Attendance(session_id=session.id, participation_id=participation, people=number))
    db.session.flush()


def session_kind(programme: Programme, title: str, plural: str) -> SessionKind:
    """The kind of session with this title; made when the programme has none of it yet."""
    key = "-".join(title.casefold().split())[:40]
    found = select(SessionKind).where(SessionKind.programme_id == programme.id, SessionKind.key == key)
    kind = db.session.scalar(found)
    if kind is None:
        kind = SessionKind(programme_id=programme.id, key=key, title=title, plural=plural or title)
        db.session.add(kind)
        db.session.flush()
    return kind


# ---- what the network sees ----


def published() -> Pagination:
    """The communities that their libraries showed to the network, by library."""
    found = select(Community).join(Community.library).where(Community.published_at.is_not(None)).options(*WHOLE)
    return db.paginate(found.order_by(Library.name, Community.id), per_page=PER_PAGE, max_per_page=PER_PAGE)


def load_published(community_id: int) -> Community:
    """A published community, or NotFound."""
    found = select(Community).where(Community.id == community_id, Community.published_at.is_not(None)).options(*WHOLE)
    community = db.session.scalar(found)
    if community is None:
        raise NotFound(_("Deze community is niet met het netwerk gedeeld."))
    return community
