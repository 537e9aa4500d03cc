"""The mails that a demo wrote, since nobody there has a mailbox."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ..errors import NotFound
from ..policies import requires
from ..site.settings import is_demo
from . import services

bp = Blueprint("notifications", __name__)


@bp.get("/beheer/mails")
@requires("core.manage")
def mails() -> ResponseReturnValue:
    """All mails with their text. On a real site these are between the site and the person."""
    if not is_demo():
        raise NotFound("Deze pagina staat niet op de plank.")
    page = services.all_mails(max(request.args.get("page", 1, type=int), 1))
    return render_template("notifications/mails.html", page=page)
