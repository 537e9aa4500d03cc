"""The course as it is delivered: it passes its own check, and holds what the programme of the course promises."""

from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.api import Activity, Course, db

CONTENT = Path(__file__).resolve().parents[2] / "plugins" / "course_cl" / "content"
WEEKS = range(1, 11)
THEMES = [
    "Werken als Community Librarian",
    "Programma's en activiteiten organiseren",
    "Samenwerken en relatiebeheer",
    "Netwerken",
    "Co-creatie",
]


@pytest.fixture
def course(app):
    return db.session.scalars(select(Course).where(Course.slug == "community-librarian")).one()


@pytest.fixture
def activities(course):
    """The activities in the order of the course."""
    found = select(Activity).where(Activity.course_id == course.id).options(selectinload(Activity.module))
    everything = db.session.scalars(found.options(selectinload(Activity.steps)))
    return sorted(everything, key=lambda activity: (activity.module.position, activity.position))


@pytest.fixture
def lessons(activities):
    return [activity for activity in activities if activity.type == "core.lesson"]


@pytest.fixture
def assignments(activities):
    return [activity for activity in activities if activity.type == "core.assignment"]


def test_the_check_finds_nothing(lms_command):
    result = lms_command("course", "check", CONTENT)
    assert (result.exit_code, result.stdout) == (
        0,
        "Aan de slag als Community Librarian: geen fouten, 5 modules, 34 onderdelen\n",
    )


def test_loading_it_again_changes_nothing(lms_command):
    result = lms_command("course", "load", CONTENT)
    assert result.stdout == "Aan de slag als Community Librarian: niets veranderd\n"


def test_it_is_right_without_the_other_plugins(lms_command, make_app):
    result = lms_command("course", "check", CONTENT, site=make_app(PLUGINS=("course_cl",)))
    assert result.exit_code == 0
    warnings = result.stdout.splitlines()[:-1]
    assert len(warnings) == 2 and all("is hier niet beschikbaar" in line for line in warnings)


def test_five_themes_and_four_lesson_days(course):
    assert [module.title for module in course.modules] == THEMES
    assert [(day.number, day.week) for day in course.days] == [(1, 1), (2, 4), (3, 7), (4, 10)]
    assert [day.theme for day in course.days[:3]] == [
        "Werken als Community Librarian",
        "Programma's en Co-creatie",
        "Samenwerken en Netwerken",
    ]
    assert [module.day_number for module in course.modules] == [1, 2, 3, 3, 2]
    assert (course.hours_low, course.hours_high) == (6, 8)
    assert course.result and course.audience and course.licence == "CC BY 4.0"
    assert all(day.programme for day in course.days)


def test_twenty_four_lessons_each_topic_once(lessons):
    per_theme = defaultdict(int)
    for lesson in lessons:
        per_theme[lesson.module.title] += 1
    assert per_theme == dict(zip(THEMES, (6, 5, 4, 4, 5), strict=True))
    titles = [lesson.title for lesson in lessons]
    assert len(set(titles)) == 24
    assert titles.count("Omgaan met weerstanden") == 1


def test_every_lesson_has_its_place_aim_and_time(lessons):
    for lesson in lessons:
        assert lesson.week in WEEKS and lesson.minutes > 0, lesson.slug
        assert lesson.aim.startswith("Na deze les kunt u"), lesson.slug
        assert len(lesson.body.split()) > 50, lesson.slug


def test_one_task_each_week(activities):
    weeks = sorted(step.week for activity in activities for step in activity.steps)
    assert weeks == list(WEEKS)


def test_every_week_takes_six_to_eight_hours(activities):
    minutes = defaultdict(int)
    for activity in activities:
        for part in activity.steps or [activity]:
            minutes[part.week] += part.minutes
    assert set(minutes) == set(WEEKS)
    assert {week: asked for week, asked in minutes.items() if not 360 <= asked <= 480} == {}


def test_assignments_are_due_between_the_lesson_days(course, assignments):
    by_number = {assignment.settings["number"]: assignment for assignment in assignments}
    assert sorted(by_number) == [1, 2, 3, 4]
    weeks = {day.number: day.week for day in course.days}
    for number, earlier in ((1, 1), (2, 2), (3, 3)):
        due = by_number[number]
        assert due.due_day == earlier + 1
        # in days, counted from the lesson day after which it is made
        apart = 7 * (weeks[earlier + 1] - weeks[earlier])
        assert -apart < due.due_offset < 0, due.slug
        assert weeks[earlier] <= due.steps[0].week < weeks[earlier + 1], due.slug
    assert (by_number[4].due_day, by_number[4].due_offset) == (4, -7)


def test_rubrics_tell_three_levels_in_words(assignments):
    for assignment in assignments:
        rubric = assignment.settings["rubric"]
        assert 4 <= len(rubric) <= 6, assignment.slug
        assert len({criterion["slug"] for criterion in rubric}) == len(rubric)
        for criterion in rubric:
            assert set(criterion["levels"]) == {"nog_niet", "voldoende", "goed"}, assignment.slug
            words = list(criterion["levels"].values())
            assert len(set(words)) == 3 and all(len(level.split()) > 4 for level in words), criterion["slug"]


def test_assignments_say_why_and_how(assignments):
    for assignment in assignments:
        assert assignment.settings["purpose"], assignment.slug
        assert len(assignment.steps) >= 2, assignment.slug
        assert all(step.text for step in assignment.steps), assignment.slug


def test_what_other_plugins_bring_stands_in_its_place(activities):
    others = {activity.type: activity for activity in activities if not activity.type.startswith("core.")}
    assert len(others) == 2
    slugs = [activity.slug for activity in activities]
    for activity in others.values():
        assert activity.module.title == THEMES[0]
        assert activity.settings and activity.minutes and activity.aim
    assert slugs.index("verzameling-inspirerende-voorbeelden") == slugs.index("inspirerende-voorbeelden") + 1
