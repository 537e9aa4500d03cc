"""Who is here: the signed-in person of a request."""

from flask import Flask, Response, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..db import db
from ..headers import is_static
from .models import Person


class Cookies(SecureCookieSessionInterface):
    """Cookies for pages, and none for a static file: a proxy may keep that and hand it to the next person."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not (is_static() and response.status_code < 400):
            super().save_session(app, session, response)


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
    app.session_interface = Cookies()
    manager = LoginManager(app)
    manager.session_protection = None  # it compares addresses, and people change networks on the train
    manager.user_loader(load_person)
