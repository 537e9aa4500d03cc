"""What a participant does with an assignment: keep the draft, hand in, read versions back, take everything along."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from .. import clock
from ..accounts.models import Person
from ..db import keep, reads_first, write_now
from ..errors import Invalid, LmsError, NotFound
from ..files import services as files
from ..files.routes import as_attachment
from ..grading import rubric
from ..html import from_markdown
from ..i18n import hour
from ..policies import requires
from ..runs.visits import Visit, load_visit
from ..web import wants_json
from ..worksheets import pages as sheet_pages
from ..worksheets.forms import place_after
from ..worksheets.reading import read_version
from ..worksheets.services import Sent, sheet_of
from . import KEY, export, pages, reading, services
from .models import Draft

bp = Blueprint("assignments", __name__)


@bp.post("/runs/<int:run_id>/<slug>/concept")
@requires("core.take_part")
@reads_first
def save(run_id: int, slug: str) -> ResponseReturnValue:
    """Keep the draft: asked by draft.js while somebody types, and by the buttons of the form."""
    typed = _receive(run_id, slug)
    visit = _visit(run_id, slug)
    try:
        draft = services.save_draft(visit, typed, remove=request.form.get("remove_file", type=int))
    except LmsError as error:
        return _refused(visit, typed, error)
    if wants_json():
        return jsonify(revision=draft.revision, message=pages.kept(draft))
    if typed.sheet is not None:
        return redirect(url_for("core.worksheets.fill", run_id=run_id, slug=slug) + _where(typed, draft))
    return redirect(url_for("core.runs.activity", run_id=run_id, slug=slug) + "#werk")


@bp.post("/runs/<int:run_id>/<slug>/inleveren")
@requires("core.take_part")
@reads_first
def hand_in(run_id: int, slug: str) -> ResponseReturnValue:
    """Make a version of what was typed, and show its receipt."""
    typed = _receive(run_id, slug, render=True)
    visit = _visit(run_id, slug)
    address = url_for("core.runs.activity", run_id=run_id, slug=slug)
    try:
        receipt = services.hand_in(visit, typed, url=current_app.config["BASE_URL"] + address)
    except LmsError as error:
        return _refused(visit, typed, error)
    version = receipt.version
    if not receipt.again:
        flash(_("Versie %(number)s is ingeleverd. De ontvangst staat ook in uw mail.", number=version.number), "good")
    elif clock.local(version.handed_in_at).date() == clock.today():
        flash(_("U had dit al ingeleverd om %(time)s uur.", time=hour(version.handed_in_at)), "info")
    else:
        flash(_("U had dit al ingeleverd. De tijd staat hieronder."), "info")
    return redirect(address)


@bp.get("/runs/<int:run_id>/<slug>/concept")
@bp.get("/runs/<int:run_id>/<slug>/inleveren")
@requires("core.follow")
def resume(run_id: int, slug: str) -> ResponseReturnValue:
    """The assignment again: who reloads a page with a correction on it, or signs in on it, comes here."""
    visit = _visit(run_id, slug)
    if visit.is_participant and sheet_of(visit.activity) is not None:
        return redirect(url_for("core.worksheets.fill", run_id=run_id, slug=slug))
    return pages.assignment(visit)


@bp.get("/runs/<int:run_id>/<slug>/versies")
@requires("core.follow")
def versions(run_id: int, slug: str) -> ResponseReturnValue:
    """All versions that one handed in."""
    visit = _visit(run_id, slug)
    enrolment = visit.participant(reading=True)
    page = reading.all_versions(enrolment.id, visit.activity.id, request.args.get("page", 1, type=int))
    return render_template("assignments/versions.html", visit=visit, page=page, label=pages.label(visit.activity))


@bp.get("/runs/<int:run_id>/<slug>/versies/<int:number>")
@requires("core.follow")
def version(run_id: int, slug: str, number: int) -> ResponseReturnValue:
    """One version as it was handed in. A trainer says whose with ``?deelnemer=`` and the number of the enrolment."""
    visit = _visit(run_id, slug)
    found, assessment = reading.load_version(visit, number, request.args.get("deelnemer", type=int))
    filled, changes, remarks = read_version(found)
    return render_template(
        "assignments/version.html",
        visit=visit,
        version=found,
        assessment=assessment,
        filled=filled,
        changes=changes,
        remarks=remarks,
        label=pages.label(visit.activity),
        rubric=rubric.rubric(visit.activity),
        levels=rubric.LEVELS,
    )


@bp.post("/voorbeeld")
@requires("core.use")
@reads_first
def preview() -> ResponseReturnValue:
    """What somebody is writing, as it will look: asked by editor.js."""
    text = request.form.get("text", "")
    if len(text) > services.TEXT_LIMIT:
        raise Invalid(_("Deze tekst is te lang voor een voorbeeld."), "text")
    return from_markdown(text)


@bp.get("/mijn-werk.zip")
@requires("core.use")
def download() -> Response:
    """All of one's own work: drafts, versions, files and released judgements."""
    whole = export.pack(_me())
    response = Response(export.pieces(whole), mimetype="application/zip")
    response.call_on_close(whole.close)  # also when nobody reads it to the end
    as_attachment(response, f"mijn-werk-{clock.today().isoformat()}.zip")
    return response


def _me() -> Person:
    return current_user._get_current_object()


def _visit(run_id: int, slug: str) -> Visit:
    visit = load_visit(current_user, run_id, slug)
    if visit.activity.type != KEY:
        raise NotFound(_("Deze opdracht bestaat niet."))
    return visit


def _receive(run_id: int, slug: str, *, render: bool = False) -> services.Typed:
    """Everything slow, before the first write: who may do this, the files, and the text as HTML."""
    visit = _visit(run_id, slug)
    visit.participant()
    sheet = sheet_of(visit.activity)
    received, problems = files.receive_all(request.files.getlist(files.FIELD))
    typed = services.make_ready(
        request.form.get("text", ""),
        request.form.get("revision", 0, type=int),
        overwrite=request.form.get("overwrite") == "1",
        received=received,
        problems=problems,
        render=render,
        sheet=Sent(sheet, request.form, request.form.get("doe", "")) if sheet else None,
    )
    write_now()
    return typed


def _where(typed: services.Typed, draft: Draft) -> str:
    """The place on the page of the sheet to go on at, after a button that does something with its rows."""
    place = place_after(typed.sheet.action, draft.sheet or {}) if typed.sheet else ""
    return f"#{place}" if place else ""


def _refused(visit: Visit, typed: services.Typed, error: LmsError) -> ResponseReturnValue:
    # What could be kept is kept: nobody types or chooses a file twice because of the other one.
    keep()
    if wants_json():
        more = {}
        if isinstance(error, services.EditConflict):
            more = {"theirs": error.theirs, "revision": error.revision}
        return jsonify(message=str(error), **more), error.status
    if typed.sheet is not None:
        if isinstance(error, services.EditConflict) and error.mine is not None:
            return sheet_pages.choose(visit, typed, error)
        return sheet_pages.fill(visit, typed.sheet.sheet, typed=typed, error=error)
    if isinstance(error, services.EditConflict):
        return pages.choose(visit, typed, error)
    return pages.assignment(visit, typed=typed, error=error)
