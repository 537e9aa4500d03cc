"""The pages of a community. The library's own people write; its coach and the programme lead look on."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.api import Conflict, NotFound, Visit, current_user, load_visit, requires
from lms.api import gettext as _

from .. import gates, programme_figures, services
from ..access import is_lead
from ..forms import BeginForm, ChangeForm, EarlyForm, StepForm
from ..models import STOPPED, Community
from .blueprint import bp


@bp.get("/begeleiden")
@requires("community.guide")
def guided() -> ResponseReturnValue:
    """The communities that a coach guides; all of them for the programme lead."""
    page = services.guided(current_user)
    figures = programme_figures.figures(community.id for community in page.items)
    coaching = services.coachings(current_user)
    return render_template("community/guided.html", page=page, figures=figures, coaching=coaching)


@bp.get("/begin")
@requires("community.edit")
def begin_form() -> ResponseReturnValue:
    """What a community begins with: a name and a target group."""
    running = services.community_of(current_user.library_id)
    if current_user.library_id is None or (running is not None and not running.is_finished):
        return redirect(url_for(".index"))
    return render_template("community/begin.html", form=BeginForm())


@bp.post("/begin")
@requires("community.edit")
def begin() -> ResponseReturnValue:
    form = BeginForm()
    if not form.validate():
        return render_template("community/begin.html", form=form), 422
    try:
        services.begin(current_user, name=form.name.data, target_group=form.target_group.data)
    except Conflict as conflict:
        community = services.community_of(current_user.library_id)
        if community is None:
            raise
        return _page(community, refusal=str(conflict), typed=form.target_group.data), conflict.status
    flash(_("Uw community is begonnen. Hieronder staat de eerste stap."), "success")
    return redirect(url_for(".index"))


@bp.get("/<int:community_id>/stappen")
@requires("community.read")
def steps(community_id: int) -> ResponseReturnValue:
    """The step plan: where the community is, and what it needs to go on."""
    return _page(services.load_community(current_user, community_id))


@bp.get("/<int:community_id>/aanpassen")
@requires("community.edit")
def change_form(community_id: int) -> ResponseReturnValue:
    community = services.load_community(current_user, community_id, own=True)
    return render_template("community/change.html", community=community, form=_change_form(community))


@bp.post("/<int:community_id>/aanpassen")
@requires("community.edit")
def change(community_id: int) -> ResponseReturnValue:
    community = services.load_community(current_user, community_id, own=True)
    form = ChangeForm()
    if not form.validate():
        return render_template("community/change.html", community=community, form=form), 422
    try:
        services.change(
            community,
            name=form.name.data,
            target_group=form.target_group.data,
            why=form.why.data,
            stopped=form.status.data == STOPPED,
            library_role=form.library_role.data or "",
            stopped_why=form.stopped_why.data,
            published=form.published.data,
        )
    except Conflict as conflict:
        form.status.errors = [str(conflict)]
        return render_template("community/change.html", community=community, form=form), conflict.status
    flash(_("De gegevens zijn bewaard."), "success")
    return redirect(url_for(".steps", community_id=community.id))


@bp.post("/<int:community_id>/klaar")
@requires("community.edit")
def finish(community_id: int) -> ResponseReturnValue:
    """Mark the present step as done, with what it brought."""
    community = services.load_community(current_user, community_id, own=True)
    form = StepForm()
    if not form.validate():
        return _page(community, form=form), 422
    try:
        services.finish_step(community, current_user, form.step.data, form.note.data)
    except Conflict as conflict:
        return _page(community, refusal=str(conflict), typed=form.note.data), conflict.status
    flash(_("De stap is klaar. Uw collega's zien wat zij opleverde."), "success")
    return redirect(url_for(".steps", community_id=community.id))


@bp.post("/<int:community_id>/open")
@requires("community.edit")
def reopen(community_id: int) -> ResponseReturnValue:
    """Open the last finished step again."""
    community = services.load_community(current_user, community_id, own=True)
    form = StepForm()
    try:
        services.reopen_step(community, current_user, form.step.data or "")
    except Conflict as conflict:
        return _page(community, refusal=str(conflict)), conflict.status
    flash(_("De stap staat weer open. Wat u erbij schreef, is bewaard."), "info")
    return redirect(url_for(".steps", community_id=community.id))


@bp.post("/<int:community_id>/eerder")
@requires("community.manage")
def pass_early(community_id: int) -> ResponseReturnValue:
    """The programme lead lets a community through a gate that is not open yet, and says why."""
    community = services.load_community(current_user, community_id, lead=True)
    form = EarlyForm()
    if not form.validate():
        return _page(community, early=form), 422
    try:
        services.pass_early(community, current_user, form.step.data or "", form.reason.data or "")
    except Conflict as conflict:
        return _page(community, refusal=str(conflict), typed=form.reason.data or ""), conflict.status
    flash(_("De community kan verder. De reden staat bij de stap."), "success")
    return redirect(url_for(".steps", community_id=community.id))


@bp.post("/onderdeel/<int:run_id>/<slug>")
@requires("community.edit")
def confirm(run_id: int, slug: str) -> ResponseReturnValue:
    """«Dit klopt, rond af»: the library did the step before this participant came."""
    visit = _step_visit(run_id, slug)
    services.confirm(visit)
    flash(_("«%(title)s» is afgerond.", title=visit.activity.title), "success")
    return redirect(url_for("core.runs.activity", run_id=run_id, slug=slug))


def _step_visit(run_id: int, slug: str) -> Visit:
    visit = load_visit(current_user, run_id, slug)
    if visit.activity.type != services.STEP_TYPE:
        raise NotFound(_("Dit onderdeel bestaat niet."))
    return visit


def _change_form(community: Community) -> ChangeForm:
    return ChangeForm(obj=community, published=community.published_at is not None)


def _page(
    community: Community,
    *,
    form: StepForm | None = None,
    early: EarlyForm | None = None,
    refusal: str = "",
    typed: str = "",
) -> str:
    """The step plan of a community. ``typed`` is a text that was not kept; the page gives it back."""
    walk = community.walk()
    mine = community.library_id == current_user.library_id
    runs = walk.now is not None and not community.is_finished
    missing = gates.missing(community) if runs else []
    if form is None and mine and walk.now and runs:
        note = walk.now.record.note if walk.now.record else ""
        form = StepForm(formdata=None, data={"step": walk.now.step.key, "note": note})
    if early is None and runs and walk.now and missing and is_lead(current_user):
        early = EarlyForm(formdata=None, data={"step": walk.now.step.key})
    return render_template(
        "community/steps.html",
        community=community,
        walk=walk,
        mine=mine,
        form=form,
        early=early,
        missing=missing,
        passages=services.passages(community),
        refusal=refusal,
        typed=typed,
    )
