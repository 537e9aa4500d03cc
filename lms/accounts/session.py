"""Who is here: the signed-in person of a request.

The session is a signed cookie: it names the person, and has a key of its own. What ends one is known to the server:
the key is noted at signing out, and the person's version rises with the password, which ends them all.
"""

import secrets

from flask import Flask, Response, current_app, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user, logout_user
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Select, bindparam, delete, exists, select
from sqlalchemy.orm import joinedload

from .. import policies
from ..clock import now
from ..db import db, once
from ..headers import is_static
from .models import EndedSession, Person

KEY = "key"
RENEWED = "renewed"
RENEW_AFTER = 3600  # seconds
ASKED_BY_MACHINES = {"core.site.healthz", "core.site.readyz"}
"""Pages that tell how the site does, also when it cannot say who asks."""


class Cookies(SecureCookieSessionInterface):
    """Cookies for pages, and none for a static file: a proxy may keep that and hand it to the next person."""

    def __init__(self) -> None:
        self._signer: tuple[object, URLSafeTimedSerializer | None] = None, None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The one that signs cookies. Kept for as long as the secrets are the same: Flask makes it for each request."""
        secrets_now = app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ())
        made_of, signer = self._signer
        if made_of != secrets_now:
            signer = super().get_signing_serializer(app)
            self._signer = secrets_now, signer
        return signer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not (is_static() and response.status_code < 400):
            super().save_session(app, session, response)


def load_person(identity: str) -> Person | None:
    """The person behind a session; None once it was signed out, the password changed or the account was closed."""
    number, _, version = identity.partition(":")
    if not (number.isdigit() and version.isdigit()):
        return None
    whose = {"id": int(number), "version": int(version), "key": session.get(KEY, "")}
    found = db.session.execute(_person(), whose).one_or_none()
    if found is None:
        return None
    person, *roles = found
    policies.keep_roles(person, *roles)
    return person


@once
def _person() -> Select[Person, str, str]:
    # Roles and the end of a session come within the one query for the person: each page asks for all three.
    ended = exists().where(EndedSession.key == bindparam("key"))
    return (
        select(Person, *policies.roles_within())
        .where(Person.id == bindparam("id"), Person.version == bindparam("version"), Person.active, ~ended)
        .options(joinedload(Person.library))
    )


def sign_in(person: Person) -> None:
    """Begin a session for this person. Nothing of the one before stays, so a planted one is worth nothing."""
    _end()
    login_user(person)
    session[KEY] = secrets.token_urlsafe(24)
    session[RENEWED] = _seconds()
    session.permanent = True  # for PERMANENT_SESSION_LIFETIME


def sign_out() -> None:
    """End the session of this browser, also for whoever copied its cookie."""
    logout_user()
    _end()


def sign_out_elsewhere(person: Person) -> None:
    """End all other sessions of the person who is here, and the links to choose a password that are under way."""
    person.version += 1
    db.session.flush()
    sign_in(person)


def _end() -> None:
    """Forget the present session, and remember for as long as its cookie may live that it ended."""
    if KEY in session:
        # Twice as long: a page that was under way may have renewed the cookie just after.
        past = now() - 2 * current_app.permanent_session_lifetime
        db.session.execute(delete(EndedSession).where(EndedSession.ended_at < past))
        db.session.add(EndedSession(key=session[KEY]))
    session.clear()


def _tend() -> None:
    """Let the cookie of somebody who is busy live on, and forget a session that ended, so that it is not signed anew.

    Once an hour: with each answer that has a cookie, one that was just cleared could come back.
    """
    if KEY not in session or is_static() or request.endpoint in ASKED_BY_MACHINES:
        return
    if not current_user.is_authenticated:
        session.clear()
    elif _seconds() - session.get(RENEWED, 0) >= RENEW_AFTER:
        session[RENEWED] = _seconds()


def _seconds() -> int:
    return int(now().timestamp())


def init_app(app: Flask) -> None:
    """Let Flask-Login ask us; who must sign in where is decided in ``lms.policies``."""
    app.session_interface = Cookies()
    manager = LoginManager(app)
    manager.session_protection = None  # it compares addresses, and people change networks on the train
    manager.user_loader(load_person)
    app.before_request(_tend)
