"""A course as text: reads the folder with ``course.toml`` and Markdown files into plain objects.

``read_course`` looks at one file at a time; what has to fit between files is looked at by ``lms.courses.checks``.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from .drawings import Drawing, read_drawings
from .fields import MAX_DAYS, MAX_TITLE, Fields
from .pages import FOLDER as PAGES
from .pages import PageText, missing_file, read_pages
from .reading import Node, Unreadable, read_document, read_toml
from .report import Report

COURSE_FILE = "course.toml"
COURSE_KEYS = (
    "slug",
    "title",
    "summary",
    "result",
    "audience",
    "hours_per_week",
    "licence",
    "plan_title",
    "pages",
    "days",
    "modules",
)
DAY_KEYS = ("number", "week", "theme", "programme", "bring")
MODULE_KEYS = ("slug", "title", "day", "folder", "activities")
ACTIVITY_KEYS = ("type", "title", "week", "minutes", "aim", "due", "steps")
DUE_KEYS = ("day", "days")
STEP_KEYS = ("title", "week", "minutes", "text")

MAX_WEEKS = 104
MAX_MINUTES = 6000
HOURS_IN_WEEK = 168


@dataclass(frozen=True)
class DayText:
    """A lesson day as written; None where a number is missing or wrong."""

    number: int | None
    week: int | None
    theme: str
    programme: str
    bring: str
    line: int


@dataclass(frozen=True)
class StepText:
    """A step as written."""

    title: str
    week: int | None
    minutes: int
    text: str
    line: int


@dataclass(frozen=True)
class ActivityText:
    """An activity as written. ``settings`` are the keys that belong to its type, ``lines`` tells where keys stand."""

    file: Path
    slug: str
    type: str
    title: str
    aim: str
    week: int | None
    minutes: int
    due_day: int | None
    due_offset: int
    steps: tuple[StepText, ...]
    settings: Mapping[str, Any]
    body: str
    body_line: int
    lines: Mapping[str, int]


@dataclass(frozen=True)
class ModuleText:
    """A module as written. ``listed`` are the slugs in its list with their lines, also those without a file."""

    slug: str
    title: str
    day: int | None
    folder: str
    listed: tuple[tuple[str, int], ...]
    activities: tuple[ActivityText, ...]
    line: int


@dataclass(frozen=True)
class CourseText:
    """A course as written. ``hours`` are the least and the most hours that a week asks, or None."""

    file: Path
    slug: str
    title: str
    summary: str
    result: str
    audience: str
    licence: str
    plan_title: str
    hours: tuple[int, int] | None
    days: tuple[DayText, ...]
    modules: tuple[ModuleText, ...]
    pages: tuple[PageText, ...] = ()
    listed_pages: tuple[tuple[str, int], ...] = ()
    drawings: Mapping[str, Drawing | None] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def activities(self) -> list[ActivityText]:
        """All activities in the order of the course."""
        return [activity for module in self.modules for activity in module.activities]

    @property
    def last_week(self) -> int:
        """The week of the last lesson day; 0 without days."""
        return max((day.week or 0 for day in self.days), default=0)


def read_course(folder: Path, report: Report) -> CourseText | None:
    """The course in a folder; None when there is no ``course.toml`` that can be read. Findings go to ``report``."""
    if not os.path.isdir(folder):  # unlike Path.is_dir, never an error
        report.error(folder, 1, _("Dit is geen map. Geef de map waarin %(file)s staat.", file=COURSE_FILE))
        return None
    file = folder / COURSE_FILE
    try:
        node = read_toml(file)
    except Unreadable as error:
        report.error(file, error.line, str(error))
        return None
    fields = Fields(report, file, node, COURSE_KEYS)
    hours = fields.numbers("hours_per_week", 2, 1, HOURS_IN_WEEK)
    if hours and hours[0] > hours[1]:
        fields.error("hours_per_week", _("hours_per_week begint met het kleinste getal."))
    listed_pages, found_pages = read_pages(fields, report)
    course = CourseText(
        file=file,
        slug=fields.slug("slug"),
        title=fields.text("title", limit=MAX_TITLE),
        summary=fields.text("summary"),
        result=fields.text("result"),
        audience=fields.text("audience"),
        licence=fields.text("licence", required=False, limit=80),
        plan_title=fields.text("plan_title", required=False, limit=MAX_TITLE),
        hours=(hours[0], hours[1]) if hours else None,
        days=tuple(_day(report, file, item) for item in fields.items("days")),
        modules=tuple(_module(report, file, item) for item in fields.items("modules")),
        pages=tuple(found_pages),
        listed_pages=tuple(listed_pages),
        drawings=read_drawings(folder, report),
        lines={key: item.line for key, item in fields.nodes.items()},
    )
    _report_unlisted(course, folder, report)
    return course


def _day(report: Report, file: Path, node: Node) -> DayText:
    fields = Fields(report, file, node, DAY_KEYS)
    return DayText(
        number=fields.number("number", 1, MAX_DAYS),
        week=fields.number("week", 1, MAX_WEEKS),
        theme=fields.text("theme", limit=MAX_TITLE),
        programme=fields.text("programme", required=False),
        bring=fields.text("bring", required=False),
        line=fields.line,
    )


def _module(report: Report, file: Path, node: Node) -> ModuleText:
    fields = Fields(report, file, node, MODULE_KEYS)
    folder = fields.slug("folder")
    listed, activities = fields.slugs("activities"), []
    for slug, line in listed if folder else ():  # without a folder every file would seem to be missing
        path = file.parent / folder / f"{slug}.md"
        if not os.path.isfile(path):
            report.error(file, line, missing_file(f"{folder}/{slug}.md"))
        elif activity := read_activity(path, slug, report):
            activities.append(activity)
    return ModuleText(
        slug=fields.slug("slug"),
        title=fields.text("title", limit=MAX_TITLE),
        day=fields.number("day", 1, MAX_DAYS, required=False),
        folder=folder,
        listed=tuple(listed),
        activities=tuple(activities),
        line=fields.line,
    )


def read_activity(file: Path, slug: str, report: Report) -> ActivityText | None:
    """One Markdown file; None when it cannot be read."""
    try:
        document = read_document(file)
    except Unreadable as error:
        report.error(file, error.line, str(error))
        return None
    fields = Fields(report, file, document.head, ACTIVITY_KEYS, more=True)
    steps = tuple(_step(report, file, item) for item in fields.items("steps", required=False))
    if steps and "minutes" in fields.nodes:
        fields.error("minutes", _("Dit onderdeel heeft stappen. Zet de minuten alleen bij de stappen."))
    due_day, due_offset = _due(fields)
    if not document.body:
        report.warn(file, document.body_line, _("Onder de gegevens staat nog geen tekst."))
    return ActivityText(
        file=file,
        slug=slug,
        type=fields.text("type", limit=80),
        title=fields.text("title", limit=MAX_TITLE),
        aim=fields.text("aim", required=False),
        week=fields.number("week", 1, MAX_WEEKS),
        minutes=fields.number("minutes", 1, MAX_MINUTES, required="steps" not in fields.nodes) or 0,
        due_day=due_day,
        due_offset=due_offset,
        steps=steps,
        settings={key: node.plain() for key, node in fields.others.items()},
        body=document.body,
        body_line=document.body_line,
        lines={key: node.line for key, node in fields.nodes.items()},
    )


def _due(fields: Fields) -> tuple[int | None, int]:
    node = fields.nodes.get("due")
    if node is None:
        return None, 0
    due = Fields(fields.report, fields.file, node, DUE_KEYS)
    return due.number("day", 1, MAX_DAYS), due.number("days", -365, 365, required=False) or 0


def _step(report: Report, file: Path, node: Node) -> StepText:
    fields = Fields(report, file, node, STEP_KEYS)
    return StepText(
        title=fields.text("title", limit=MAX_TITLE),
        week=fields.number("week", 1, MAX_WEEKS),
        minutes=fields.number("minutes", 1, MAX_MINUTES) or 0,
        text=fields.text("text", required=False),
        line=fields.line,
    )


def _report_unlisted(course: CourseText, folder: Path, report: Report) -> None:
    """A text that nobody listed would be missed only when somebody looks for it in the course."""
    listed = {folder / module.folder / f"{slug}.md" for module in course.modules for slug, _line in module.listed}
    listed |= {folder / PAGES / f"{slug}.md" for slug, _line in course.listed_pages}
    sentence = _("Dit bestand staat in geen enkele lijst in %(file)s. Zet het erbij of haal het weg.", file=COURSE_FILE)
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in (Path(parent, name) for name in names):
            if file.suffix == ".md" and not file.name.startswith(".") and file not in listed:
                report.error(file, 1, sentence)
