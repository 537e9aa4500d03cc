"""One calendar for each person: a page, and a feed that other programs read."""

import re
from datetime import UTC, date, datetime, time, timedelta

import ics
import pytest
import vobject
from sqlalchemy import select

from lms import clock
from lms.db import db
from lms.runs.models import RunDay

WINTER, SUMMER = "2026-10-25", "2027-03-28"
"""The days on which the clocks change."""


@pytest.fixture
def at_ten(app):
    """It is 1 October 2026, ten o'clock in Amsterdam."""
    app.config["CLOCK"] = lambda: datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def person(make, at_ten):
    """Somebody whose lesson days lie on both sides of both changes of the clocks."""
    run = make.run(first_day=clock.today() + timedelta(days=20))
    last = run.days[-1]
    last.starts_at, last.ends_at = (
        clock.at(datetime(2027, 4, 1).date(), clock.local(m).time()) for m in (last.starts_at, last.ends_at)
    )
    db.session.commit()
    return make.people(run)[0]


def address(browser):
    page = browser.get("/kalender").text
    return re.search(r'value="(http[^"]+\.ics)"', page)[1].removeprefix("http://localhost")


def test_the_page_has_lesson_days_and_due_dates(person, sign_in):
    page = sign_in(person).get("/kalender").text
    assert "Lesdag 1:" in page
    assert "Klaar: Opdracht" in page
    assert "Oktober 2026" in page


def test_what_is_due_today_stays_all_day(app, person, sign_in):
    browser = sign_in(person)
    due = re.search(r"DTSTART;VALUE=DATE:(\d{8})", browser.get(address(browser)).text)[1]
    for hour in (0, 22):
        late = clock.at(datetime.strptime(due, "%Y%m%d").date(), time(hour, 30))
        app.config["CLOCK"] = lambda late=late: late
        assert "Klaar: Opdracht" in sign_in(person).get("/kalender").text


def test_what_lasts_several_days_says_so_and_stays_until_it_is_over(app, person, sign_in, client):
    day = db.session.scalars(select(RunDay).order_by(RunDay.number)).first()
    day.starts_at, day.ends_at = clock.at(date(2026, 10, 29), time(9, 30)), clock.at(date(2026, 11, 3), time(16))
    db.session.commit()
    for now, shown in (
        (datetime(2026, 10, 20), "Oktober 2026"),
        (datetime(2026, 11, 3, 14), "November 2026"),
        (datetime(2026, 11, 4, 14), None),
    ):
        app.config["CLOCK"] = lambda now=now: now.replace(tzinfo=UTC)
        browser = sign_in(person)
        page = browser.get("/kalender").text
        months = re.split("<h2 id=.maand", page)
        found = [month for month in months if "van 9.30 uur tot 3 november om 16.00 uur" in month]
        assert [shown in month for month in found] == ([True] if shown else []), now
    app.config["CLOCK"] = lambda: datetime(2027, 1, 30, tzinfo=UTC)  # 90 days after it began, 88 after it ended
    assert "DTSTART;TZID=Europe/Amsterdam:20261029T093000" in client.get(address(sign_in(person))).text


def test_two_other_parsers_read_the_same_local_times(person, sign_in, client):
    feed = client.get(address(sign_in(person)))
    assert feed.mimetype == "text/calendar"
    text = feed.text
    days = db.session.scalars(select(RunDay).order_by(RunDay.number)).all()
    wanted = {day.starts_at for day in days}
    assert {clock.local(moment).utcoffset() for moment in wanted} == {timedelta(hours=1), timedelta(hours=2)}
    assert {clock.local(moment).hour for moment in wanted} == {9}
    by_ics = {event.begin.datetime.astimezone(UTC) for event in ics.Calendar(text).events if not event.all_day}
    events = vobject.readOne(text).vevent_list
    by_vobject = {e.dtstart.value.astimezone(UTC) for e in events if isinstance(e.dtstart.value, datetime)}
    assert by_ics == by_vobject == wanted
    assert "DTSTART;TZID=Europe/Amsterdam:" in text
    assert "BEGIN:VTIMEZONE" in text
    due = [event for event in ics.Calendar(text).events if event.all_day]
    assert [event.name for event in due] == ["Klaar: Opdracht"]


def numbers(text):
    events = vobject.readOne(text).vevent_list
    return {event.uid.value: int(event.sequence.value) for event in events}


def test_a_change_raises_the_sequence(person, sign_in, client):
    url = address(sign_in(person))
    before = numbers(client.get(url).text)
    assert numbers(client.get(url).text) == before
    day = db.session.scalars(select(RunDay).order_by(RunDay.number)).first()
    day.place = "Zaal 9"
    db.session.commit()
    after = numbers(client.get(url).text)
    assert after.keys() == before.keys()
    assert all(after[uid] > before[uid] for uid in before)


def test_a_renewed_address_ends_the_old_one(person, sign_in, client):
    browser = sign_in(person)
    old = address(browser)
    assert browser.post("/kalender/adres").status_code == 302
    assert client.get(old).status_code == 404
    new = address(browser)
    assert new != old
    assert client.get(new).status_code == 200


def test_who_left_has_no_feed(person, sign_in, client):
    url = address(sign_in(person))
    person.active = False
    db.session.commit()
    assert client.get(url).status_code == 404
    assert client.get(url.replace("/kalender/", "/kalender/x")).status_code == 404


def test_titles_cannot_break_out(person, sign_in, client, make):
    day = db.session.scalars(select(RunDay)).first()
    day.place = "Zaal 1\r\nBEGIN:VEVENT\r\nSUMMARY:Vals; , \\ \u2028"
    db.session.commit()
    text = client.get(address(sign_in(person))).text
    assert len(vobject.readOne(text).vevent_list) == 5
    assert all(line.startswith(" ") or ":" in line for line in text.split("\r\n") if line)
    assert "SUMMARY:Vals" not in text.split("\r\n")


def test_few_queries(person, sign_in, queries):
    browser = sign_in(person)
    browser.get("/kalender")
    with queries() as seen:
        browser.get("/kalender")
    assert len(seen) <= 12, "\n".join(seen)
