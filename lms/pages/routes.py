"""The addresses of the pages of a course in a run: all there is to print, and one page."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..courses.pages import GLOSSARY, PROGRAMME
from ..courses.prose import a_level_down
from ..courses.sections import places
from ..policies import requires
from ..runs.visits import RunVisit, load_run
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
    return render_template(
        "pages/page.html",
        visit=visit,
        page=page,
        html=a_level_down(page.body_html),
        letters=_letters(page.body_html) if page.kind == GLOSSARY else {},
        origin=_origin(visit),
    )


def _letters(html: str) -> dict[str, str]:
    """Each first letter of a term, to the place of the first term with it."""
    letters: dict[str, str] = {}
    for term in places(html):
        if term.level == 2:
            letters.setdefault(term.title[:1].upper(), term.id)
    return letters


def _origin(visit: RunVisit) -> tuple[str, str] | None:
    """The lesson or assignment of this run that one came from: its address and its title."""
    came_from = (request.referrer or "").partition("?")[0]
    for module in visit.contents.modules:
        for _number, activity in module.activities:
            address = url_for("core.runs.activity", run_id=visit.run.id, slug=activity.slug)
            if came_from.endswith(address):
                return address, activity.title
    return None
