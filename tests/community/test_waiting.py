"""What «Vandaag» tells of one's own community."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.api import db, format_date, now, today
from plugins.community.models import DRAFT, STOPPED, Goal, Item, Measurement


@pytest.fixture
def today_page(make, sign_in):
    """The page of a librarian who follows no course."""
    browser = sign_in(make.person())
    return lambda: browser.get("/vandaag").text


def item(community, days, **values):
    at = now() + timedelta(days=days)
    goal = db.session.scalar(select(Goal.id).where(Goal.community_id == community.id))
    row = {"title": "Samen koken", "goal_id": goal, "starts_at": at, "ends_at": at + timedelta(hours=2)} | values
    db.session.add(Item(community_id=community.id, **row))
    db.session.commit()


def test_a_librarian_sees_what_comes_and_what_waits(begin, today_page):
    community = begin(done=6)
    item(community, -4, title="Bordspellen")
    item(community, 30, title="Ver weg")
    item(community, 60, title="Uit de cursus", status=DRAFT, goal_id=None)
    page = today_page()
    assert "Eerstvolgende activiteit" in page
    assert "Taalcafé</a>" in page
    assert "Hoeveel mensen kwamen er? Bordspellen" in page
    assert "Meet: Bezoekers" in page
    assert "1 activiteit staat nog niet in de kalender" in page
    assert "Taalcafé Oost, stap 7 van 8" in page
    assert "Ver weg" not in page
    assert "Waar wilt u heen?" in page


def test_a_goal_is_measured_again_after_a_month(begin, today_page):
    begin()
    goal = db.session.scalars(select(Goal)).one()
    goal.measurements = [Measurement(on=today() - timedelta(days=40), value=9)]
    db.session.commit()
    page = today_page()
    assert "Meet opnieuw: Bezoekers" in page
    assert f"De laatste meting is van {format_date(today() - timedelta(days=40), 'd MMMM yyyy')}." in page
    goal.measurements.append(Measurement(on=today() - timedelta(days=3), value=12))
    db.session.commit()
    assert "Bezoekers" not in today_page()


def test_nothing_waits_in_the_community_of_others_nor_in_one_that_stopped(begin, today_page):
    begin("Tuin", library="Bibliotheek Lindehove")
    assert "Uw community" not in today_page()
    begin().status = STOPPED
    db.session.commit()
    assert "Uw community" not in today_page()


def test_who_follows_a_course_has_a_next_step_already(begin, make, sign_in):
    begin()
    run = make.run()
    for person in (*make.people(run), *make.people(run, "trainer")):
        assert "Uw community" not in sign_in(person).get("/vandaag").text


def test_the_queries_do_not_grow_with_what_waits(begin, today_page, queries):
    community = begin(done=6)
    today_page()  # what a first request of a process asks besides
    with queries() as few:
        today_page()
    for days in range(20):
        item(community, days - 10)
        db.session.add(
            Goal(community_id=community.id, organisation_goal_id=1, text=f"Doel {days}", indicator=f"Maat {days}")
        )
    db.session.commit()
    with queries() as many:
        today_page()
    assert len(many) == len(few)
