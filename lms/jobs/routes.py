"""The work that failed, for administrators: what went wrong, and once more."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from ..policies import requires
from . import services

bp = Blueprint("jobs", __name__)


@bp.get("/beheer/taken")
@requires("core.manage")
def index() -> ResponseReturnValue:
    """What was given up, and whether a worker is running."""
    page = services.failed_page(max(request.args.get("page", 1, type=int), 1))
    return render_template("jobs/index.html", page=page, standing=services.standing(), label=services.label)


@bp.post("/beheer/taken/opnieuw")
@requires("core.manage")
def retry_all() -> ResponseReturnValue:
    """Try all of it again."""
    count = services.retry_failed()
    flash(ngettext("%(num)s taak gaat opnieuw.", "%(num)s taken gaan opnieuw.", count), "info")
    return redirect(url_for(".index"))


@bp.post("/beheer/taken/<int:job_id>/opnieuw")
@requires("core.manage")
def retry(job_id: int) -> ResponseReturnValue:
    """Try one again."""
    services.retry(services.load_job(job_id))
    flash(_("De taak gaat opnieuw. Lukt het weer niet, dan staat de taak hier over een paar uur terug."), "info")
    return redirect(url_for(".index"))


@bp.post("/beheer/taken/<int:job_id>/verwijderen")
@requires("core.manage")
def drop(job_id: int) -> ResponseReturnValue:
    """Leave one undone, such as a mail to an address that does not exist."""
    services.drop(services.load_job(job_id))
    flash(_("De taak is verwijderd en gaat niet meer opnieuw."), "info")
    return redirect(url_for(".index"))
