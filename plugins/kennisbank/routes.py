"""Pages of the kennisbank."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.api import NotFound, current_user, load_visit, public, requires, today
from lms.api import gettext as _

from . import evidence, figures, lifecycle, reading, services, shelving
from .collection import Collection, Shelf
from .facets import FACETS, SORTS, Selection, Words
from .kinds import kind_of
from .lists import LISTS
from .models import Entry, Status
from .search.finding import Search
from .text import country, linked, pieces

bp = Blueprint("kennisbank", __name__, url_prefix="/kennisbank", template_folder="templates", static_folder="static")


EXTRA = {key: label for key, label in LISTS.items() if key not in {facet.vocabulary for facet in FACETS}}
"""Lists that are no filter but do stand on the page of an entry."""


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """The entries, with filters and their counts; the selection is in the address."""
    words = Words()
    selection = _selection(words)
    search = Search(selection, words, current_user)
    page, facets = services.find(search, _page_number())
    return render_template(
        "kennisbank/index.html",
        words=words,
        selection=selection,
        search=search,
        page=page,
        facets=facets,
        sorts=SORTS,
        suggestion=search.suggestion() if search.query and not page.total else "",
    )


@bp.get("/<slug>")
@public
def entry(slug: str) -> ResponseReturnValue:
    """One entry: the result first. The address carries the selection, so that one can go back to it."""
    found = reading.load_entry(current_user, slug)
    words = Words()
    may_change = lifecycle.may_change(current_user, found)
    return render_template(
        "kennisbank/entry.html",
        entry=found,
        kind=kind_of(found.kind),
        words=words,
        facets=[(facet, words.of_entry(found, facet)) for facet in FACETS[:-1]],
        terms=[(label, labels) for key, label in EXTRA.items() if (labels := _labels(found, key))],
        selection=_selection(words),
        rows=[figures.Row(row, words) for row in found.results if row.outcome or row.baseline],
        wanted=[row.indicator for row in found.results if not (row.outcome or row.baseline)],
        results=pieces(found.result),
        sources=[linked(source) for source in pieces(found.source)],
        country=country(found.country),
        standing=evidence.standing(found, current_user),
        successor=reading.successor(current_user, found),
        figures=figures,
        status=Status,
        labels=lifecycle.LABELS,
        may_change=may_change,
        drafting=may_change and lifecycle.draft_of(found) is not None,
        late=found.review_by is not None and found.review_by < today(),
    )


def _labels(found: Entry, vocabulary: str) -> list[str]:
    return [link.term.label for link in found.links if link.vocabulary == vocabulary]


@bp.post("/collecties/<int:run_id>/<slug>")
@requires("kennisbank.choose")
def choose(run_id: int, slug: str) -> ResponseReturnValue:
    """«Bewaar mijn keuze»."""
    visit = load_visit(current_user, run_id, slug)
    if visit.activity.type != Collection.key:
        raise NotFound(_("Deze verzameling bestaat niet."))
    visit.participant()
    shelf = Shelf(visit)
    if not shelf.entries:
        raise NotFound(_("Deze verzameling is leeg."))
    form = shelf.form()
    if not form.validate():
        return shelf.page(form), 422
    services.choose(visit, form.reasons)
    flash(_("Uw keuze is bewaard."), "success")
    return redirect(url_for("core.runs.activity", run_id=run_id, slug=slug))


@bp.post("/collecties/<int:run_id>/<slug>/plank")
@requires("kennisbank.shelve")
def shelve(run_id: int, slug: str) -> ResponseReturnValue:
    """A trainer puts entries or a live search on the shelf of the run."""
    visit = load_visit(current_user, run_id, slug)
    if visit.activity.type != Collection.key or not visit.is_trainer:
        raise NotFound(_("Deze verzameling bestaat niet."))
    if request.form.get("reset") == "1":
        shelving.put(visit, None)
        flash(_("De plank is weer zoals de cursus hem heeft."), "success")
    else:
        form = shelving.ShelfForm()
        wanted = form.settings(visit.person)
        if wanted is None:
            return Shelf(visit).page(shelving_form=form), 422
        shelving.put(visit, wanted)
        flash(_("De plank is gevuld. Uw groep ziet dit nu."), "success")
    return redirect(url_for("core.runs.activity", run_id=run_id, slug=slug))


def _selection(words: Words) -> Selection:
    return Selection.read(request.args.get("q", ""), request.args.getlist, words)


def _page_number() -> int:
    raw = request.args.get("page", "1")
    if not (raw.isascii() and raw.isdigit() and 0 < len(raw) < 7 and int(raw)):
        raise NotFound(_("Deze bladzijde van de kennisbank bestaat niet."))
    return int(raw)
