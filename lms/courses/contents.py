"""What a course holds, the same for everybody: read once by each process, and again when the course changed.

``Course.revision`` is a word that is new after every change of the course or of something in it. It comes with the
course, which a page asks for anyway, so every process shows a change at once.
"""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from flask import current_app
from sqlalchemy import bindparam, event, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from ..db import db, once
from .models import Activity, Course, CourseDay, CoursePage, Module, Step

MOST = 64  # courses in a process: without their long texts some 50 KB each


@dataclass(frozen=True, slots=True)
class DayEntry:
    """Reads as the :class:`CourseDay` that it tells of."""

    number: int
    week: int
    theme: str
    programme: str
    bring: str


@dataclass(frozen=True, slots=True)
class StepEntry:
    """Reads as the :class:`Step` that it tells of."""

    id: int
    position: int
    week: int
    minutes: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """Reads as the :class:`Activity` that it tells of, without its text. It is nobody's to change or to store."""

    id: int
    course_id: int
    module_id: int
    slug: str
    type: str
    title: str
    aim: str
    position: int
    week: int | None
    minutes: int
    due_day: int | None
    due_offset: int
    archived_at: datetime | None
    settings: Mapping[str, Any]
    steps: tuple[StepEntry, ...]


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """Reads as the :class:`Module` that it tells of. An activity's number is «1.3»: of its kind in this module."""

    id: int
    slug: str
    title: str
    position: int
    day_number: int | None
    activities: tuple[tuple[str, Activity], ...]


@dataclass(frozen=True, slots=True)
class PageEntry:
    """Reads as the :class:`CoursePage` that it tells of, without its text."""

    slug: str
    kind: str
    title: str
    day_number: int | None
    orientation: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Days, modules with their activities, and pages, in order; without what is archived."""

    revision: str
    days: tuple[DayEntry, ...]
    modules: tuple[ModuleEntry, ...]
    pages: tuple[PageEntry, ...]


def contents_of(course: Course) -> Contents:
    """What the course holds; read anew when its revision is another than the one that is known."""
    known: dict[int, Contents] = current_app.extensions.setdefault("lms.contents", {})
    found = known.get(course.id)
    if found is None or found.revision != course.revision:
        if len(known) >= MOST:
            known.clear()
        found = known[course.id] = _read(course)
    return found


def _read(course: Course) -> Contents:
    # The revision was read first: what is read now is of that revision or newer, and never older.
    asked = {"course_id": course.id}
    steps: dict[int, list[StepEntry]] = {}
    for activity_id, *values in db.session.execute(_steps(), asked):
        steps.setdefault(activity_id, []).append(StepEntry(*values))
    grouped: dict[int, list[ActivityEntry]] = {}
    for row in db.session.execute(_activities(), asked):
        more = {"settings": MappingProxyType(row.settings), "steps": tuple(steps.get(row.id, ()))}
        entry = ActivityEntry(**{**row._mapping, **more})
        grouped.setdefault(entry.module_id, []).append(entry)
    return Contents(
        course.revision,
        tuple(DayEntry(**row._mapping) for row in db.session.execute(_days(), asked)),
        tuple(
            ModuleEntry(**row._mapping, activities=tuple(_numbered(row.position, grouped[row.id])))
            for row in db.session.execute(_modules(), asked)
            if row.id in grouped
        ),
        tuple(PageEntry(**row._mapping) for row in db.session.execute(_pages(), asked)),
    )


def _numbered(position: int, activities: list[ActivityEntry]) -> Iterator[tuple[str, Activity]]:
    counts: Counter[str] = Counter()
    for activity in activities:
        counts[activity.type] += 1
        yield f"{position}.{counts[activity.type]}", cast(Activity, activity)


@once
def _days() -> Any:
    found = select(CourseDay.number, CourseDay.week, CourseDay.theme, CourseDay.programme, CourseDay.bring)
    return found.where(CourseDay.course_id == bindparam("course_id")).order_by(CourseDay.number)


@once
def _modules() -> Any:
    found = select(Module.id, Module.slug, Module.title, Module.position, Module.day_number)
    return found.where(Module.course_id == bindparam("course_id"), Module.archived_at.is_(None)).order_by(
        Module.position
    )


@once
def _activities() -> Any:
    return (
        select(
            *(Activity.id, Activity.course_id, Activity.module_id, Activity.slug, Activity.type, Activity.title),
            *(Activity.aim, Activity.position, Activity.week, Activity.minutes, Activity.due_day, Activity.due_offset),
            *(Activity.archived_at, Activity.settings),
        )
        .where(Activity.course_id == bindparam("course_id"), Activity.archived_at.is_(None))
        .order_by(Activity.position)
    )


@once
def _steps() -> Any:
    return (
        select(Step.activity_id, Step.id, Step.position, Step.week, Step.minutes, Step.title, Step.text)
        .join(Activity, Activity.id == Step.activity_id)
        .where(Activity.course_id == bindparam("course_id"))
        .order_by(Step.activity_id, Step.position)
    )


@once
def _pages() -> Any:
    found = select(CoursePage.slug, CoursePage.kind, CoursePage.title, CoursePage.day_number, CoursePage.orientation)
    return found.where(CoursePage.course_id == bindparam("course_id")).order_by(CoursePage.position)


@event.listens_for(Session, "after_flush")
def _renew(session: Session, _context: Any) -> None:
    """Give a course whose content was written a new revision, whoever wrote it."""
    written = {*session.new, *session.dirty, *session.deleted}
    courses = {row.id for row in written if isinstance(row, Course)}
    courses |= {row.course_id for row in written if isinstance(row, Module | Activity | CourseDay | CoursePage)}
    activities = {row.activity_id for row in written if isinstance(row, Step)}
    if activities:
        courses |= set(session.connection().scalars(select(Activity.course_id).where(Activity.id.in_(activities))))
    if not courses:
        return
    # By chance and not by counting: two who write at once, or a backup that is put back, never make the same one.
    revision = secrets.token_urlsafe(12)
    session.connection().execute(update(Course).where(Course.id.in_(courses)).values(revision=revision))
    for course in (*written, *session.identity_map.values()):
        if isinstance(course, Course) and course.id in courses:
            set_committed_value(course, "revision", revision)
