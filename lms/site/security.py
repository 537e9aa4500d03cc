"""security.txt (RFC 9116): whom to tell about a leak. Made from the settings, absent without them."""

from datetime import UTC, date, datetime

from flask import Flask, current_app

from ..clock import now
from ..errors import ConfigError

PATH = "/.well-known/security.txt"


def text() -> str | None:
    """The file, or None while contact or expiry are not set."""
    contacts, expires = _contacts(current_app), _expires(current_app)
    if not contacts or expires is None:
        return None
    lines = [f"Contact: {contact}" for contact in contacts]
    lines += [
        f"Expires: {expires.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: nl, en",
        f"Canonical: {current_app.config['BASE_URL']}{PATH}",
    ]
    return "\n".join(lines) + "\n"


def check(app: Flask) -> str:
    """A sentence when security.txt is past its date or only half set, for the log and ``lms status``; else nothing.

    Raises ConfigError for a date that is none.
    """
    contacts, expires = _contacts(app), _expires(app)
    if expires is not None and not contacts:
        return "LMS_SECURITY_EXPIRES is set, but LMS_SECURITY_CONTACT is not, so there is no security.txt."
    if contacts and expires is None:
        return "LMS_SECURITY_CONTACT is set, but LMS_SECURITY_EXPIRES is not, so there is no security.txt."
    with app.app_context():
        if expires is not None and expires < now():
            return f"security.txt expired on {expires.date().isoformat()}; set LMS_SECURITY_EXPIRES to a later date."
    return ""


def _contacts(app: Flask) -> list[str]:
    """The contacts as addresses (RFC 9116 wants URIs); a mail address gets its mailto."""
    given = app.config["SECURITY_CONTACT"].replace(",", " ").split()
    return [contact if ":" in contact else f"mailto:{contact}" for contact in given]


def _expires(app: Flask) -> datetime | None:
    given = app.config["SECURITY_EXPIRES"].strip()
    if not given:
        return None
    try:
        # A date alone is good until it begins in UTC, so nobody is promised more than was written.
        if len(given) == len("2027-01-01"):
            return datetime.combine(date.fromisoformat(given), datetime.min.time(), tzinfo=UTC)
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise ConfigError("LMS_SECURITY_EXPIRES is no date; write it as 2027-01-31.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
