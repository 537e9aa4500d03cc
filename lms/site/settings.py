"""Facts about the whole site that are kept in the database."""

from flask import current_app

from ..accounts.models import Setting
from ..db import db


def is_demo() -> bool:
    """Is this site a demo? Asked of the database once for each process: a site never becomes a demo later."""
    known = current_app.extensions.get("lms.demo")
    if known is None:
        known = db.session.get(Setting, "demo") is not None
        current_app.extensions["lms.demo"] = known
    return known


def set_demo() -> None:
    """Say that this site is a demo."""
    db.session.merge(Setting(key="demo", value="ja"))
    current_app.extensions["lms.demo"] = True
