"""What a reader does on an entry: it still holds, it is of use to us, we took it over."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.api import current_user, requires
from lms.api import gettext as _

from . import evidence, reading
from .entry_forms import ConfirmForm, TakeOverForm
from .lists import RESULT_KIND, Lists
from .models import Entry
from .routes import bp


@bp.post("/<slug>/klopt")
@requires("kennisbank.read")
def confirm(slug: str) -> ResponseReturnValue:
    """«Klopt dit nog?»: one press says yes; no can come with a reason."""
    entry = reading.load_entry(current_user, slug)
    form = ConfirmForm()
    form.validate()
    holds = bool(form.holds.data)
    evidence.confirm(current_user, entry, holds, form.note.data or "")
    said = _("Dank u. Lezers zien dat dit nog klopt.") if holds else _("Dank u. De eigenaar kijkt ernaar.")
    flash(said, "success")
    return redirect(url_for(".entry", slug=slug) + "#klopt")


@bp.post("/<slug>/bruikbaar")
@requires("kennisbank.read")
def vote(slug: str) -> ResponseReturnValue:
    """«Bruikbaar voor ons?»."""
    entry = reading.load_entry(current_user, slug)
    evidence.vote(current_user, entry, request.form.get("answer", ""))
    flash(_("Dank u. Uw antwoord telt mee."), "success")
    return redirect(url_for(".entry", slug=slug) + "#bruikbaar")


@bp.route("/<slug>/overgenomen", methods=["GET", "POST"])
@requires("kennisbank.contribute")
def take_over(slug: str) -> ResponseReturnValue:
    """«Wij namen dit over», with one's own result."""
    entry = reading.load_entry(current_user, slug)
    kinds = [(term.code, term.label) for term in Lists().terms[RESULT_KIND]]
    own = evidence.standing(entry, current_user).own(current_user)
    form = TakeOverForm(kinds, obj=own)
    if request.method == "POST":
        if request.form.get("withdraw") == "1":
            evidence.withdraw(current_user, entry)
            flash(_("Uw bibliotheek staat er niet meer bij."), "success")
            return redirect(url_for(".entry", slug=slug))
        if form.validate():
            evidence.take_over(current_user, entry, form.values)
            flash(_("Dank u. Uw bibliotheek staat nu bij «Overgenomen door»."), "success")
            return redirect(url_for(".entry", slug=slug) + "#overgenomen")
    return _take_over_page(entry, form, own is not None), 422 if form.errors else 200


def _take_over_page(entry: Entry, form: TakeOverForm, there: bool) -> str:
    return render_template("kennisbank/take_over.html", entry=entry, form=form, there=there)
