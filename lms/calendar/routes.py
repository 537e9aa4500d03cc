"""One's calendar: the page, and the feed for other apps."""

from datetime import time, timedelta
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from .. import clock
from ..policies import public, requires
from . import feeds, services

bp = Blueprint("calendar", __name__)
SHOWN = timedelta(days=180)


@bp.get("/kalender")
@requires("core.use")
def index() -> ResponseReturnValue:
    """What comes in the next half year, by month, and how to have it in one's own app."""
    first = clock.at(clock.today(), time())  # what lasts all day begins at midnight
    coming = services.entries(current_user, first, first + SHOWN)
    # What began in an earlier month and still goes on stands in this one.
    months = groupby(coming, key=lambda entry: format_date(clock.local(max(entry.starts_at, first)), "MMMM yyyy"))
    return render_template(
        "calendar/index.html",
        months=[(name, list(some)) for name, some in months],
        address=services.address(current_user),
    )


@bp.post("/kalender/adres")
@requires("core.use")
def renew() -> ResponseReturnValue:
    """Another address for the feed; the one that there was ends."""
    services.renew(current_user)
    flash(_("Uw kalender heeft een nieuw adres. Het oude werkt niet meer."), "success")
    return redirect(url_for(".index") + "#abonneren")


@bp.get("/kalender/<token>.ics")
@public
def private(token: str) -> ResponseReturnValue:
    """Somebody's calendar, for the app that knows the secret address."""
    person = services.owner(token)
    response = feeds.feed(_("Leerplein: %(name)s", name=person.name), services.of_feed(person))
    response.headers["X-Robots-Tag"] = "noindex"
    return response
