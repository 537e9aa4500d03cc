"""Feeds as iCalendar (RFC 5545), for the calendar apps of others."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from flask import Response, current_app
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from .. import clock
from ..plugins import CalendarEntry

REFRESH = timedelta(hours=6)
"""How often an app may look again; one that is asked more often takes what it got before."""


def feed(name: str, entries: Iterable[CalendarEntry]) -> Response:
    """Answer with these entries as a calendar of this name. Times are local with their zone, so that they hold over
    the change of the clocks."""
    response = Response(as_text(name, entries), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="kalender.ics"'
    response.headers["Cache-Control"] = "private, max-age=900"
    return response


def as_text(name: str, entries: Iterable[CalendarEntry]) -> bytes:
    """The calendar file."""
    calendar = Calendar()
    calendar.add("prodid", "-//Leerplein//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", " ".join(_plain(name).split()))  # the library escapes no x- property
    calendar.add("x-wr-timezone", str(clock.AMSTERDAM))
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add_component(_amsterdam())
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _amsterdam() -> Timezone:
    """The zone by the rule of the European Union since 1996: some readers take rules only, and no list of years."""
    zone = Timezone()
    zone.add("tzid", str(clock.AMSTERDAM))
    summer, winter = timedelta(hours=2), timedelta(hours=1)
    for part, name, month, before, after in (
        (TimezoneDaylight(), "CEST", 3, winter, summer),
        (TimezoneStandard(), "CET", 10, summer, winter),
    ):
        part.add("dtstart", datetime(1996, month, 31 if month == 3 else 27, 2 if month == 3 else 3))  # noqa: DTZ001 - local
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("tzname", name)
        zone.add_component(part)
    return zone


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    base = current_app.config["BASE_URL"]
    event.add("uid", f"{quote(entry.uid)}@{base.split('://')[-1].split('/')[0].split(':')[0]}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", clock.now().astimezone(UTC).replace(microsecond=0))
    event.add("summary", _plain(entry.title))
    starts, ends = (clock.local(moment) for moment in (entry.starts_at, entry.ends_at))
    event.add("dtstart", starts.date() if entry.all_day else _whole(starts))
    event.add("dtend", ends.date() if entry.all_day else _whole(ends))
    if entry.place:
        event.add("location", _plain(entry.place))
    if entry.text:
        event.add("description", _plain(entry.text))
    if entry.url:
        event.add("url", quote(base + entry.url, safe="/%?=&#:~"))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.all_day else "OPAQUE")
    return event


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _plain(text: str) -> str:
    """Without the control characters that end a line for some readers."""
    return "".join(char for char in text if char == "\n" or (char.isprintable() or char == " "))
