"""Pages about the site itself, and the two that machines ask."""

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .. import migrate
from ..db import db
from ..policies import public

bp = Blueprint("site", __name__)


@bp.get("/over")
@public
def about() -> ResponseReturnValue:
    return render_template("site/about.html")


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The process can serve: the database answers and has the tables that this version needs."""
    try:
        db.session.execute(text("SELECT 1"))
        behind = migrate.pending()
    except SQLAlchemyError:
        return jsonify(status="database"), 503
    if behind:
        return jsonify(status="upgrade", plugins=behind), 503
    return jsonify(status="ok")
