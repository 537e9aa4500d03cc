"""The word lists, for administrators."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from ..errors import Invalid, LmsError
from ..policies import requires
from . import editing, links
from .forms import AddForm, MergeForm, TermForm
from .models import Term, Vocabulary

bp = Blueprint("vocabularies", __name__, url_prefix="/beheer/woordenlijsten")


@bp.get("/")
@requires("core.manage")
def index() -> ResponseReturnValue:
    """Every list."""
    return render_template("vocabularies/index.html", vocabularies=editing.all_vocabularies())


@bp.get("/<key>/")
@requires("core.manage")
def vocabulary(key: str) -> ResponseReturnValue:
    """The words of a list, in their order."""
    return _list(editing.load_vocabulary(key), AddForm())


@bp.post("/<key>/")
@requires("core.manage")
def add(key: str) -> ResponseReturnValue:
    """Add a word at the end."""
    found, form = editing.load_vocabulary(key, for_update=True), AddForm()
    if form.validate():
        try:
            term = editing.add(found, form.label.data or "")
        except Invalid as error:
            _refuse(form, error)
        else:
            flash(_("«%(word)s» staat in de lijst. Hieronder zegt u er meer over.", word=term.label), "success")
            return redirect(url_for(".term", key=key, term_id=term.id))
    return _list(found, form), 422


@bp.post("/<key>/<int:term_id>/volgorde")
@requires("core.manage")
def move(key: str, term_id: int) -> ResponseReturnValue:
    """Move a word one place."""
    found = editing.load_vocabulary(key, for_update=True)
    editing.move(found, editing.load_term(found, term_id), up=request.form.get("kant") == "omhoog")
    return redirect(url_for(".vocabulary", key=key) + f"#woord-{term_id}")


@bp.get("/<key>/<int:term_id>")
@requires("core.manage")
def term(key: str, term_id: int) -> ResponseReturnValue:
    """One word."""
    found = editing.load_vocabulary(key)
    one = editing.load_term(found, term_id)
    return _term(found, one, _filled(one), MergeForm(formdata=None))


@bp.post("/<key>/<int:term_id>")
@requires("core.manage")
def change(key: str, term_id: int) -> ResponseReturnValue:
    """Change a word."""
    found = editing.load_vocabulary(key, for_update=True)
    one, status = editing.load_term(found, term_id), 422
    form = _with_earlier(TermForm(), one)
    if form.validate():
        entry = editing.Entry(
            label=form.label.data or "",
            definition=form.definition.data or "",
            aliases=tuple((form.aliases.data or "").splitlines()),
            valid_from=form.valid_from.data,
            valid_to=form.valid_to.data,
            enabled=form.enabled.data,
            forget=frozenset(map(int, form.forget.data or ())),
        )
        try:
            editing.change(found, one, entry, request.form.get("revision", 0, type=int))
        except LmsError as error:
            status = error.status
            _refuse(form, error)
        else:
            flash(_("«%(word)s» is bewaard.", word=one.label), "success")
            return redirect(url_for(".vocabulary", key=key) + f"#woord-{term_id}")
    return _term(found, one, form, MergeForm(formdata=None)), status


@bp.post("/<key>/<int:term_id>/samenvoegen")
@requires("core.manage")
def merge(key: str, term_id: int) -> ResponseReturnValue:
    """Let a word go up in another: first what will happen, then, confirmed, do it."""
    found = editing.load_vocabulary(key, for_update=True)
    one, form = editing.load_term(found, term_id), MergeForm()
    if not form.validate():
        return _term(found, one, _filled(one), form), 422
    try:
        other = editing.find_other(found, one, form.other.data or "")
        if request.form.get("zeker") != str(other.id):
            uses = links.uses([one.id]).get(one.id, 0)
            return render_template("vocabularies/merge.html", vocabulary=found, term=one, other=other, uses=uses)
        rows = editing.merge(found, one, other)
    except Invalid as error:
        _refuse(form, error)
        return _term(found, one, _filled(one), form), error.status
    moved = ngettext("%(num)s plek verwijst nu daarnaar.", "%(num)s plekken verwijzen nu daarnaar.", rows)
    flash(
        _("«%(old)s» is opgegaan in «%(new)s».", old=one.label, new=other.label) + (f" {moved}" if rows else ""),
        "success",
    )
    return redirect(url_for(".vocabulary", key=key) + f"#woord-{other.id}")


def _filled(one: Term) -> TermForm:
    own = "\n".join(alias.label for alias in one.aliases if not alias.earlier)
    names = ("label", "definition", "valid_from", "valid_to", "enabled", "revision")
    return _with_earlier(TermForm(formdata=None, aliases=own, **{name: getattr(one, name) for name in names}), one)


def _with_earlier(form: TermForm, one: Term) -> TermForm:
    form.forget.choices = [(str(alias.id), alias.label) for alias in one.aliases if alias.earlier]
    return form


def _refuse(form: FlaskForm, error: LmsError) -> None:
    field = getattr(error, "field", None)
    if field in form._fields:
        form[field].errors = [str(error)]
    else:
        form.form_errors.append(str(error))


def _list(found: Vocabulary, form: AddForm) -> str:
    order = editing.in_order(found)
    uses = links.uses([term.id for term in order])
    return render_template("vocabularies/list.html", vocabulary=found, order=order, uses=uses, form=form)


def _term(found: Vocabulary, one: Term, form: TermForm, merge_form: MergeForm) -> str:
    return render_template(
        "vocabularies/term.html",
        vocabulary=found,
        term=one,
        form=form,
        merge_form=merge_form,
        uses=links.uses([one.id]).get(one.id, 0),
        others=[other for other in editing.in_order(found) if other is not one and other.successor_id is None],
        gone_up=list(editing.gone_up_in(found, one)),
    )
