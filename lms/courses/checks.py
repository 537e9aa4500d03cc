"""Checks a course as text: each file by itself, and then what has to fit between them."""

import logging
from collections import defaultdict
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from ..i18n import duration
from ..plugins import ActivityType
from ..registry import registry
from .bodies import check_bodies
from .content import ACTIVITY_KEYS, ActivityText, CourseText, read_course
from .fields import unknown_key
from .pages import GLOSSARY, HANDOUT, PROGRAMME, SCRIPT, PageText
from .report import Report, shown

log = logging.getLogger(__name__)
MINUTES = 60


def check_folder(folder: Path) -> tuple[CourseText | None, Report]:
    """The course in a folder with all that is wrong with it. Needs the app, which knows the activity types."""
    report = Report()
    course = read_course(folder, report)
    if course is not None:
        _check_days(course, report)
        _check_slugs(course, report)
        for module in course.modules:
            if module.day is not None and module.day not in _day_numbers(course):
                report.error(course.file, module.line, _no_such_day(module.day))
        for activity in course.activities:
            _check_plan(activity, course, report)
            _check_type(activity, report)
        _check_pages(course, report)
        check_bodies(course, report)
        if _is_whole(course):
            _check_weeks(course, report)
    return course, report


def _is_whole(course: CourseText) -> bool:
    """Could every file, week and number of minutes be read? If not, sums over the weeks would blame the wrong line."""
    listed = sum(len(module.listed) for module in course.modules)
    parts = [part for activity in course.activities for part in activity.steps or (activity,)]
    return listed == len(course.activities) and all(part.week and part.minutes for part in parts)


def _day_numbers(course: CourseText) -> set[int | None]:
    return {day.number for day in course.days}


def _no_such_day(day: int) -> str:
    return _("Lesdag %(day)s bestaat niet in deze cursus.", day=day)


def _check_days(course: CourseText, report: Report) -> None:
    week = 0
    for expected, day in enumerate(course.days, 1):
        if day.number is not None and day.number != expected:
            report.error(course.file, day.line, _("Dit is lesdag %(number)s: nummer de lesdagen 1, 2, 3 en verder.",
                                                  number=expected))  # fmt: skip
        if day.week is not None:
            if day.week <= week:
                report.error(course.file, day.line, _("Deze lesdag valt niet na de vorige. De weken moeten oplopen."))
            week = max(week, day.week)


def _check_slugs(course: CourseText, report: Report) -> None:
    modules: dict[str, int] = {}
    folders: dict[str, int] = {}
    texts: dict[str, int] = {}
    taken = _addresses_in_a_run()
    for module in course.modules:
        for name, line, seen in (
            (module.slug, module.line, modules),
            (module.folder, module.line, folders),
            *((slug, line, texts) for slug, line in module.listed),
        ):
            _check_name(name, line, seen, course, report)
        for slug, line in module.listed:
            if slug in taken:
                report.error(course.file, line, _("%(name)s staat al in de adressen van de site. Kies een andere naam.",
                                                  name=shown(slug)))  # fmt: skip
    for name, line in course.listed_pages:
        _check_name(name, line, texts, course, report)


def _addresses_in_a_run() -> set[str]:
    """The words that stand where the slug of an activity does, such as ``materiaal``."""
    rules = (rule.rule.split("/") for rule in current_app.url_map.iter_rules())
    return {words[3] for words in rules if words[1:3] == ["runs", "<int:run_id>"] and len(words) > 3}


def _check_name(name: str, line: int, seen: dict[str, int], course: CourseText, report: Report) -> None:
    if name and name in seen:
        report.error(course.file, line, _("%(name)s staat ook op regel %(line)s. Kies een andere naam.",
                                          name=shown(name), line=seen[name]))  # fmt: skip
    seen.setdefault(name, line)


