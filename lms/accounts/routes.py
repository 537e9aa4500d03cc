from flask import Blueprint

from ..policies import public, requires

bp = Blueprint("accounts", __name__)


@bp.get("/login")
@public
def login():
    return "login"


@bp.post("/logout")
@requires("core.use")
def logout():
    return "logout"


@bp.get("/account")
@requires("core.use")
def account():
    return "account"
