"""A programme in which libraries each build a community: its sessions, its libraries and their coaches. All data."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, Library, Person

from .steps import Plan

COCREATOR, PARTICIPANT = "co-creator", "participant"
TAKING_PART, FINISHED, STOPPED, UNKNOWN = "active", "finished", "stopped", "unknown"


@dataclass(frozen=True)
class WorkingTest:
    """When a community counts as working: in the last ``days`` days at least ``held`` activities with a turnout were
    held, ``together`` of them begun with or by the community, and, with ``both``, in the library and online."""

    days: int = 90
    held: int = 3
    together: int = 1
    both: bool = True


class Programme(Base):
    """A programme. ``contact_people``: with how many people of its target group a library must have spoken."""

    __tablename__ = "community_programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    plan_id: Mapped[int] = mapped_column(ForeignKey("community_plan.id"), index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    contact_people: Mapped[int] = mapped_column(default=5)
    working_days: Mapped[int] = mapped_column(default=90)
    working_held: Mapped[int] = mapped_column(default=3)
    working_together: Mapped[int] = mapped_column(default=1)
    working_both: Mapped[bool] = mapped_column(default=True)

    plan: Mapped[Plan] = relationship()
    sessions: Mapped[list["Session"]] = relationship(order_by="Session.position", cascade="all, delete-orphan")
    tasks: Mapped[list["CoachTask"]] = relationship(order_by="CoachTask.position", cascade="all, delete-orphan")

    @property
    def working(self) -> WorkingTest:
        return WorkingTest(self.working_days, self.working_held, self.working_together, self.working_both)


class SessionKind(Base):
    """A kind of meeting that a programme has, such as «werksessie» or «terugkomdag»."""

    __tablename__ = "community_session_kind"
    __table_args__ = (UniqueConstraint("programme_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("community_programme.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80))
    plural: Mapped[str] = mapped_column(String(80))


class Session(Base):
    """One meeting of the programme. ``number`` counts within its kind, ``position`` in the whole programme."""

    __tablename__ = "community_session"
    __table_args__ = (UniqueConstraint("programme_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("community_programme.id", ondelete="CASCADE"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("community_session_kind.id"), index=True)
    position: Mapped[int]
    number: Mapped[int]
    on: Mapped[date | None]
    place: Mapped[str] = mapped_column(String(200), default="")
    yields: Mapped[str] = mapped_column(Text, default="")  # what each library takes home from it
    evaluates: Mapped[bool] = mapped_column(default=False)  # looks back and compares the communities

    kind: Mapped[SessionKind] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"{self.kind.title} {self.number}"


class CoachTask(Base):
    """What a coach of this programme does."""

    __tablename__ = "community_coach_task"
    __table_args__ = (UniqueConstraint("programme_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("community_programme.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))


class Participation(Base):
    """A library in a programme. Its province is the library's own, so shares are computed."""

    __tablename__ = "community_participation"
    __table_args__ = (UniqueConstraint("programme_id", "library_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("community_programme.id", ondelete="CASCADE"))
    library_id: Mapped[int] = mapped_column(ForeignKey("core_library.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default=PARTICIPANT)
    status: Mapped[str] = mapped_column(String(20), default=TAKING_PART)
    ended_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(Text, default="")
    succeeded_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("community_programme.id", ondelete="SET NULL"), index=True
    )

    programme: Mapped[Programme] = relationship(foreign_keys=[programme_id])
    library: Mapped[Library] = relationship()
    succeeded_by: Mapped[Programme | None] = relationship(foreign_keys=[succeeded_by_id])
    coachings: Mapped[list["Coaching"]] = relationship(cascade="all, delete-orphan", back_populates="participation")
    attendances: Mapped[list["Attendance"]] = relationship(cascade="all, delete-orphan")


class Coaching(Base):
    """Somebody coaches a library from one date up to and including another. After it they see the library no more."""

    __tablename__ = "community_coaching"
    __table_args__ = (UniqueConstraint("participation_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("community_participation.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    participation: Mapped[Participation] = relationship(back_populates="coachings")
    person: Mapped[Person] = relationship()


class Attendance(Base):
    """How many colleagues of a library came to a session; 0 when nobody did. No names."""

    __tablename__ = "community_attendance"
    __table_args__ = (UniqueConstraint("session_id", "participation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("community_session.id", ondelete="CASCADE"))
    participation_id: Mapped[int] = mapped_column(
        ForeignKey("community_participation.id", ondelete="CASCADE"), index=True
    )
    people: Mapped[int]
