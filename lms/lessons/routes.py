"""What a participant reports of a lesson: done, not done after all, and how far they read."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ..courses.prose import a_level_down
from ..courses.sections import split
from ..errors import NotFound
from ..policies import requires
from ..progress import services as progress
from ..runs.visits import Visit, load_visit

bp = Blueprint("lessons", __name__)


@bp.post("/runs/<int:run_id>/<slug>/afgerond")
@requires("core.take_part")
def mark(run_id: int, slug: str) -> ResponseReturnValue:
    """Mark the lesson as done, or take that back."""
    visit = _lesson(run_id, slug)
    visit.participant()
    if request.form.get("action") == "undo":
        progress.undo(visit.activity, visit.person, visit.run)
        flash(_("«%(title)s» staat weer open.", title=visit.activity.title), "info")
    else:
        progress.complete(visit.activity, visit.person, visit.run)
        flash(_("«%(title)s» is afgerond.", title=visit.activity.title), "success")
    return redirect(url_for("core.runs.activity", run_id=run_id, slug=slug) + "#klaar")


@bp.post("/runs/<int:run_id>/<slug>/plaats")
@requires("core.take_part")
def place(run_id: int, slug: str) -> ResponseReturnValue:
    """Remember the heading that the reader is at; asked by place.js."""
    visit = _lesson(run_id, slug)
    visit.participant()
    progress.keep_place(visit.activity, visit.person, visit.run, request.form.get("place", ""))
    return "", 204


@bp.get("/runs/<int:run_id>/<slug>/afdruk")
@requires("core.follow")
def printed(run_id: int, slug: str) -> ResponseReturnValue:
    """The lesson on paper."""
    visit = _lesson(run_id, slug)
    return render_template("lessons/print.html", visit=visit, sections=split(a_level_down(visit.activity.body_html)))


def _lesson(run_id: int, slug: str) -> Visit:
    visit = load_visit(current_user, run_id, slug)
    if visit.activity.type != "core.lesson":
        raise NotFound(_("Deze les bestaat niet."))
    return visit
