"""Programmes: who sees and leads them, who takes part, who coaches; how far they are is in programme_figures.py."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from lms.api import Conflict, Invalid, Library, NotFound, Person, db, now
from lms.api import gettext as _

from .access import WHOLE, coached_libraries, is_lead
from .models import (
    REPORTED,
    TAKING_PART,
    Attendance,
    Coaching,
    CoachTask,
    Community,
    Participation,
    Programme,
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


def add_session(programme: Programme, kind: SessionKind, *, seen: int | None = None, **values: Any) -> Session:
    """Add a meeting of this kind after those that are there.

    ``seen`` is how many were there for who adds it. When the one after those is the same, the button was pressed twice.
    """
    wanted = values | {"kind_id": kind.id, "position": -1 if seen is None else seen + 1}
    for session in programme.sessions:
        if all(getattr(session, name) == value for name, value in wanted.items()):
            return session
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
