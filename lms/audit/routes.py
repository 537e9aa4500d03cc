"""The audit log, for administrators."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ..policies import requires
from . import services, words

bp = Blueprint("audit", __name__)


@bp.get("/beheer/logboek")
@requires("core.manage")
def index() -> ResponseReturnValue:
    """Who did what to whose, newest first; ``q`` looks for one person."""
    search = request.args.get("q", "").replace("\x00", "")
    page = services.entries(search, max(request.args.get("page", 1, type=int), 1))
    return render_template("audit/index.html", page=page, q=search, words=words, names=services.names_in(page.items))
