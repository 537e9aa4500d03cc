"""A run as its people see it: the course page, its activities and its lesson days."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from .. import clock, policies
from ..courses.models import Activity, Course
from ..courses.prose import a_level_down
from ..db import db
from ..errors import NotFound
from ..pages.services import load_page, paper_of, sees_scripts
from ..plan.services import title_of as plan_title
from ..policies import requires
from ..registry import registry
from . import absences, services
from .models import Enrolment, Run, RunDay
from .outline import Outline
from .visits import RunVisit, load_run, load_visit

bp = Blueprint("runs", __name__)


@bp.app_template_global()
def activity_url(visit: RunVisit, activity: Activity) -> str:
    """The address of an activity in a run. A function and not a macro: a course page asks it some seventy times."""
    return url_for("core.runs.activity", run_id=visit.run.id, slug=activity.slug)


@bp.get("/courses/")
@requires("core.follow")
def mine() -> ResponseReturnValue:
    """One's only run, or the list of them."""
    return _only_or_list(None)


@bp.get("/runs/afgesloten")
@requires("core.follow")
def closed() -> ResponseReturnValue:
    """The runs that were closed, to read back."""
    return render_template("runs/closed.html", page=db.paginate(_runs(closed=True), per_page=20))


@bp.get("/courses/<slug>")
@requires("core.follow")
def course(slug: str) -> ResponseReturnValue:
    """One's only run of this course, or the list of them."""
    found = db.session.scalar(select(Course).where(Course.slug == slug))
    if found is None:
        raise NotFound(_("Deze cursus bestaat niet."))
    return _only_or_list(found)


def _only_or_list(course: Course | None) -> ResponseReturnValue:
    runs = _runs(closed=False)
    if course is not None:
        runs = runs.where(Run.course_id == course.id)
    page = db.paginate(runs, per_page=20)
    has_closed = db.session.scalar(_runs(closed=True).with_only_columns(Run.id).limit(1)) is not None
    # With closed runs the list is shown even so, since it leads there.
    if page.total == 1 and page.items and not has_closed:
        return redirect(url_for(".run", run_id=page.items[0].id))
    return render_template("runs/list.html", page=page, course=course, now=clock.now(), has_closed=has_closed)


def _runs(*, closed: bool) -> Select[Any]:
    """The runs of who asks, or all of them for an administrator, newest first."""
    runs = select(Run).options(joinedload(Run.course), joinedload(Run.days)).order_by(Run.id.desc())
    if not policies.may(current_user, "core.manage"):
        own = select(Enrolment.run_id).where(Enrolment.person_id == current_user.id, Enrolment.left_at.is_(None))
        runs = runs.where(Run.id.in_(own))
    return runs.where(Run.archived_at.is_not(None) if closed else Run.archived_at.is_(None))


@bp.get("/runs/<int:run_id>/")
@requires("core.follow")
def run(run_id: int) -> ResponseReturnValue:
    """The course page: modules, weeks, lesson days and progress at a glance."""
    visit = load_run(current_user, run_id)
    absent = absences.of_participant(visit.enrolment) if visit.is_participant and visit.enrolment else {}
    return render_template(
        "runs/run.html",
        visit=visit,
        outline=Outline(visit),
        plan=plan_title(visit) if visit.is_participant else "",
        absent=absent,
        trainers=absences.trainers(visit.run),
        announcements=services.announcements(visit.run, 3),
        now=clock.now(),
    )


@bp.get("/runs/<int:run_id>/<slug>")
@requires("core.follow")
def activity(run_id: int, slug: str) -> ResponseReturnValue:
    """One activity, shown by its type; unavailable while its plugin is switched off."""
    visit = load_visit(current_user, run_id, slug)
    kind = registry().activity_types.get(visit.activity.type)
    if kind is None:
        return render_template("runs/unavailable.html", visit=visit)
    return kind.view(visit)


@bp.get("/runs/<int:run_id>/lesdagen/<int:number>")
@requires("core.follow")
def day(run_id: int, number: int) -> ResponseReturnValue:
    """One lesson day: when, where, what to bring, who to call."""
    visit = load_run(current_user, run_id)
    absent = absences.of_participant(visit.enrolment) if visit.is_participant and visit.enrolment else {}
    paper = paper_of(visit, number)
    programme = load_page(visit, paper.programme.slug) if paper.programme else None
    day = _day(visit, number)
    leads = sees_scripts(visit)
    return render_template(
        "runs/day.html",
        visit=visit,
        paper=paper,
        leads=leads,
        away=absences.names({run_id: day}).get(run_id, []) if leads else [],
        programme=a_level_down(programme.body_html) if programme else "",
        day=day,
        plan=next((plan for plan in visit.contents.days if plan.number == number), None),
        absence=absent.get(number),
        trainers=absences.trainers(visit.run),
        now=clock.now(),
    )


@bp.post("/runs/<int:run_id>/lesdagen/<int:number>")
@requires("core.take_part")
def sign_off(run_id: int, number: int) -> ResponseReturnValue:
    """«Ik kan niet komen», or «Ik kom toch»."""
    visit = load_run(current_user, run_id)
    if not visit.is_participant:
        abort(403)
    day = _day(visit, number)
    if request.form.get("action") == "kom":
        absences.take_back(visit, day)
        flash(_("Fijn dat u komt. Uw afmelding is ingetrokken."), "success")
    else:
        absences.sign_off(visit, day, request.form.get("note", "").strip()[:1000])
        flash(_("U bent afgemeld voor Lesdag %(number)s. Uw trainers krijgen bericht.", number=number), "success")
    return redirect(url_for(".day", run_id=run_id, number=number))


def _day(visit: RunVisit, number: int) -> RunDay:
    for day in visit.run.days:
        if day.number == number:
            return day
    raise NotFound(_("Deze lesdag bestaat niet."))
