"""«Not this mail any more», from the mail itself and without signing in (RFC 8058).

The address in a mail is signed and names one person and one kind of mail. Whoever has it can stop those mails and
nothing else, so it asks for no session, no password and no token of a form.
"""

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer

from ..accounts.models import Person
from ..db import db
from ..errors import NotFound
from ..plugins import MailKind
from ..registry import registry
from . import post


def address(person_id: int, kind: str) -> str:
    """The full address on which this person stops this kind of mail. It stays good: a mail is read when it is read."""
    return post.address("core.notifications.unsubscribe", token=_serializer().dumps([person_id, kind]))


def headers(person_id: int, kind: str) -> dict[str, str]:
    """What lets a mail program show a button «unsubscribe». One press of it works on https only: RFC 8058 wants so."""
    url = address(person_id, kind)
    found = {"List-Unsubscribe": f"<{url}>"}
    if url.startswith("https://"):
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


def read(token: str) -> tuple[Person, MailKind]:
    """Who stops which mails. Raises NotFound for an address that we never made, or of somebody who has left."""
    try:
        number, key = _serializer().loads(token)
    except BadData:
        raise NotFound(_("Deze link klopt niet. Kopieer de hele link uit de mail.")) from None
    person, kind = db.session.get(Person, number), registry().mail_kinds.get(key)
    if person is None or kind is None or kind.required:
        raise NotFound(_("Deze mails bestaan niet meer. U hoeft niets te doen."))
    return person, kind


def stop(person: Person, kind: MailKind) -> None:
    """Send this kind by mail no longer; it still stands on the site. Twice is no fault."""
    person.mail_choices = {**person.mail_choices, kind.key: False}


def _serializer() -> Any:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="lms.notifications.unsubscribe")
