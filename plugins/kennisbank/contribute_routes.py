"""Pages of who shares: beginning, writing, and what became of it."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.api import Conflict, Invalid, current_user, may, moment, requires
from lms.api import gettext as _

from . import content, contributing, history, lifecycle
from .entry_forms import EntryForm, StartForm, StateForm
from .kinds import KINDS, kind_of
from .lists import LISTS, Lists
from .models import Entry, Status
from .routes import bp


@bp.route("/bijdragen", methods=["GET", "POST"])
@requires("kennisbank.contribute")
def contribute() -> ResponseReturnValue:
    """«Deel iets»: what it is and its name. What looks like it is shown first, also without script."""
    form = StartForm()
    alike: list[contributing.Alike] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            alike = contributing.alike(current_user, form.title.data or "")
            if not alike or form.other.data == "1":
                entry = contributing.start(current_user, form.kind.data, form.title.data or "")
                return redirect(url_for(".edit", slug=entry.slug))
            status = 200
            form.other.data = "1"
    return render_template(
        "kennisbank/contribute.html",
        form=form,
        alike=alike,
        kinds=KINDS,
        mine=contributing.of_library(current_user),
        labels=lifecycle.LABELS,
    ), status


@bp.get("/bijdragen/lijkt-op")
@requires("kennisbank.contribute")
def alike() -> ResponseReturnValue:
    """What looks like the title that somebody is typing: asked by alike.js."""
    found = contributing.alike(current_user, request.args.get("title", "")[:300])
    return render_template("kennisbank/alike.html", alike=found, labels=lifecycle.LABELS)


@bp.route("/<slug>/bewerken", methods=["GET", "POST"])
@requires("kennisbank.contribute")
def edit(slug: str) -> ResponseReturnValue:
    """Write on an entry; the button at the end makes it what others read."""
    entry = lifecycle.load_own(current_user, slug)
    if entry.status == Status.SUBMITTED and not may(current_user, "kennisbank.edit"):
        raise Conflict(_("Dit wacht op de redactie. Daarna kunt u het weer wijzigen."))
    lists = Lists()
    if request.method == "GET":
        return _page(entry, _form(entry, lists))
    form = EntryForm.of(entry, lists)
    if not form.validate():
        return _page(entry, form), 422
    new = entry.status == Status.DRAFT
    try:
        contributing.finish(current_user, entry, form.data_of_entry, _number(form.revision), _number(form.based_on))
    except contributing.EditConflict as error:
        return _conflict(entry, form, error, lists), 409
    flash(_said(entry, new), "success")
    return redirect(url_for(".entry", slug=entry.slug))


@bp.post("/<slug>/concept")
@requires("kennisbank.contribute")
def save_draft(slug: str) -> ResponseReturnValue:
    """Keep what was typed: asked by draft.js, and by the button «Bewaar concept»."""
    entry = lifecycle.load_own(current_user, slug)
    lists = Lists()
    form = EntryForm.of(entry, lists)
    overwrite = request.form.get("overwrite") == "1"
    data = form.data_of_entry
    if any(len(value) > 20_000 for value in data.values() if isinstance(value, str)):
        raise Invalid(_("Een van de teksten is te lang om te bewaren."))
    try:
        draft = contributing.save_draft(current_user, entry, data, _number(form.revision), overwrite=overwrite)
    except contributing.EditConflict as error:
        if _asked_by_script():
            theirs = history.as_text(error.theirs, lists, form.kind)
            return jsonify(message=str(error), theirs=theirs, revision=error.revision, reload=True), error.status
        return _conflict(entry, form, error, lists), 409
    if _asked_by_script():
        return jsonify(revision=draft.revision, message=_("Bewaard op %(moment)s.", moment=moment(draft.updated_at)))
    if request.form.get("add") == "1":
        return redirect(url_for(".edit", slug=slug, rij=1) + "#resultaten")
    flash(_("Uw concept is bewaard."), "success")
    return redirect(url_for(".edit", slug=slug))


@bp.get("/<slug>/concept")
@requires("kennisbank.contribute")
def resume(slug: str) -> ResponseReturnValue:
    """The form again: who reloads a page with a question on it comes here."""
    return redirect(url_for(".edit", slug=slug))


@bp.post("/<slug>/weggooien")
@requires("kennisbank.contribute")
def discard(slug: str) -> ResponseReturnValue:
    """Throw a concept away, or the changes that were being written."""
    entry = lifecycle.load_own(current_user, slug)
    if entry.status == Status.DRAFT and entry.published_at is None:
        lifecycle.discard(entry)
        flash(_("Het concept is weg."), "success")
        return redirect(url_for(".contribute"))
    contributing.drop_draft(entry)
    flash(_("Uw wijzigingen zijn weg. Wat gepubliceerd is, staat er nog."), "success")
    return redirect(url_for(".entry", slug=slug))


@bp.route("/<slug>/stand", methods=["GET", "POST"])
@requires("kennisbank.contribute")
def state(slug: str) -> ResponseReturnValue:
    """Is it still so? Stopped, followed up, to be looked at, archived, or back."""
    entry = lifecycle.load_own(current_user, slug)
    form = StateForm()
    following = lifecycle.NEXT.get(Status(entry.status), ())
    form.to.choices = [("", _("Kies")), *((status.value, lifecycle.LABELS[status]) for status in following)]
    if not following:
        raise Conflict(_("Dit is nog niet gepubliceerd."))
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                lifecycle.change(
                    current_user, entry, form.to.data or "", form.note.data or "", form.successor.data or "", Lists()
                )
            except Invalid as error:
                form[error.field or "to"].errors = [str(error)]
            else:
                flash(_("De stand is gewijzigd."), "success")
                return redirect(url_for(".entry", slug=slug))
    return render_template("kennisbank/state.html", entry=entry, form=form, labels=lifecycle.LABELS), status


@bp.get("/<slug>/geschiedenis")
@requires("kennisbank.contribute")
def log(slug: str) -> ResponseReturnValue:
    """What changed, when and by whom; for the library that owns it and the redactie."""
    entry = lifecycle.load_own(current_user, slug)
    page = history.page_of(entry)
    return render_template("kennisbank/history.html", entry=entry, page=page, labels=lifecycle.LABELS)


@bp.route("/<slug>/geschiedenis/<int:number>", methods=["GET", "POST"])
@requires("kennisbank.contribute")
def revision(slug: str, number: int) -> ResponseReturnValue:
    """One change beside what stood there before; the button puts the text of that moment back."""
    entry = lifecycle.load_own(current_user, slug)
    found, before = history.load(entry, number)
    lists = Lists()
    if request.method == "POST":
        history.restore(current_user, entry, found, lists)
        flash(_("De tekst van versie %(number)s staat er weer.", number=number), "success")
        return redirect(url_for(".entry", slug=slug))
    return render_template(
        "kennisbank/revision.html",
        entry=entry,
        revision=found,
        changes=history.changes(before.data if before else {}, found.data, lists, kind_of(entry.kind)),
        labels=lifecycle.LABELS,
    )


def _form(entry: Entry, lists: Lists) -> EntryForm:
    draft = lifecycle.draft_of(entry)
    data = content.snapshot(entry, lists) | (draft.data if draft else {})
    form = EntryForm.of(entry, lists, data)
    if request.args.get("rij") and len(form.results) and not form.results[-1].form.is_empty:
        form.results.append_entry()
        form.results[-1].form.kind.choices = form.results[0].form.kind.choices
    form.revision.data = str(draft.revision if draft else 0)
    form.based_on.data = str(draft.based_on if draft else entry.revision or 0)
    return form


def _page(entry: Entry, form: EntryForm) -> str:
    draft = lifecycle.draft_of(entry)
    kept = _("Bewaard op %(moment)s.", moment=moment(draft.updated_at)) if draft else ""
    return render_template(
        "kennisbank/edit.html",
        entry=entry,
        form=form,
        kind=form.kind,
        kept=kept,
        lists=LISTS,
        trusted=entry.status != Status.DRAFT or lifecycle.is_trusted(current_user),
        status=Status,
    )


def _conflict(entry: Entry, form: EntryForm, error: contributing.EditConflict, lists: Lists) -> str:
    theirs = {**content.snapshot(entry, lists), **error.theirs}
    form.revision.data = str(error.revision)
    form.based_on.data = str(entry.revision or 0)
    changes = history.changes(theirs, {**theirs, **form.data_of_entry}, lists, form.kind)
    return render_template(
        "kennisbank/conflict.html", entry=entry, form=form, conflict=error, changes=changes, sent=_sent()
    )


def _sent() -> list[tuple[str, str]]:
    """What was typed, to send once more: all fields but those that the form brings itself."""
    own = {"csrf_token", "revision", "based_on", "overwrite", "add"}
    return [(name, value) for name, value in request.form.items(multi=True) if name not in own]


def _said(entry: Entry, new: bool) -> str:
    if entry.status == Status.SUBMITTED:
        return _("Ingediend. De redactie kijkt naar uw eerste bijdrage; u krijgt bericht.")
    return _("Het staat in de kennisbank.") if new else _("Uw wijziging staat in de kennisbank.")


def _number(field: Any) -> int:
    raw = str(field.data or "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def _asked_by_script() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
