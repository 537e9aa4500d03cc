"""Who is here: the signed-in person of a request."""

from flask import Flask, session
from flask_login import LoginManager, login_user, logout_user
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


def sign_in(person: Person) -> None:
    """Begin a session for this person. Nothing of the one before stays, so a planted one is worth nothing."""
    session.clear()
    login_user(person)
    session.permanent = True  # for PERMANENT_SESSION_LIFETIME


def sign_out() -> None:
    """End the session of this browser."""
    logout_user()
    session.clear()


def init_app(app: Flask) -> None:
    """Let Flask-Login ask us; who must sign in where is decided in ``lms.policies``."""
    manager = LoginManager(app)
    manager.session_protection = None  # it compares addresses, and people change networks on the train
    manager.user_loader(load_person)
