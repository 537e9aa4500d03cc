"""Who is here: the signed-in person of a request."""

from flask import Flask
from flask_login import LoginManager
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..db import db
from .models import Person


def load_person(identity: str) -> Person | None:
    """The person behind a session; None once the password changed or the account was closed."""
    number, _, version = identity.partition(":")
    if not (number.isdigit() and version.isdigit()):
        return None
    return db.session.scalar(
        select(Person)
        .where(Person.id == int(number), Person.version == int(version), Person.active)
        .options(joinedload(Person.library))
    )


def init_app(app: Flask) -> None:
    """Let Flask-Login ask us; who must sign in where is decided in ``lms.policies``."""
    manager = LoginManager(app)
    manager.session_protection = None  # it compares addresses, and people change networks on the train
    manager.user_loader(load_person)
