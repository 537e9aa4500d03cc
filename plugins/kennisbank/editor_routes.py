"""Pages of the redactie: what waits for them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.api import Invalid, current_user, db, requires
from lms.api import gettext as _

from . import lifecycle, reading
from .lists import Lists
from .models import Entry, Status
from .models.entries import READABLE
from .routes import bp


@bp.get("/redactie")
@requires("kennisbank.edit")
def queue() -> ResponseReturnValue:
    """First entries that wait, and what was published since somebody looked."""
    return _queue()


@bp.post("/redactie/<slug>")
@requires("kennisbank.edit")
def judge(slug: str) -> ResponseReturnValue:
    """Publish, send back with a reason, or say that it was looked at."""
    entry = reading.load_entry(current_user, slug)
    what = request.form.get("what", "")
    if what == "publish":
        lifecycle.publish(current_user, entry, Lists())
        flash(_("«%(title)s» is gepubliceerd.", title=entry.title), "success")
    elif what == "back":
        try:
            lifecycle.send_back(current_user, entry, request.form.get("note", "").replace("\0", ""), Lists())
        except Invalid as error:
            return _queue(slug, str(error)), 422
        flash(_("«%(title)s» is teruggestuurd.", title=entry.title), "success")
    else:
        lifecycle.check(current_user, entry)
        flash(_("«%(title)s» is bekeken.", title=entry.title), "success")
    return redirect(url_for(".queue"))


def _queue(slug: str = "", wrong: str = "") -> str:
    whole = select(Entry).options(joinedload(Entry.created_by)).limit(100)
    waiting = db.session.scalars(whole.where(Entry.status == Status.SUBMITTED).order_by(Entry.submitted_at)).all()
    unseen = db.session.scalars(
        whole.where(Entry.status.in_(READABLE), Entry.checked_at.is_(None)).order_by(Entry.updated_at)
    ).all()
    return render_template("kennisbank/queue.html", waiting=waiting, unseen=unseen, slug=slug, wrong=wrong)
