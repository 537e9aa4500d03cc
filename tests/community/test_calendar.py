"""The calendar: each activity on a goal, the mix, what is quiet, and what a follower must hear of."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.api import db, local, now, today
from plugins.community import calendar
from plugins.community.models import Goal, Item


def form(goal, **values):
    day = (today() + timedelta(days=5)).isoformat()
    data = {"title": "Samen koken", "goal_id": str(goal), "day": day, "starts": "16.00", "ends": "19:00"}
    return data | {"mode": "offline", "started_by": "with"} | values


@pytest.fixture
def kitchen(make, sign_in, begin):
    """A community with a browser of its library and the id of its goal."""
    community = begin()
    db.session.query(Item).delete()
    db.session.commit()
    return community, sign_in(make.person()), db.session.scalars(select(Goal.id)).one()


@pytest.mark.req("R0.12")
def test_an_activity_rests_on_a_goal_of_its_own_community(kitchen, begin):
    community, browser, goal = kitchen
    begin("Tuin", library="Bibliotheek Lindehove")
    theirs = db.session.scalars(select(Goal.id).where(Goal.community_id != community.id)).one()
    address = f"/community/{community.id}/kalender/nieuw"
    for wrong in ("", "0", "x", "987654", theirs):
        refused = browser.post(address, data=form(wrong))
        assert refused.status_code == 422, wrong
        assert "Samen koken" in refused.text
    assert "Kies een doel van uw eigen community." in refused.text
    assert not db.session.scalars(select(Item).where(Item.community_id == community.id)).all()
    for _press in range(2):
        assert browser.post(address, data=form(goal)).status_code == 302
    made = db.session.scalars(select(Item).where(Item.community_id == community.id)).one()
    made.goal_id = None
    with pytest.raises(IntegrityError):  # not even past the pages
        db.session.flush()
    db.session.rollback()
    refused = browser.post(f"/community/{community.id}/doelen/{goal}/verwijderen")
    assert refused.status_code == 409
    assert "Op dit doel rusten activiteiten." in refused.text


@pytest.mark.req("R0.13", "R1.9")
def test_the_calendar_is_where_one_arrives_with_its_mix(kitchen):
    community, browser, goal = kitchen
    quiet = "De komende 30 dagen staat er niets gepland."
    assert quiet in browser.get("/community/").text
    address = f"/community/{community.id}/kalender/nieuw"
    far = (today() + timedelta(days=40)).isoformat()
    browser.post(address, data=form(goal, title="Ver weg", day=far, mode="both", started_by="by"))
    assert quiet in browser.get("/community/").text
    browser.post(address, data=form(goal))
    browser.post(address, data=form(goal, title="Oefenuur", mode="online", started_by="for"))
    page = browser.get("/community/?weergave=lijst").text
    assert quiet not in page
    assert "1 keer in de bibliotheek, 1 keer online, 1 keer beide." in page
    for words in ("voor de community", "met de community", "door de community"):
        assert words in page
    assert page.index("Samen koken") < page.index("Ver weg")
    month = (today() + timedelta(days=5)).strftime("%Y-%m")
    page = browser.get(f"/community/{community.id}?maand={month}").text
    assert "Samen koken" in page
    assert '<table class="lp-cal">' in page
    for odd in ("x", "9999-99", "2026-13", "0000-00"):
        assert browser.get(f"/community/{community.id}?maand={odd}").status_code == 200


def test_looking_back_comes_after_it_began(kitchen):
    community, browser, goal = kitchen
    browser.post(f"/community/{community.id}/kalender/nieuw", data=form(goal))
    item = db.session.scalars(select(Item)).one()
    address = f"/community/{community.id}/kalender/{item.id}"
    early = browser.post(f"{address}/terugblik", data={"turnout": "9"})
    assert early.status_code == 409
    item.starts_at, item.ends_at = now() - timedelta(hours=3), now() - timedelta(hours=1)
    db.session.commit()
    for wrong, sentence in (
        ({"turnout": ""}, "Schrijf hoeveel mensen er kwamen."),
        ({"turnout": "-1"}, "Schrijf een getal van 0"),
        ({"turnout": "veel"}, "Schrijf een heel getal"),
        ({"turnout": "3", "first_time": "4"}, "Er kunnen niet meer mensen voor het eerst komen dan er waren."),
    ):
        refused = browser.post(f"{address}/terugblik", data=wrong)
        assert refused.status_code == 422, wrong
        assert sentence in refused.text
    good = {"turnout": "32", "first_time": "9", "learned": "Samen snijden helpt."}
    assert browser.post(f"{address}/terugblik", data=good).status_code == 302
    page = browser.get("/community/").text
    assert "32 mensen, 9 voor het eerst. Geleerd: Samen snijden helpt." in page
    assert browser.post(f"{address}/afgelasten").status_code == 409


def test_a_follower_hears_of_each_change(kitchen):
    community, browser, goal = kitchen
    browser.post(f"/community/{community.id}/kalender/nieuw", data=form(goal))
    item = db.session.scalars(select(Item)).one()
    uid, address = item.uid, f"/community/{community.id}/kalender/{item.id}"

    def sequence():
        db.session.refresh(item)
        return item.sequence

    assert sequence() == 0
    browser.post(f"{address}/wijzigen", data=form(goal))
    assert sequence() == 0  # nothing changed
    browser.post(f"{address}/wijzigen", data=form(goal, started_by="by"))
    assert sequence() == 0  # not what a follower sees
    browser.post(f"{address}/wijzigen", data=form(goal, place="Buurthuis"))
    assert sequence() == 1
    browser.post(f"{address}/afgelasten")
    assert sequence() == 2
    assert item.is_cancelled
    assert item.uid == uid
    assert "(afgelast)" in browser.get(f"/community/{community.id}?maand={item.starts_at:%Y-%m}").text


def test_every_week_at_the_same_hour_also_when_the_clock_changes(kitchen):
    community, browser, goal = kitchen
    data = form(goal, day="2026-10-20", starts="10.00", ends="12.00", repeat="2")
    assert browser.post(f"/community/{community.id}/kalender/nieuw", data=data).status_code == 302
    begins = [local(item.starts_at) for item in db.session.scalars(select(Item).order_by(Item.starts_at))]
    assert [(one.day, one.month, one.hour) for one in begins] == [(20, 10, 10), (27, 10, 10), (3, 11, 10)]
    assert begins[0].utcoffset() != begins[1].utcoffset()


def test_a_whole_day_and_more_days_stand_on_each_of_them(kitchen):
    community, browser, goal = kitchen
    data = form(goal, day="2026-03-28", last_day="2026-03-30", all_day="y", starts="", ends="")
    assert browser.post(f"/community/{community.id}/kalender/nieuw", data=data).status_code == 302
    item = db.session.scalars(select(Item)).one()
    assert calendar.days_of(item) == [date(2026, 3, day) for day in (28, 29, 30)]
    page = browser.get(f"/community/{community.id}/kalender/{item.id}/wijzigen").text
    assert 'value="2026-03-30"' in page
    assert "tot en met 30 maart" in browser.get(f"/community/{community.id}/kalender/{item.id}").text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"ends": "15.00"}, "De activiteit eindigt voordat zij begint."),
        ({"starts": ""}, "Kies een begintijd"),
        ({"day": "morgen"}, "We herkennen deze datum niet."),
        ({"mode": "elders"}, "Kies een van de mogelijkheden."),
        ({"online_url": "javascript:alert(1)"}, "Schrijf de hele link"),
        ({"online_url": "https://[half"}, "Schrijf de hele link"),
        ({"repeat": "99"}, "Schrijf een getal van 0 tot 25."),
    ],
)
def test_what_does_not_fit_is_said_at_the_field(kitchen, values, sentence):
    community, browser, goal = kitchen
    refused = browser.post(f"/community/{community.id}/kalender/nieuw", data=form(goal, **values))
    assert refused.status_code == 422
    assert sentence in refused.text
    assert "Samen koken" in refused.text


def test_the_network_sees_what_is_published_and_public(make, sign_in, kitchen):
    community, browser, goal = kitchen
    address = f"/community/{community.id}/kalender/nieuw"
    browser.post(address, data=form(goal, title="Voor iedereen", is_public="y"))
    browser.post(address, data=form(goal, title="Onder ons"))
    stranger = sign_in(make.person(library="Bibliotheek Lindehove"))
    assert stranger.get(f"/community/netwerk/{community.id}").status_code == 404
    assert community.name not in stranger.get("/community/netwerk").text
    data = {"name": community.name, "target_group": "Buren.", "status": "active", "published": "y"}
    browser.post(f"/community/{community.id}/aanpassen", data=data)
    assert community.name in stranger.get("/community/netwerk").text
    page = stranger.get(f"/community/netwerk/{community.id}").text
    assert "Voor iedereen" in page
    assert "Onder ons" not in page
    assert "Veertig vaste bezoekers" not in page
    assert stranger.get(f"/community/{community.id}").status_code == 404


def test_weeks_that_were_forgotten_are_planned_after_all(kitchen):
    community, browser, goal = kitchen
    address = f"/community/{community.id}/kalender/nieuw"
    starts = select(Item.starts_at).where(Item.community_id == community.id).distinct()
    for repeat, weeks in (("0", 1), ("2", 3), ("2", 3)):
        assert browser.post(address, data=form(goal, repeat=repeat)).status_code == 302
        assert len(db.session.scalars(starts).all()) == weeks
    assert len(db.session.scalars(select(Item.id).where(Item.community_id == community.id)).all()) == 4
