"""A trainer's pages: what waits in a run, and the one screen to judge a version."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ..errors import Conflict
from ..notifications.services import link
from ..peer import shortfall
from ..policies import requires
from ..runs.visits import load_run
from ..worksheets.reading import remarks_of
from . import overview, services
from .forms import JudgeForm, RetractForm, judge_form
from .rubric import LEVELS, suggest
from .services import Work, load_work

bp = Blueprint("grading", __name__)
LAST_PAGE = 100_000


@bp.get("/runs/<int:run_id>/beoordelen")
@requires("core.judge")
def index(run_id: int) -> ResponseReturnValue:
    """What waits in this run, or everybody with how far they are."""
    visit = load_run(current_user, run_id, trainer=True)
    activities = overview.assignments(visit.run)
    chosen = overview.choose(activities, request.args.get("opdracht", ""))
    everybody = request.args.get("toon") == "alles"
    page = min(request.args.get("page", 1, type=int), LAST_PAGE)
    shown = [chosen] if chosen else activities
    if everybody:
        rows = overview.everybody(visit.run, shown, page=page)
    else:
        rows = services.waiting(current_user, run=visit.run, activity=chosen, page=page)
    all_waiting = services.count(current_user, visit.run) if everybody or chosen else rows.total
    return render_template(
        "grading/index.html",
        visit=visit,
        activities=activities,
        chosen=chosen,
        shown=shown,
        everybody=everybody,
        waiting=all_waiting,
        missing=[] if everybody or chosen else shortfall.of_trainer(current_user, visit.run),
        page=rows,
        levels=LEVELS,
        came=_came(),
    )


@bp.get("/runs/<int:run_id>/beoordelen/<int:version_id>")
@requires("core.judge")
def judge(run_id: int, version_id: int) -> ResponseReturnValue:
    """The work beside the rubric, or beside the judgement that was released."""
    work = load_work(load_run(current_user, run_id, trainer=True), version_id)
    return _screen(work, judge_form(work) if work.may_judge else None)


@bp.post("/runs/<int:run_id>/beoordelen/<int:version_id>")
@requires("core.judge")
def save(run_id: int, version_id: int) -> ResponseReturnValue:
    """«Opslaan» keeps the judgement, «Vrijgeven» shows it to the participant too."""
    work = load_work(load_run(current_user, run_id, trainer=True), version_id, for_update=True)
    releasing = request.form.get("action") == "vrijgeven"
    form = judge_form(work, request.form)
    if work.may_judge and not form.accepts(releasing=releasing):
        return _screen(work, form), 422
    given = current_user, form.judgement(), form.opened_revision()
    try:
        if releasing:
            services.release(work, *given, _link(work))
        else:
            services.save(work, *given)
    except services.Stale as refusal:
        # What the other saved stands beside it now, so the next save is a choice.
        form.revision.data = str(work.assessment.revision if work.assessment else 0)
        return _screen(work, form, refusal=refusal), 409
    except Conflict as refusal:
        return _screen(work, form, refusal=refusal), 409
    name = work.participant.first_name
    if not releasing:
        flash(_("Uw oordeel is bewaard. %(name)s ziet dit nog niet.", name=name), "success")
        return redirect(url_for(".judge", run_id=run_id, version_id=version_id, **_came()))
    if work.participant_left:
        flash(_("Vrijgegeven. %(name)s doet niet meer mee en krijgt geen bericht.", name=name), "success")
    else:
        flash(_("Vrijgegeven. %(name)s krijgt bericht.", name=name), "success")
    following = services.place(current_user, version_id).next
    return redirect(url_for(".judge", **following) if following else url_for(".index", run_id=run_id, **_came()))


@bp.post("/runs/<int:run_id>/beoordelen/<int:version_id>/intrekken")
@requires("core.judge")
def retract(run_id: int, version_id: int) -> ResponseReturnValue:
    """Take a released judgement back, with the reason that the participant reads."""
    work = load_work(load_run(current_user, run_id, trainer=True), version_id, for_update=True)
    form = RetractForm()
    if not form.validate_on_submit():
        return _screen(work, judge_form(work) if work.may_judge else None, reason=form), 422
    services.retract(work, current_user, form.reason.data, _link(work))
    flash(_("Ingetrokken. U kunt het oordeel nu wijzigen en opnieuw vrijgeven."), "success")
    return redirect(url_for(".judge", run_id=run_id, version_id=version_id, **_came()))


def _screen(
    work: Work, form: JudgeForm | None, *, reason: RetractForm | None = None, refusal: Conflict | None = None
) -> str:
    """The screen; ``form`` is what can be filled in, or what was typed when it was refused."""
    levels = form.judgement().levels if form else {}
    return render_template(
        "grading/judge.html",
        work=work,
        shown=work.earlier[: services.SHOWN],
        older=work.earlier[services.SHOWN :],
        form=form,
        reason=reason or RetractForm(),
        stale=isinstance(refusal, services.Stale),
        newer=isinstance(refusal, services.NewerVersion),
        released=isinstance(refusal, services.Released),
        place=services.place(current_user, work.version.id),
        levels=LEVELS,
        came=_came(),
        remarks_of=remarks_of,
        suggestion=suggest(levels.values()),
    )


def _came() -> dict[str, Any]:
    """From which list of work one comes: it goes along in the addresses, so that «terug» leads there.

    What waits becomes less, so a page of it may be gone by then; the list of everybody stays as long as it was.
    """
    names = ("toon", "opdracht", "page") if request.args.get("toon") == "alles" else ("opdracht",)
    return {name: value for name in names if (value := request.args.get(name))}


def _link(work: Work) -> str:
    """The address of the participant's own page, for in a mail."""
    return link("core.runs.activity", run_id=work.visit.run.id, slug=work.activity.slug)
