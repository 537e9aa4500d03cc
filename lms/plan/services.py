"""What stands in a participant's plan: of each worksheet the newest that there is, without what is private."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from ..accounts.models import Person
from ..assignments.models import Draft, Submission, Version
from ..courses.models import Activity
from ..db import db
from ..errors import NotFound
from ..grading.rubric import number
from ..runs.visits import RunVisit
from ..worksheets.filled import Filled
from ..worksheets.nouns import Worksheet
from ..worksheets.public import public
from ..worksheets.services import sheet_of

EMPTY, DRAFT, HANDED_IN = "empty", "draft", "handed_in"


@dataclass(frozen=True)
class Chapter:
    """One worksheet. ``state`` tells whether it is empty, a draft or handed in; ``at`` when; ``version`` its number."""

    activity: Activity
    sheet: Worksheet
    state: str
    filled: Filled | None = None
    at: datetime | None = None
    version: int | None = None

    @property
    def number(self) -> int | None:
        """The number of the assignment."""
        return number(self.activity)


@dataclass(frozen=True)
class Plan:
    """The whole document."""

    title: str
    visit: RunVisit
    chapters: tuple[Chapter, ...]

    @property
    def person(self) -> Person:
        return self.visit.person

    @property
    def is_empty(self) -> bool:
        return all(chapter.state == EMPTY for chapter in self.chapters)


def title_of(visit: RunVisit) -> str:
    """What the plan of this course is called; empty for a course without worksheets, which has no plan. No query."""
    if next(_sheets(visit), None) is None:
        return ""
    return visit.run.course.plan_title or _("Mijn plan")


def load_plan(visit: RunVisit) -> Plan:
    """The participant's own plan; NotFound for who looks along, and for a course without worksheets. Two queries."""
    title = title_of(visit)
    if not title or visit.enrolment is None or not visit.is_participant:
        raise NotFound(_("Dit plan bestaat niet of is niet van u."))
    drafts = _drafts(visit.enrolment.id)
    versions = _last_versions(visit.enrolment.id)
    chapters = [
        _chapter(activity, sheet, drafts.get(activity.id), versions.get(activity.id))
        for activity, sheet in _sheets(visit)
    ]
    return Plan(title, visit, tuple(sorted(chapters, key=lambda one: (one.number or 99, one.activity.position))))


def _sheets(visit: RunVisit) -> Iterator[tuple[Activity, Worksheet]]:
    for module in visit.contents.modules:
        for _number, activity in module.activities:
            sheet = sheet_of(activity)
            if sheet is not None:
                yield activity, sheet


def _chapter(activity: Activity, sheet: Worksheet, draft: Any, version: Any) -> Chapter:
    written = Filled.stored(draft.sheet) if draft else None
    handed_in = Filled.stored(version.sheet) if version else None
    if handed_in is not None and (written is None or written.blank or not written.since(handed_in)):
        return Chapter(activity, sheet, HANDED_IN, public(handed_in), version.handed_in_at, version.number)
    if written is not None and not written.blank:
        return Chapter(activity, sheet, DRAFT, public(written), draft.updated_at)
    return Chapter(activity, sheet, EMPTY)


def _drafts(enrolment_id: int) -> Mapping[int, Any]:
    found = select(Draft.activity_id, Draft.sheet, Draft.updated_at)
    rows = db.session.execute(found.where(Draft.enrolment_id == enrolment_id, Draft.sheet.is_not(None)))
    return {row.activity_id: row for row in rows}


def _last_versions(enrolment_id: int) -> Mapping[int, Any]:
    last = select(func.max(Version.id)).group_by(Version.submission_id)
    found = (
        select(Submission.activity_id, Version.number, Version.handed_in_at, Version.sheet)
        .join(Submission, Submission.id == Version.submission_id)
        .where(Submission.enrolment_id == enrolment_id, Version.id.in_(last), Version.sheet.is_not(None))
    )
    return {row.activity_id: row for row in db.session.execute(found)}
