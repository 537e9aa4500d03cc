"""The page /zoeken."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..policies import public
from . import services

bp = Blueprint("search", __name__)


@bp.get("/zoeken")
@public
def index() -> ResponseReturnValue:
    """What the whole site has for these words, by part of the site. Each part limits itself to what one may see."""
    words = services.tidy(request.args.get("q", ""))
    return render_template("search/index.html", words=words, groups=services.search(words, current_user))
