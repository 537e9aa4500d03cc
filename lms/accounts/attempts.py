"""A limit on failed tries, kept in the database so that all processes count together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, func, select

from ..clock import now
from ..db import db
from ..errors import TooMany
from .models import Attempt

WINDOW = timedelta(minutes=15)
LONGEST_KEY = 300


@dataclass(frozen=True)
class Limit:
    """So many tries within the window for one key, such as ``login:noor@…``."""

    key: str
    most: int


def by_address(what: str, email: str) -> Limit:
    """Five tries for one e-mail address."""
    return Limit(f"{what}:{email}"[:LONGEST_KEY], 5)


def by_network(what: str, address: str | None) -> Limit:
    """Thirty tries from one place on the network: a house or an office, not one computer."""
    return Limit(f"{what}-from:{_network(address or '')}", 30)


def check(limits: Iterable[Limit], *, hold: bool = False) -> None:
    """Is there a try left? Raises TooMany with the time to wait.

    With ``hold`` nobody else may ask so until our transaction ends: for the look just before a try is counted, since
    of many that look at once each would see one left. In SQLite the transaction that writes is alone already.
    """
    limits = list(limits)
    if hold and db.engine.dialect.name == "postgresql":
        keys = sorted(limit.key for limit in limits)  # in one order, or two of us could wait for each other
        db.session.execute(select(*(func.pg_advisory_xact_lock(func.hashtextextended(key, 0)) for key in keys)))
    since = now() - WINDOW
    rows = db.session.execute(
        select(Attempt.key, func.count(), func.min(Attempt.at))
        .where(Attempt.key.in_([limit.key for limit in limits]), Attempt.at > since)
        .group_by(Attempt.key)
    )
    seen = {key: (count, oldest) for key, count, oldest in rows}
    for limit in limits:
        count, oldest = seen.get(limit.key, (0, now()))
        if count >= limit.most:
            seconds = max(1, ceil((oldest + WINDOW - now()).total_seconds()))
            raise TooMany(
                _("Te veel pogingen. Wacht %(time)s en probeer het nog een keer.", time=_words(seconds)), seconds
            )


def note(limits: Iterable[Limit]) -> None:
    """Count a try, and forget the tries that no longer count."""
    db.session.execute(delete(Attempt).where(Attempt.at <= now() - WINDOW))
    db.session.add_all(Attempt(key=limit.key) for limit in limits)
    db.session.flush()


def forget(limit: Limit) -> None:
    """Start counting anew: the right person came."""
    db.session.execute(delete(Attempt).where(Attempt.key == limit.key))


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(parsed, IPv6Address):
        # One connection has 2^64 addresses of its own.
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)


def _words(seconds: int) -> str:
    minutes = ceil(seconds / 60)
    return ngettext("%(num)s minuut", "%(num)s minuten", minutes)