def _check_plan(activity: ActivityText, course: CourseText, report: Report) -> None:
    last = course.last_week
    weeks = [(activity.week, activity.lines.get("week", 1)), *((step.week, step.line) for step in activity.steps)]
    for week, line in weeks:
        if week is not None and week > last > 0:
            report.error(activity.file, line, _("Week %(week)s bestaat niet: de cursus duurt tot week %(last)s.",
                                                week=week, last=last))  # fmt: skip
    if activity.due_day is not None and activity.due_day not in _day_numbers(course):
        report.error(activity.file, activity.lines["due"], _no_such_day(activity.due_day))


def _check_type(activity: ActivityText, report: Report) -> None:
    if not activity.type:
        return
    line = activity.lines["type"]
    kind = registry().activity_types.get(activity.type)
    if kind is None:
        known = ", ".join(registry().activity_types)
        report.warn(activity.file, line, _("Het type %(type)s is hier niet beschikbaar. Wel beschikbaar: %(known)s.",
                                           type=shown(activity.type), known=known))  # fmt: skip
        return
    if type(kind).check is ActivityType.check:
        # A type that does not look at settings has none: what stands there is a slip of the pen.
        for key in activity.settings:
            report.error(activity.file, activity.lines[key], unknown_key(key, activity.lines, ACTIVITY_KEYS))
        return
    try:
        wrong = list(kind.check(activity.settings))
    except Exception:
        # A plugin that stumbles over odd settings must not end the check of all the other files.
        log.exception("the check of %s failed for %s", activity.type, activity.file)
        report.error(activity.file, line, _("Het type %(type)s kan deze gegevens niet lezen.", type=activity.type))
        return
    for key, sentence in wrong:
        report.error(activity.file, activity.lines.get(key, line), f"{key}: {sentence}")


def _check_pages(course: CourseText, report: Report) -> None:
    ones: dict[tuple[str, int | None], PageText] = {}
    for page in course.pages:
        if page.day is not None and page.day not in _day_numbers(course):
            report.error(page.file, page.lines["day"], _no_such_day(page.day))
        if page.kind and page.kind != HANDOUT and (page.day or page.kind == GLOSSARY):
            other = ones.setdefault((page.kind, page.day), page)
            if other is not page:
                report.error(page.file, page.lines["kind"], _("%(other)s is al %(what)s. Eén kan maar.",
                                                              other=f"{other.slug}.md", what=_name(page)))  # fmt: skip


def _name(page: PageText) -> str:
    if page.kind == PROGRAMME:
        return _("het programma van lesdag %(day)s", day=page.day)
    if page.kind == SCRIPT:
        return _("het draaiboek van lesdag %(day)s", day=page.day)
    return _("de begrippenlijst")


def _check_weeks(course: CourseText, report: Report) -> None:
    steps = defaultdict(list)
    minutes: dict[int, int] = defaultdict(int)
    for activity in course.activities:
        minutes[activity.week or 0] += activity.minutes
        for step in activity.steps:
            steps[step.week or 0].append((activity, step))
            minutes[step.week or 0] += step.minutes
    for week in range(1, course.last_week + 1):
        if not steps[week]:
            line = max((day.line for day in course.days if (day.week or 0) <= week), default=1)
            report.error(course.file, line, _("Week %(week)s heeft geen taak. Zet er een stap van een opdracht in.",
                                              week=week))  # fmt: skip
        for activity, step in steps[week][1:]:
            other = steps[week][0][1].title
            report.error(activity.file, step.line, _("Week %(week)s heeft al een taak: %(other)s. Kies een vrije week.",
                                                     week=week, other=shown(other)))  # fmt: skip
        if course.hours and not course.hours[0] * MINUTES <= minutes[week] <= course.hours[1] * MINUTES:
            report.warn(course.file, course.lines["hours_per_week"],
                        _("Week %(week)s vraagt %(time)s. Afgesproken is %(low)s tot %(high)s uur.", week=week,
                          time=duration(minutes[week]), low=course.hours[0], high=course.hours[1]))  # fmt: skip
