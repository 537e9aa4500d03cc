"""Asks the providers of all plugins, and finds the lessons of one's own runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import String, and_, case, cast, func, or_, select

from ..accounts.models import Person
from ..courses.models import Activity, Course, CoursePage, Module
from ..courses.pages import SCRIPT
from ..db import db
from ..plugins import SearchHit, SearchProvider
from ..policies import may
from ..registry import registry
from ..runs.models import TRAINER, Enrolment, Run

LONGEST = 200  # characters of what somebody types
MOST_WORDS = 8
EACH = 8  # hits of one provider


@dataclass(frozen=True)
class Group:
    """What one provider found."""

    provider: SearchProvider
    hits: Sequence[SearchHit]


def providers(person: Person) -> list[SearchProvider]:
    """The providers that this person may ask; a visitor without an account may ask those without a permission."""
    found: list[SearchProvider] = registry().all("search")
    return [one for one in found if not one.permission or may(person, one.permission)]


def tidy(typed: str) -> str:
    """What somebody typed, without what no database takes."""
    return " ".join(typed[:LONGEST].replace("\0", " ").split())


def search(words: str, person: Person) -> list[Group]:
    """What each provider finds for these words, those that found something first, else in registry order."""
    groups = [Group(one, one.find(words, person, EACH)) for one in providers(person)] if words else []
    return sorted(groups, key=lambda group: not group.hits)


def lessons(words: str, person: Person, most: int) -> list[SearchHit]:
    """The activities of one's own runs that have all the words in their title or text, the titles first. One query."""
    asked = [word.lower() for word in words.split()[:MOST_WORDS]]
    if not asked:
        return []
    title = func.lower(Activity.title)
    text = func.lower(Activity.title + " " + Activity.aim + " " + Activity.body + " " + cast(Module.title, String))
    run = func.max(Enrolment.run_id)
    rows = db.session.execute(
        select(Activity, Module.title.label("module"), run.label("run_id"))
        .join(Module, Module.id == Activity.module_id)
        .join(Run, Run.course_id == Activity.course_id)
        .join(Enrolment, and_(Enrolment.run_id == Run.id, Enrolment.person_id == person.id))
        .where(Enrolment.left_at.is_(None), Activity.type.in_(registry().activity_types))
        .where(*(text.contains(word, autoescape=True) for word in asked))
        .group_by(Activity.id, Module.id)
        .order_by(case((or_(*(title.contains(word, autoescape=True) for word in asked)), 0), else_=1), Activity.id)
        .limit(most)
    )
    return [_hit(activity, module, run_id) for activity, module, run_id in rows]


def pages(words: str, person: Person, most: int) -> list[SearchHit]:
    """The pages of one's own runs that have all the words, the titles first; a script only for its trainers."""
    asked = [word.lower() for word in words.split()[:MOST_WORDS]]
    if not asked:
        return []
    title = func.lower(CoursePage.title)
    text = func.lower(CoursePage.title + " " + CoursePage.body)
    rows = db.session.execute(
        select(CoursePage, Course.title.label("course"), func.max(Enrolment.run_id).label("run_id"))
        .join(Course, Course.id == CoursePage.course_id)
        .join(Run, Run.course_id == CoursePage.course_id)
        .join(Enrolment, and_(Enrolment.run_id == Run.id, Enrolment.person_id == person.id))
        .where(Enrolment.left_at.is_(None), or_(CoursePage.kind != SCRIPT, Enrolment.role == TRAINER))
        .where(*(text.contains(word, autoescape=True) for word in asked))
        .group_by(CoursePage.id, Course.id)
        .order_by(case((or_(*(title.contains(word, autoescape=True) for word in asked)), 0), else_=1), CoursePage.id)
        .limit(most)
    )
    return [
        SearchHit(page.title, url_for("core.pages.page", run_id=run_id, slug=page.slug), "", course)
        for page, course, run_id in rows
    ]


def _hit(activity: Activity, module: str, run_id: int) -> SearchHit:
    address: Any = url_for("core.runs.activity", run_id=run_id, slug=activity.slug)
    return SearchHit(activity.title, address, activity.aim, module)
