from flask import Blueprint

from ..policies import requires

bp = Blueprint("admin", __name__, url_prefix="/beheer")


@bp.get("/")
@requires("core.manage")
def index():
    return "beheer"
