"""The addresses of the pages of a course in a run: all there is to print, and one page."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..courses.pages import PROGRAMME
from ..courses.prose import a_level_down
from ..policies import requires
from ..runs.visits import load_run
from . import services

bp = Blueprint("pages", __name__)


@bp.get("/runs/<int:run_id>/materiaal")
@requires("core.follow")
def index(run_id: int) -> ResponseReturnValue:
    """Everything to print, by lesson day, and the glossary."""
    visit = load_run(current_user, run_id)
    return render_template(
        "pages/index.html",
        visit=visit,
        glossary=services.glossary_of(visit),
        days=[(day, services.paper_of(visit, day.number)) for day in visit.contents.days],
    )


@bp.get("/runs/<int:run_id>/materiaal/<slug>")
@requires("core.follow")
def page(run_id: int, slug: str) -> ResponseReturnValue:
    """One page, to read and to print. A programme stands with its lesson day."""
    visit = load_run(current_user, run_id)
    page = services.load_page(visit, slug)
    if page.kind == PROGRAMME:
        return redirect(url_for("core.runs.day", run_id=run_id, number=page.day_number))
    return render_template("pages/page.html", visit=visit, page=page, html=a_level_down(page.body_html))
