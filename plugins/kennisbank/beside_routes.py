"""Searching beside one's work: opened in a tab of its own, so that the draft stays as it is."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.api import Visit, current_user, load_visit, requires
from lms.api import gettext as _

from . import citing, reading, services
from .facets import Selection, Words
from .routes import bp
from .search.finding import Search


@bp.get("/naast/<int:run_id>/<slug>")
@requires("kennisbank.choose")
def beside(run_id: int, slug: str) -> ResponseReturnValue:
    """Entries to cite in this work, and those that one cites already."""
    visit = _visit(run_id, slug)
    words = Words()
    selection = Selection.read(request.args.get("q", ""), request.args.getlist, words)
    number = max(request.args.get("page", 1, type=int), 1)
    page, _facets = services.find(Search(selection, words, current_user), number)
    cited = citing.cited(visit)
    return render_template(
        "kennisbank/beside.html",
        visit=visit,
        words=words,
        selection=selection,
        page=page,
        cited=[(entry, citing.line(entry)) for entry in cited],
        slugs={entry.slug for entry in cited},
    )


@bp.post("/naast/<int:run_id>/<slug>")
@requires("kennisbank.choose")
def cite(run_id: int, slug: str) -> ResponseReturnValue:
    """«Haal aan», or take that back."""
    visit = _visit(run_id, slug)
    entry = reading.load_entry(current_user, request.form.get("entry", ""))
    if request.form.get("back") == "1":
        citing.take_back(visit, entry)
        flash(_("Weggehaald uit uw lijst."), "success")
    else:
        citing.cite(visit, entry)
        flash(_("Aangehaald. Neem de regel hieronder over in uw werk."), "success")
    q = request.form.get("q", "")[:200] or None
    return redirect(url_for(".beside", run_id=run_id, slug=slug, q=q))


def _visit(run_id: int, slug: str) -> Visit:
    visit = load_visit(current_user, run_id, slug)
    visit.participant(reading=True)
    return visit
