"""Which pages somebody may see in a run, and the paper that belongs to a lesson day."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from .. import policies
from ..assignments import KEY
from ..courses.contents import PageEntry
from ..courses.models import Activity, CoursePage
from ..courses.pages import GLOSSARY, HANDOUT, PROGRAMME, SCRIPT
from ..db import db
from ..errors import NotFound
from ..runs.visits import RunVisit
from ..worksheets.nouns import Worksheet
from ..worksheets.services import sheet_of


@dataclass(frozen=True)
class Paper:
    """What there is to hand out or to read on a lesson day; ``sheets`` are the worksheets of what begins there."""

    programme: PageEntry | None
    handouts: tuple[PageEntry, ...]
    sheets: tuple[tuple[Activity, Worksheet], ...]
    script: PageEntry | None


def sees_scripts(visit: RunVisit) -> bool:
    """Trainers of the run do, and who manages the site."""
    return visit.is_trainer or policies.may(visit.person, "core.manage")


def load_page(visit: RunVisit, slug: str) -> CoursePage:
    """The page with its text. Raises :class:`NotFound`, also for a script that is not this person's to read."""
    asked = select(CoursePage).where(CoursePage.course_id == visit.run.course_id, CoursePage.slug == slug)
    page = db.session.scalar(asked)
    if page is None or (page.kind == SCRIPT and not sees_scripts(visit)):
        raise NotFound(_("Dit blad bestaat niet in deze cursus."))
    return page


def glossary_of(visit: RunVisit) -> PageEntry | None:
    """The glossary of the course, if it has one."""
    return next((page for page in visit.contents.pages if page.kind == GLOSSARY), None)


def paper_of(visit: RunVisit, number: int) -> Paper:
    """The paper of a lesson day. Asks the database nothing but what the course holds."""
    here = [page for page in visit.contents.pages if page.day_number == number]
    return Paper(
        programme=next((page for page in here if page.kind == PROGRAMME), None),
        handouts=tuple(page for page in here if page.kind == HANDOUT),
        sheets=tuple(_sheets(visit, number)),
        script=next((page for page in here if page.kind == SCRIPT and sees_scripts(visit)), None),
    )


def _sheets(visit: RunVisit, number: int) -> list[tuple[Activity, Worksheet]]:
    """The worksheets of the assignments whose first week lies between this day and the next."""
    found = []
    for module in visit.contents.modules:
        for _number, activity in module.activities:
            week = activity.steps[0].week if activity.steps else activity.week
            begun = [day.number for day in visit.contents.days if week is not None and day.week <= week]
            sheet = sheet_of(activity) if activity.type == KEY and begun and begun[-1] == number else None
            if sheet is not None:
                found.append((activity, sheet))
    return found
