"""A run is one delivery of a course (uitvoering): its days, its people, and only what differs from the course."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import Person
from ..clock import now
from ..courses.models import Activity, Course
from ..db import Base

PARTICIPANT = "participant"
TRAINER = "trainer"


class Run(Base):
    """``removed`` counts participants whose account was removed, so that its history keeps the number.

    A run that was closed (``archived_at``) leaves people's lists; its work can be read, and none comes in.
    """

    __tablename__ = "core_run"
    __table_args__ = (UniqueConstraint("course_id", "name"),)  # a second press of the button makes no second run

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("core_course.id"))
    name: Mapped[str] = mapped_column(String(200))
    removed: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)  # rises with each change of a date; see lms/calendar
    created_at: Mapped[datetime] = mapped_column(default=now)
    archived_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship()
    days: Mapped[list["RunDay"]] = relationship(order_by="RunDay.number", cascade="all, delete-orphan")


class RunDay(Base):
    """A lesson day with its date; every other date of the run hangs on one of these."""

    __tablename__ = "core_run_day"
    __table_args__ = (UniqueConstraint("run_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("core_run.id", ondelete="CASCADE"))
    number: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(300), default="")
    travel_note: Mapped[str] = mapped_column(Text, default="")
    video_url: Mapped[str] = mapped_column(String(500), default="")


class RunDue(Base):
    """A due date of this run that differs from the one that follows from the lesson days."""

    __tablename__ = "core_run_due"
    __table_args__ = (UniqueConstraint("run_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("core_run.id", ondelete="CASCADE"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("core_activity.id", ondelete="CASCADE"), index=True)
    due_on: Mapped[date]

    activity: Mapped[Activity] = relationship()


class Enrolment(Base):
    """One person in one run, as participant or trainer. Who left keeps the row, so that work is not lost."""

    __tablename__ = "core_enrolment"
    __table_args__ = (UniqueConstraint("run_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("core_run.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(default=now)
    left_at: Mapped[datetime | None]

    run: Mapped[Run] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def is_trainer(self) -> bool:
        return self.role == TRAINER


class Absence(Base):
    """«Ik kan niet komen»: a participant signs off for a lesson day."""

    __tablename__ = "core_absence"
    __table_args__ = (UniqueConstraint("enrolment_id", "day_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"))
    day_number: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    enrolment: Mapped[Enrolment] = relationship()


class Announcement(Base):
    """A message of a trainer or administrator to everybody in the run."""

    __tablename__ = "core_announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("core_run.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)

    author: Mapped[Person | None] = relationship()
