"""What a library writes down about its community, kind by kind. Its own people write; who guides it reads along."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from lms.api import Conflict, Invalid, current_user, origins, requires, today
from lms.api import gettext as _

from .. import evaluation, records, services
from ..kinds import KINDS, Kind
from ..models import Community, Concept, Goal
from ..record_forms import GoalForm, MeasurementForm, ResponseForm, response_form
from .blueprint import bp

KIND = f"<any({','.join(KINDS)}):kind>"


@bp.get(f"/<int:community_id>/{KIND}")
@requires("community.read")
def records_of(community_id: int, kind: str) -> ResponseReturnValue:
    """All records of one kind."""
    community = services.load_community(current_user, community_id)
    return _list(community, KINDS[kind])


@bp.get(f"/<int:community_id>/{KIND}/nieuw")
@requires("community.edit")
def new_record_form(community_id: int, kind: str) -> ResponseReturnValue:
    community = services.load_community(current_user, community_id, own=True)
    last = next(iter(records.of(community, Concept)), None) if KINDS[kind].model is Concept else None
    return _form(community, KINDS[kind], _ready(community, KINDS[kind].form(obj=last)))


@bp.post(f"/<int:community_id>/{KIND}/nieuw")
@requires("community.edit")
def new_record(community_id: int, kind: str) -> ResponseReturnValue:
    """Write down a record."""
    community = services.load_community(current_user, community_id, own=True)
    return _save(community, KINDS[kind], None)


@bp.get(f"/<int:community_id>/{KIND}/<int:record_id>")
@requires("community.edit")
def change_record_form(community_id: int, kind: str, record_id: int) -> ResponseReturnValue:
    community = services.load_community(current_user, community_id, own=True)
    record = records.load(community, KINDS[kind].model, record_id)
    return _form(community, KINDS[kind], _ready(community, KINDS[kind].form(obj=record)), record)


@bp.post(f"/<int:community_id>/{KIND}/<int:record_id>")
@requires("community.edit")
def change_record(community_id: int, kind: str, record_id: int) -> ResponseReturnValue:
    """Correct a record."""
    community = services.load_community(current_user, community_id, own=True)
    return _save(community, KINDS[kind], records.load(community, KINDS[kind].model, record_id))


@bp.post(f"/<int:community_id>/{KIND}/<int:record_id>/verwijderen")
@requires("community.edit")
def remove_record(community_id: int, kind: str, record_id: int) -> ResponseReturnValue:
    """Take a record away."""
    community = services.load_community(current_user, community_id, own=True)
    record = records.load(community, KINDS[kind].model, record_id)
    try:
        records.remove(community, record)
    except Conflict as conflict:
        return _list(community, KINDS[kind], refusal=str(conflict)), conflict.status
    flash(_("Het is weggehaald."), "info")
    return redirect(url_for(".records_of", community_id=community.id, kind=kind))


@bp.get("/<int:community_id>/doelen/<int:record_id>/metingen")
@requires("community.edit")
def measure_form(community_id: int, record_id: int) -> ResponseReturnValue:
    """A measurement of a goal."""
    community = services.load_community(current_user, community_id, own=True)
    goal = records.load(community, Goal, record_id)
    return render_template("community/measure.html", community=community, goal=goal, form=MeasurementForm(), refusal="")


@bp.post("/<int:community_id>/doelen/<int:record_id>/metingen")
@requires("community.edit")
def measure(community_id: int, record_id: int) -> ResponseReturnValue:
    community = services.load_community(current_user, community_id, own=True)
    goal = records.load(community, Goal, record_id)
    form, refusal, status = MeasurementForm(), "", 422
    if form.validate():
        try:
            records.measure(community, goal, form.on.data, float(form.value.data or 0), form.note.data or "")
        except Conflict as conflict:
            refusal, status = str(conflict), conflict.status
        else:
            flash(_("De meting is bewaard."), "success")
            return redirect(url_for(".records_of", community_id=community.id, kind="doelen"))
    page = render_template("community/measure.html", community=community, goal=goal, form=form, refusal=refusal)
    return page, status


@bp.get("/<int:community_id>/vragen")
@requires("community.read")
def questions(community_id: int) -> ResponseReturnValue:
    """Our own questions, what the answers say together, and a list to fill in."""
    community = services.load_community(current_user, community_id)
    return _questions(community, response_form(evaluation.questions(community)))


@bp.post("/<int:community_id>/vragen")
@requires("community.edit")
def answer(community_id: int) -> ResponseReturnValue:
    """Keep one filled-in list of questions."""
    community = services.load_community(current_user, community_id, own=True)
    form = response_form(evaluation.questions(community))
    if not form.validate():
        return _questions(community, form), 422
    evaluation.answer(community, today(), form.scores(), form.once.data or None)
    flash(_("De antwoorden zijn bewaard. Van wie ze zijn, is nergens te zien."), "success")
    return redirect(url_for(".questions", community_id=community.id))


def _questions(community: Community, form: ResponseForm) -> str:
    return render_template(
        "community/questions.html",
        community=community,
        results=evaluation.results(community),
        form=form,
        fewest=evaluation.FEWEST,
        mine=community.library_id == current_user.library_id,
    )


def _list(community: Community, kind: Kind, *, refusal: str = "") -> str:
    found = records.of(community, kind.model)
    came_from: dict[str, Any] = {}
    for offer in kind.offers:
        came_from |= origins(offer, [str(record.id) for record in found])
    return render_template(
        "community/records.html",
        community=community,
        kind=kind,
        found=found,
        came_from=came_from,
        refusal=refusal,
        mine=community.library_id == current_user.library_id,
    )


def _form(community: Community, kind: Kind, form: FlaskForm, record: Any = None, refusal: str = "") -> str:
    return render_template(
        "community/record.html", community=community, kind=kind, form=form, record=record, refusal=refusal
    )


def _ready(community: Community, form: FlaskForm) -> FlaskForm:
    if isinstance(form, GoalForm):
        form.offer(records.organisation_goals(community.library_id))
    return form


def _save(community: Community, kind: Kind, record: Any) -> ResponseReturnValue:
    form = _ready(community, kind.form())
    if not form.validate():
        return _form(community, kind, form, record), 422
    values = {name: value for name, value in form.data.items() if name != "csrf_token"}
    try:
        if kind.model is Concept:
            if record is not None:
                raise Conflict(_("Een versie van het concept blijft staan. Schrijf een nieuwe versie."))
            records.save_concept(community, current_user, **values)
        else:
            if isinstance(form, GoalForm):
                new = values.pop("new_organisation_goal")
                values["target"] = None if values["target"] is None else float(values["target"])
                if new:
                    values["organisation_goal_id"] = records.organisation_goal(community, new).id
            if record is None:
                records.add(community, kind.model, **values)
            else:
                records.change(community, record, **values)
    except Invalid as invalid:
        form[invalid.field or ""].errors = [str(invalid)]
        return _form(community, kind, form, record), invalid.status
    except Conflict as conflict:
        return _form(community, kind, form, record, refusal=str(conflict)), conflict.status
    flash(_("Bewaard. Uw collega's zien het ook."), "success")
    return redirect(url_for(".records_of", community_id=community.id, kind=kind.slug))
