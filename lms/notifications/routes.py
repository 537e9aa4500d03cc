"""What one was told, which of it comes by mail, and the mails that a demo wrote, since nobody there has a mailbox."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ..errors import NotFound
from ..headers import keep_address
from ..policies import public, requires
from ..registry import registry
from ..site.settings import is_demo
from . import services, unsubscribing
from .forms import MailsForm

bp = Blueprint("notifications", __name__)


@bp.get("/berichten")
@requires("core.use")
def index() -> ResponseReturnValue:
    """What one was told, unread first."""
    page = services.notices(current_user, _page_number())
    kinds = registry().mail_kinds
    return render_template("notifications/index.html", page=page, kinds=kinds, unread=services.unread(current_user))


@bp.post("/berichten/<int:notice_id>/openen")
@requires("core.use")
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Go to what the notice is about; from then on it is read."""
    notice = services.load_notice(current_user, notice_id)
    services.mark_read(notice)
    return redirect(notice.link or url_for(".index"))


@bp.post("/berichten/gelezen")
@requires("core.use")
def read_all() -> ResponseReturnValue:
    """All that there was when the page was made is read."""
    services.mark_all_read(current_user, request.form.get("until", 0, type=int))
    return redirect(url_for(".index"))


@bp.post("/account/mails")
@requires("core.use")
def choose() -> ResponseReturnValue:
    """Which kinds come by mail."""
    services.choose(current_user, MailsForm().kinds.data or [])
    flash(_("Uw keuze is bewaard."), "good")
    return redirect(url_for("core.accounts.account") + "#mails")


@bp.get("/mails/<token>")
@public
def unsubscribe(token: str) -> ResponseReturnValue:
    """Whether one still gets this kind of mail, with a button. To look changes nothing: mail hosts open links too."""
    return _unsubscribe_page(token)


@bp.post("/mails/<token>")
@public
def stop(token: str) -> ResponseReturnValue:
    """Stop this kind of mail: the button of the page, or that of a mail program (RFC 8058), which wants no redirect."""
    unsubscribing.stop(*unsubscribing.read(token))
    if "List-Unsubscribe" in request.form:
        return _unsubscribe_page(token)
    return keep_address(redirect(url_for(".unsubscribe", token=token)))


@bp.get("/beheer/mails")
@requires("core.manage")
def mails() -> ResponseReturnValue:
    """All mails with their text. On a real site these are between the site and the person."""
    if not is_demo():
        raise NotFound(_("Deze pagina staat niet op de plank."))
    return render_template("notifications/mails.html", page=services.all_mails(_page_number()))


def _unsubscribe_page(token: str) -> Response:
    person, kind = unsubscribing.read(token)
    wanted = services.wants(person, kind.key)
    return keep_address(render_template("notifications/unsubscribe.html", kind=kind, wanted=wanted))


def _page_number() -> int:
    return max(request.args.get("page", 1, type=int), 1)
