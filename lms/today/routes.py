from flask import Blueprint

from ..policies import requires

bp = Blueprint("today", __name__)


@bp.get("/vandaag")
@requires("core.use")
def index():
    return "x"
