"""The links in invitations and resets: signed, for one purpose, for a time, and for one use.

A token holds the person's id and version. Setting a password raises the version, so every older link is used up.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from ..clock import now
from ..db import db
from ..errors import LmsError, NotFound
from .models import Person


class Gone(LmsError):
    """The link was good once: it is too old, or used."""

    status = 410


@dataclass(frozen=True)
class Purpose:
    """What a link is for, how long it is good, and what to say when it no longer is."""

    name: str
    valid: timedelta
    expired: object


RESET = Purpose("reset", timedelta(hours=1), _l("Deze link is langer dan een uur oud of al gebruikt."))
INVITATION = Purpose("invitation", timedelta(days=30), _l("Deze uitnodiging is ouder dan 30 dagen of al gebruikt."))


class _ClockSigner(TimestampSigner):
    """Stamps with the clock of the house, so that tests can let a link grow old."""

    def get_timestamp(self) -> int:
        return int(now().timestamp())


def make(purpose: Purpose, person: Person) -> str:
    """A token for this person."""
    return _serializer(purpose).dumps([person.id, person.version])


def read(purpose: Purpose, token: str, *, lock: bool = False) -> Person:
    """The person whom the token is for. Raises NotFound for one that we never made, Gone for one that is too late.

    With ``lock`` nobody else uses it until the transaction ends.
    """
    try:
        number, version = _serializer(purpose).loads(token, max_age=int(purpose.valid.total_seconds()))
    except SignatureExpired:
        raise Gone(str(purpose.expired)) from None
    except BadData:
        raise NotFound(_("Deze link klopt niet. Kopieer de hele link uit de mail.")) from None
    # A key lock: rows that only refer to the person can still be added meanwhile.
    held = {"key_share": True} if lock else None
    person = db.session.get(Person, number, populate_existing=True, with_for_update=held)
    if person is None or person.version != version or not person.active:
        raise Gone(str(purpose.expired))
    return person


def _serializer(purpose: Purpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.config["SECRET_KEY"], salt=f"lms.accounts.{purpose.name}", signer=_ClockSigner
    )
