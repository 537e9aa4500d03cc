"""Pages about the site itself, and those that machines ask."""

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .. import migrate
from ..db import db
from ..errors import NotFound
from ..policies import public
from ..privacy import sweep
from ..registry import registry
from . import security

bp = Blueprint("site", __name__)


@bp.get("/over")
@public
def about() -> ResponseReturnValue:
    return render_template("site/about.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept of whom, why, how long, and how to get it or have it removed."""
    return render_template(
        "site/privacy.html",
        contact=current_app.config["CONTACT"],
        also=[part.label for plugin in registry().plugins if plugin.name != "core" for part in plugin.personal_data],
        cookie=current_app.config["SESSION_COOKIE_NAME"],
        hours=int(current_app.config["PERMANENT_SESSION_LIFETIME"].total_seconds() // 3600),
        log_days=sweep.LOG_DAYS,
        mail_days=sweep.MAIL_DAYS,
        job_days=sweep.JOB_DAYS,
    )


@bp.get("/toegankelijkheid")
@public
def accessibility() -> ResponseReturnValue:
    """How this site is made accessible, and what has not been looked at yet."""
    return render_template("site/accessibility.html", contact=current_app.config["CONTACT"])


@bp.get("/.well-known/security.txt")
@public
def security_txt() -> ResponseReturnValue:
    """Where to tell about a leak (RFC 9116)."""
    text = security.text()
    if text is None:
        raise NotFound(_("Deze site heeft geen security.txt."))
    return Response(text, mimetype="text/plain")


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
