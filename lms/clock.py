"""The one place that knows what time it is: UTC in the database, Europe/Amsterdam for people.

Tests and the demo set ``app.config["CLOCK"]`` to a function of their own rather than patching modules.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import current_app

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """The present moment, aware and in UTC."""
    clock = current_app.config.get("CLOCK") if current_app else None
    return clock() if clock else datetime.now(UTC)


def today() -> date:
    """The date in Amsterdam."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on the clock in Amsterdam."""
    return moment.astimezone(AMSTERDAM)


def at(day: date, hour: time) -> datetime:
    """The moment in UTC at which the clock in Amsterdam shows ``hour`` on ``day``."""
    return datetime.combine(day, hour, tzinfo=AMSTERDAM).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last minute of a day in Amsterdam: what is due on a date may come in until then."""
    return at(day, time(23, 59))
