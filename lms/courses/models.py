"""The course as a template: what is taught. Runs refer to it, so a corrected lesson is correct everywhere."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Base


class Course(Base):
    """A course; ``result`` and ``audience`` are prose, the hours are what a week asks. ``plan_title`` is what the
    document of all its worksheets is called.

    ``revision`` is another after each change of the course or of what is in it: see ``contents``.
    """

    __tablename__ = "core_course"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(Text, default="")
    hours_low: Mapped[int] = mapped_column(default=0)
    hours_high: Mapped[int] = mapped_column(default=0)
    licence: Mapped[str] = mapped_column(String(80), default="")
    plan_title: Mapped[str] = mapped_column(String(200), default="", server_default="")
    archived_at: Mapped[datetime | None]
    revision: Mapped[str] = mapped_column(String(40), default=lambda: secrets.token_urlsafe(12), server_default="")

    days: Mapped[list["CourseDay"]] = relationship(order_by="CourseDay.number", cascade="all, delete-orphan")
    modules: Mapped[list["Module"]] = relationship(order_by="Module.position", back_populates="course")


class CourseDay(Base):
    """A lesson day of the course; a run gives it a date. ``week`` is the course week in which it falls."""

    __tablename__ = "core_course_day"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("core_course.id", ondelete="CASCADE"))
    number: Mapped[int]
    week: Mapped[int]
    theme: Mapped[str] = mapped_column(String(200), default="")
    programme: Mapped[str] = mapped_column(Text, default="")
    bring: Mapped[str] = mapped_column(Text, default="")


class Module(Base):
    """A theme of the course, prepared for or followed up on one lesson day."""

    __tablename__ = "core_module"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("core_course.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    day_number: Mapped[int | None]
    archived_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship(back_populates="modules")


class Activity(Base):
    """Something to do, of a type from the registry. ``settings`` belong to the type.

    ``due_day`` and ``due_offset`` (days) say when it is due: that many days after the lesson day (negative: before).
    """

    __tablename__ = "core_activity"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("core_course.id", ondelete="CASCADE"))
    module_id: Mapped[int] = mapped_column(ForeignKey("core_module.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(80))
    type: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    aim: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]
    week: Mapped[int | None]
    minutes: Mapped[int] = mapped_column(default=0)
    body: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    due_day: Mapped[int | None]
    due_offset: Mapped[int] = mapped_column(default=0)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    archived_at: Mapped[datetime | None]

    module: Mapped[Module] = relationship()
    steps: Mapped[list["Step"]] = relationship(
        order_by="Step.position", cascade="all, delete-orphan", back_populates="activity"
    )


class CoursePage(Base):
    """A page that is no activity: the glossary, a programme or script of a lesson day, a hand-out.

    ``kind`` is a word of ``pages.KINDS``; only the glossary has no ``day_number``.
    """

    __tablename__ = "core_page"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("core_course.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    day_number: Mapped[int | None]
    orientation: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    body: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")


class Step(Base):
    """One task of an activity, for one week of the course: the weekly rhythm."""

    __tablename__ = "core_step"
    __table_args__ = (UniqueConstraint("activity_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("core_activity.id", ondelete="CASCADE"))
    position: Mapped[int]
    week: Mapped[int]
    minutes: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")

    activity: Mapped[Activity] = relationship(back_populates="steps")
