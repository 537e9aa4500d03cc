"""What a trainer does in a round of peer feedback."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..errors import LmsError, NotFound
from ..grading import rubric
from ..policies import requires
from ..runs.visits import Visit
from . import overseeing, pages, rounds, shortfall, terms
from .routes import load, save_form, show_form

bp = Blueprint("peer_trainer", __name__, url_prefix="/runs/<int:run_id>/<slug>/feedback/trainer")


@bp.get("/<string(length=16):token>")
@requires("core.judge")
def read(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """One review, with the answers, as its trainer reads it."""
    visit = _load(run_id, slug)
    review = overseeing.load(visit, token)
    work = pages.assignment_of(visit)
    criteria = rubric.rubric(work) if work else ()
    return render_template(
        "peer/read.html",
        visit=visit,
        review=review,
        rubric=criteria,
        levels=rubric.LEVELS,
        terms=terms.of(visit.activity),
    )


@bp.post("/vrijstellen")
@requires("core.judge")
def exempt(run_id: int, slug: str) -> ResponseReturnValue:
    """Let somebody off giving, or take that back."""
    on = request.form.get("on") == "1"
    return _do(
        run_id, slug, lambda visit: overseeing.exempt(visit, _number("enrolment"), request.form.get("note", ""), on=on)
    )


@bp.post("/toevoegen")
@requires("core.judge")
def add(run_id: int, slug: str) -> ResponseReturnValue:
    """Ask somebody to read a work."""
    return _do(run_id, slug, lambda visit: overseeing.add(visit, _number("reviewer"), _number("author")))


@bp.post("/schrijven")
@requires("core.judge")
def fill_in(run_id: int, slug: str) -> ResponseReturnValue:
    """Write feedback oneself, where a work would lack some."""
    visit = _load(run_id, slug)
    try:
        review = overseeing.fill_in(visit, _number("author"))
    except LmsError as refusal:
        return pages.overview_page(visit, error=refusal)
    return redirect(url_for(".give", run_id=run_id, slug=slug, token=review.token))


@bp.get("/<string(length=16):token>/schrijven")
@requires("core.judge")
def give(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """The work beside the form, as a participant has it."""
    return show_form(_load(run_id, slug), token)


@bp.post("/<string(length=16):token>/schrijven")
@requires("core.judge")
def save(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """Keep the draft, add an empty remark, or give the feedback."""
    return save_form(_load(run_id, slug), token)


@bp.post("/verplaatsen")
@requires("core.judge")
def move(run_id: int, slug: str) -> ResponseReturnValue:
    """Give a work that somebody has at hand to somebody else."""
    return _do(run_id, slug, lambda visit: overseeing.move(visit, request.form.get("review", ""), _number("reviewer")))


@bp.post("/<string(length=16):token>/verbergen")
@requires("core.judge")
def hide(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """Hide a review from its author, or show it again."""
    on = request.form.get("on") == "1"
    return _do(run_id, slug, lambda visit: overseeing.hide(visit, token, request.form.get("note", ""), on=on))


@bp.post("/<string(length=16):token>/afhandelen")
@requires("core.judge")
def settle(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """Say that one looked at a report."""
    return _do(run_id, slug, lambda visit: overseeing.settle(visit, token))


@bp.post("/uit-elkaar")
@requires("core.judge")
def apart(run_id: int, slug: str) -> ResponseReturnValue:
    """Keep two people apart, or no longer."""
    on = request.form.get("on", "1") == "1"
    return _do(run_id, slug, lambda visit: overseeing.keep_apart(visit, _number("one"), _number("other"), on=on))


def _do(run_id: int, slug: str, work: Callable[[Visit], Any]) -> ResponseReturnValue:
    visit = _load(run_id, slug)
    try:
        work(visit)
    except NotFound:
        raise
    except LmsError as refusal:
        return pages.overview_page(visit, error=refusal)
    this = rounds.ensure(visit.run, visit.activity)
    now = rounds.standing(this, visit.activity)
    shortfall.renew(now, visit.activity, terms.dates(visit.run, visit.activity))
    flash(_("Bewaard."), "success")
    return redirect(url_for("core.runs.activity", run_id=run_id, slug=slug))


def _load(run_id: int, slug: str) -> Visit:
    visit = load(run_id, slug)
    if not visit.is_trainer:
        raise NotFound(_("Deze ronde bestaat niet."))
    return visit


def _number(name: str) -> int:
    return request.form.get(name, 0, type=int)
