"""One's own data, and for administrators anybody's: take them out, or have them removed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm.exc import ObjectDeletedError

from .. import clock
from ..accounts import attempts, session
from ..accounts import services as accounts
from ..accounts.models import Person
from ..admin.services import load_person
from ..assignments.export import pieces
from ..db import keep, reads_first, write_now
from ..errors import Conflict, NotFound, TooMany
from ..policies import public, requires
from . import services
from .forms import DownloadForm, RemoveForm

bp = Blueprint("privacy", __name__)


class Refusal(Exception):
    """The password was not right, or it was tried too often; ``wait`` is in seconds."""

    def __init__(self, sentence: str, status: int = 422, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.wait = wait

    def answer(self, form: DownloadForm | RemoveForm, page: Any) -> ResponseReturnValue:
        """The page with the sentence at the password."""
        form.current.errors = [str(self)]
        headers = {"Retry-After": str(self.wait)} if self.wait else {}
        return page(), self.status, headers


@bp.get("/account/gegevens")
@requires("core.use")
def own() -> ResponseReturnValue:
    """What the site holds about oneself."""
    return _data_page(_me(), DownloadForm())


@bp.post("/account/gegevens")
@requires("core.use")
@reads_first
def download_own() -> ResponseReturnValue:
    """Download it all."""
    return _download(_me())


@bp.get("/account/verwijderen")
@requires("core.use")
def leave() -> ResponseReturnValue:
    """What goes and what stays when one leaves."""
    return _remove_page(_me(), _remove_form(_me()))


@bp.post("/account/verwijderen")
@requires("core.use")
@reads_first
def remove_own() -> ResponseReturnValue:
    """Leave."""
    try:
        refused = _remove(_me())
    except ObjectDeletedError:  # the button was pressed twice, and the first press removed them
        refused = None
    if refused is not None:
        return refused
    session.sign_out()
    response = redirect(url_for(".gone"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.get("/account/verwijderd")
@public
def gone() -> ResponseReturnValue:
    """The last page that somebody sees."""
    return render_template("privacy/gone.html")


@bp.get("/beheer/mensen/<int:person_id>/gegevens")
@requires("core.manage")
def of_person(person_id: int) -> ResponseReturnValue:
    """What the site holds about somebody."""
    return _data_page(load_person(person_id), DownloadForm())


@bp.post("/beheer/mensen/<int:person_id>/gegevens")
@requires("core.manage")
@reads_first
def download(person_id: int) -> ResponseReturnValue:
    """Download it for somebody who asks."""
    return _download(load_person(person_id))


@bp.get("/beheer/mensen/<int:person_id>/verwijderen")
@requires("core.manage")
def removal(person_id: int) -> ResponseReturnValue:
    """What goes and what stays when somebody leaves."""
    person = load_person(person_id)
    if person.id == current_user.id:
        return redirect(url_for(".leave"))
    return _remove_page(person, _remove_form(person))


@bp.post("/beheer/mensen/<int:person_id>/verwijderen")
@requires("core.manage")
@reads_first
def remove(person_id: int) -> ResponseReturnValue:
    """Remove somebody."""
    try:
        person = load_person(person_id)
    except NotFound:
        if not services.was_removed(person_id):
            raise
        flash(_("Dit account was al verwijderd."), "info")  # the button was pressed twice
        return redirect(url_for("core.admin.people"))
    if person.id == current_user.id:
        raise Conflict(_("Dit is uw eigen account. U verwijdert het bij «Uw account»."))
    name = person.name
    refused = _remove(person)
    if refused is not None:
        return refused
    flash(_("Het account en de gegevens van %(name)s zijn verwijderd.", name=name), "success")
    return redirect(url_for("core.admin.people"))


def _me() -> Person:
    return current_user._get_current_object()


def _download(person: Person) -> ResponseReturnValue:
    form = DownloadForm()
    if not form.validate():
        return _data_page(person, form), 422
    downloads = [attempts.by_address("export", current_user.email)]
    try:
        checked = _check_password(form, *downloads)
        whole = services.pack(person)  # reads many files, so no lock is held yet
        write_now()
        _settle(checked, whole.close)
    except Refusal as refusal:
        return refusal.answer(form, lambda: _data_page(person, form))
    attempts.note(downloads)
    services.note_export(person)
    response = Response(pieces(whole), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"gegevens-{clock.today().isoformat()}.zip")
    return response


def _remove(person: Person) -> ResponseReturnValue | None:
    """Remove the person; returns the page that says why not."""
    form = _remove_form(person)
    if not form.validate():
        return _remove_page(person, form), 422
    try:
        checked = _check_password(form)
        write_now()
        _settle(checked)
        services.remove(person)
    except Refusal as refusal:
        return refusal.answer(form, lambda: _remove_page(person, form))
    except Conflict as error:
        form.form_errors.append(str(error))
        return _remove_page(person, form), error.status
    return None


def _check_password(form: DownloadForm | RemoveForm, *also: attempts.Limit) -> Any:
    """Is this the password of who asks? Slow, and only reads. Raises Refusal, after counting the try.

    Of ``also`` there must be some left, but a wrong password does not count for them.
    """
    limits = _limits()
    try:
        attempts.check([*limits, *also])
        checked = accounts.check_sign_in(current_user.email, form.current.data or "")
        if checked is None:
            write_now()
            accounts.settle_sign_in(None, limits)
    except TooMany as error:
        raise Refusal(str(error), error.status, error.retry_after) from None
    if checked is None:
        keep()
        raise Refusal(_("Dit is niet uw wachtwoord."))
    return checked


def _settle(checked: Any, give_up: Callable[[], None] = lambda: None) -> None:
    """The same once more, now that nobody else writes. Raises Refusal when something changed meanwhile."""
    try:
        known = accounts.settle_sign_in(checked, _limits())
    except TooMany as error:
        give_up()
        raise Refusal(str(error), error.status, error.retry_after) from None
    if known is None:
        give_up()
        raise Refusal(_("Uw account is intussen gewijzigd. Meld u opnieuw aan."))


def _limits() -> list[attempts.Limit]:
    return [attempts.by_address("password", current_user.email)]


def _remove_form(person: Person) -> RemoveForm:
    own = person.id == current_user.id
    if own:
        label = _("Typ uw e-mailadres: %(email)s", email=person.email)
    else:
        label = _("Typ het e-mailadres van dit account: %(email)s", email=person.email)
    return RemoveForm(expected=person.email, label=label)


def _data_page(person: Person, form: DownloadForm) -> str:
    return _page("privacy/data.html", person, form)


def _remove_page(person: Person, form: RemoveForm) -> str:
    return _page("privacy/remove.html", person, form)


def _page(template: str, person: Person, form: DownloadForm | RemoveForm) -> str:
    own = person.id == current_user.id
    return render_template(template, found=person, form=form, own=own, overview=services.overview(person))
