"""The pages of an assignment, for whoever may see it: also when a form comes back with something to correct."""

import re

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from .. import clock
from ..courses.models import Activity
from ..courses.sections import Place, places
from ..db import db
from ..errors import LmsError
from ..exchange import listing
from ..files import services as files
from ..grading import rubric
from ..i18n import hour
from ..peer import terms
from ..runs.visits import Visit
from ..worksheets.services import sheet_of
from . import reading, services
from .forms import refuse, work_form
from .models import Draft
from .standing import Standing


def label(activity: Activity) -> str:
    """What an assignment is called before its title: «Opdracht 1»."""
    number = rubric.number(activity)
    return _("Opdracht %(number)s", number=number) if number else _("Opdracht")


def kept(draft: Draft) -> str:
    """When the draft was kept, in a sentence."""
    on = clock.local(draft.updated_at).date()
    if on == clock.today():
        return _("Concept bewaard om %(time)s uur.", time=hour(draft.updated_at))
    day = format_date(on, "d MMMM")
    return _("Concept bewaard op %(day)s om %(time)s uur.", day=day, time=hour(draft.updated_at))


def assignment(
    visit: Visit, *, typed: services.Typed | None = None, error: LmsError | None = None
) -> ResponseReturnValue:
    """The page of an assignment. With ``error`` what was ``typed`` comes back, with the sentence at its field."""
    work = reading.work_of(visit) if visit.is_participant else None
    form = work_form(work.draft if work else None, typed.text if typed else None)
    judged = work is not None and work.standing.phase == Standing.FINISHED
    field = getattr(error, "field", None)
    if error is not None and field:
        refuse(form, field, str(error).split("\n"))
    told = places(visit.activity.body_html)
    page = render_template(
        "assignments/assignment.html",
        visit=visit,
        label=label(visit.activity),
        due=visit.due_on(visit.activity),
        rubric=rubric.rubric(visit.activity),
        levels=rubric.LEVELS,
        work=work,
        has_round=_has_round(visit),
        places=[place for place in told if place.level == 2 or _week(place)],
        weeks={_week(place) for place in told},
        sheet=sheet_of(visit.activity),
        draft_sheet=work.sheet if work else None,
        form=form,
        state=kept(work.draft) if work and work.draft else "",
        refusal=str(error) if error is not None and not field else "",
        limits=files.limits(),
        offers=listing.ready_for(visit.person, visit.run.id, visit.activity.id) if judged else [],
    )
    return make_response(page, error.status if error is not None else 200)


def _week(place: Place) -> int | None:
    """The week that a heading such as «Week 2: lever in» tells of: its step needs no telling again."""
    found = re.match(r"week-(\d+)\b", place.id)
    return int(found[1]) if found else None


def _has_round(visit: Visit) -> bool:
    """Do participants read each other's work here?"""
    # Not from what the course holds: this page needs nothing else of it, and that takes five queries the first time.
    asked = select(Activity).where(Activity.course_id == visit.run.course_id, Activity.type == terms.KEY)
    rounds = db.session.scalars(asked.where(Activity.archived_at.is_(None)))
    return any(terms.of(one).assignment == visit.activity.slug for one in rounds)


def choose(visit: Visit, typed: services.Typed, conflict: services.EditConflict) -> ResponseReturnValue:
    """Two texts of one work, to choose from: without script, or when it was handed in from an old window."""
    form = work_form(None, typed.text)
    form.revision.data = str(conflict.revision)
    page = render_template("assignments/conflict.html", visit=visit, form=form, conflict=conflict)
    return make_response(page, conflict.status)
