"""Brings a course as text into the database: adds and changes by slug, archives what is gone, deletes nobody's work."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..clock import now
from ..db import Base, db
from ..errors import LmsError
from ..runs.models import Run, RunDay
from .checks import check_folder
from .content import ActivityText, CourseText
from .models import Activity, Course, CourseDay, CoursePage, Module, Step
from .prose import Prose
from .report import Finding, Report, printable


class ContentError(LmsError):
    """The text of a course has errors; nothing was loaded. ``report`` has them all."""

    def __init__(self, folder: Path, report: Report) -> None:
        lines = "\n".join(report.lines())
        super().__init__(
            _("De cursus in %(folder)s heeft fouten. Er is niets geladen.", folder=printable(folder)) + f"\n{lines}"
        )
        self.report = report


@dataclass
class LoadResult:
    """What a load did. The lists hold names: slugs of modules and activities, «lesdag 1», or the course's own slug."""

    title: str
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    @property
    def unchanged(self) -> bool:
        """Was everything there already, just so?"""
        return not (self.added or self.changed or self.archived or self.removed or self.restored)

    def summary(self) -> str:
        """One line for people."""
        if self.unchanged:
            return _("%(title)s: niets veranderd", title=self.title)
        parts = [
            (self.added, _("toegevoegd")),
            (self.changed, _("gewijzigd")),
            (self.restored, _("teruggezet")),
            (self.archived, _("gearchiveerd")),
            (self.removed, _("verwijderd")),
        ]
        return f"{self.title}: " + ", ".join(f"{len(names)} {word}" for names, word in parts if names)


def load_folder(folder: Path) -> LoadResult:
    """Load the course in a folder, inside the caller's transaction. Raises :class:`ContentError` if it has errors."""
    text, report = check_folder(folder)
    if text is None or report.errors:
        raise ContentError(folder, report)
    return _Load(text, LoadResult(text.title, warnings=report.warnings)).run()


class _Load:
    """One load: the text, what is in the database, and what was done."""

    def __init__(self, text: CourseText, result: LoadResult) -> None:
        self.text = text
        self.result = result
        found = db.session.scalar(
            select(Course)
            .where(Course.slug == text.slug)
            .options(selectinload(Course.days), selectinload(Course.modules))
        )
        self.kinds = {page.slug: page.kind for page in text.pages}
        self.course = found or Course(slug=text.slug)
        if found is None:
            db.session.add(self.course)

    def run(self) -> LoadResult:
        text = self.text
        low, high = text.hours or (0, 0)
        self._put(
            self.course, text.slug, title=text.title, summary=text.summary, result=text.result, audience=text.audience,
            hours_low=low, hours_high=high, licence=text.licence,
            plan_title=text.plan_title,
        )  # fmt: skip
        db.session.flush()
        self._days()
        modules = self._modules()
        self._activities(modules)
        self._pages()
        db.session.flush()
        return self.result

    def _days(self) -> None:
        there = {day.number: day for day in self.course.days}
        for day in self.text.days:
            row = there.pop(day.number or 0, None)
            if row is None:
                row = CourseDay(number=day.number)
                self.course.days.append(row)
            self._put(
                row, _day_name(day.number), week=day.week, theme=day.theme, programme=day.programme, bring=day.bring
            )
        if not there:
            return
        # A day that a run still has keeps its theme and week; the run's dates hang on it.
        in_use = select(RunDay.number).join(Run).where(Run.course_id == self.course.id, RunDay.number.in_(there))
        for number in there.keys() - set(db.session.scalars(in_use)):
            self.course.days.remove(there[number])
            self.result.changed.append(_day_name(number))

    def _modules(self) -> dict[str, Module]:
        there = {module.slug: module for module in self.course.modules}
        for position, module in enumerate(self.text.modules, 1):
            row = there.get(module.slug)
            if row is None:
                row = there[module.slug] = Module(course_id=self.course.id, slug=module.slug)
                db.session.add(row)
            self._put(row, module.slug, title=module.title, position=position, day_number=module.day)
        self._archive(there, {module.slug for module in self.text.modules})
        db.session.flush()
        return there

    def _activities(self, modules: dict[str, Module]) -> None:
        found = select(Activity).where(Activity.course_id == self.course.id).options(selectinload(Activity.steps))
        there = {activity.slug: activity for activity in db.session.scalars(found)}
        for module in self.text.modules:
            for position, text in enumerate(module.activities, 1):
                row = there.get(text.slug)
                if row is None:
                    row = there[text.slug] = Activity(course_id=self.course.id, slug=text.slug)
                    db.session.add(row)
                self._activity(row, text, modules[module.slug].id, position)
        self._archive(there, {activity.slug for activity in self.text.activities})

    def _activity(self, row: Activity, text: ActivityText, module_id: int, position: int) -> None:
        stepped = self._steps(row, text)
        self._put(
            row, text.slug, stepped, module_id=module_id, position=position, type=text.type, title=text.title,
            aim=text.aim, week=text.week, minutes=text.minutes, due_day=text.due_day, due_offset=text.due_offset,
            settings=dict(text.settings), body=text.body, body_html=self._html(text.body),
        )  # fmt: skip

    def _pages(self) -> None:
        found = select(CoursePage).where(CoursePage.course_id == self.course.id)
        there = {page.slug: page for page in db.session.scalars(found)}
        for position, text in enumerate(self.text.pages, 1):
            row = there.pop(text.slug, None)
            if row is None:
                row = CoursePage(course_id=self.course.id, slug=text.slug)
                db.session.add(row)
            self._put(
                row, text.slug, kind=text.kind, title=text.title, day_number=text.day, orientation=text.orientation,
                position=position, body=text.body, body_html=self._html(text.body),
            )  # fmt: skip
        for slug, row in there.items():  # nobody's work hangs on a page
            db.session.delete(row)
            self.result.removed.append(slug)

    def _html(self, body: str) -> str:
        # Made anew each time: it also holds drawings, and knows which link leads to a page.
        return Prose(body).render(self.kinds, self.text.drawings)

    def _steps(self, row: Activity, text: ActivityText) -> bool:
        """Bring the steps up to date in their places; says whether anything changed."""
        changed = len(row.steps) != len(text.steps)
        del row.steps[len(text.steps) :]
        for index, step in enumerate(text.steps):
            if index == len(row.steps):
                row.steps.append(Step())
            values = {"position": index + 1, "week": step.week, "minutes": step.minutes, "title": step.title,
                      "text": step.text}  # fmt: skip
            changed |= _update(row.steps[index], values)
        return changed

    def _put(self, row: Base, name: str, also_changed: bool = False, **values: Any) -> None:
        """Give the row these values and note what that was: new, changed, back from the archive, or nothing."""
        changed = _update(row, values) or also_changed
        if row.id is None:  # type: ignore[attr-defined]
            self.result.added.append(name)
        elif getattr(row, "archived_at", None) is not None:
            self.result.restored.append(name)
            row.archived_at = None  # type: ignore[attr-defined]
        elif changed:
            self.result.changed.append(name)

    def _archive(self, there: dict[str, Any], listed: set[str]) -> None:
        for slug, row in there.items():
            if slug not in listed and row.archived_at is None:
                row.archived_at = now()
                self.result.archived.append(slug)


def _update(row: Base, values: dict[str, Any]) -> bool:
    changed = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in changed.items():
        setattr(row, key, value)
    return bool(changed)


def _day_name(number: int | None) -> str:
    return _("lesdag %(number)s", number=number)
