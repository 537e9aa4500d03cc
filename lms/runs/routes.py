from flask import Blueprint

from ..policies import requires

bp = Blueprint("runs", __name__)


@bp.get("/courses/")
@requires("core.follow")
def mine():
    return "x"
