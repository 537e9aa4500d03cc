"""The public feed of a community: only what was marked public, for everybody, read by two other programs."""

from datetime import UTC, time, timedelta

import ics
import pytest
import vobject

from lms.api import at, db, local, now
from plugins.community import calendar
from plugins.community.models import Goal


@pytest.fixture
def plan(begin, make):
    """``plan(title, public)`` plans an activity in a week, on the community's goal."""
    community = begin()
    person = make.person()
    goal = db.session.query(Goal).filter_by(community_id=community.id).first()

    def plan(title, *, public, **more):
        starts_at = now() + timedelta(days=7)
        values = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2), "goal_id": goal.id}
        values |= {"mode": "offline", "started_by": "with"} | more
        [item] = calendar.plan_item(community, person, title=title, is_public=public, **values)
        db.session.commit()
        return community, item

    return plan


@pytest.mark.req("R0.15")
def test_only_public_items_are_in_the_feed_and_changes_are_heard(client, plan):
    community, private = plan("Alleen voor ons", public=False)
    url = f"/community/{community.id}/kalender.ics"
    assert client.get(url).status_code == 404
    community, item = plan("Openbare inloop", public=True)
    text = client.get(url).text
    assert [event.name for event in ics.Calendar(text).events] == ["Openbare inloop"]
    [event] = vobject.readOne(text).vevent_list
    assert event.dtstart.value.astimezone(UTC) == item.starts_at.replace(microsecond=0)
    assert private.title not in text
    before = int(event.sequence.value)
    calendar.change_item(community, item, place="De Hoek")
    db.session.commit()
    [event] = vobject.readOne(client.get(url).text).vevent_list
    assert int(event.sequence.value) > before
    calendar.cancel(community, item)
    db.session.commit()
    assert "STATUS:CANCELLED" in client.get(url).text


def test_members_find_it_in_their_own_calendar(plan, make, sign_in):
    community, item = plan("Alleen voor ons", public=False)
    colleague = make.person(library=community.library.name)
    other = make.person(library="Bibliotheek Elders")
    assert item.title in sign_in(colleague).get("/kalender").text
    assert item.title not in sign_in(other).get("/kalender").text


def test_what_lasts_several_days_stays_until_it_is_over(app, plan, make, sign_in, client):
    community, item = plan("Themaweek", public=True, all_day=True)
    first = local(item.starts_at).date()
    item.starts_at, item.ends_at = at(first, time()), at(first + timedelta(days=3), time())
    db.session.commit()
    colleague = make.person(library=community.library.name)
    last_hour = at(first + timedelta(days=2), time(22))
    for later, shown in ((timedelta(), True), (timedelta(hours=3), False)):
        app.config["CLOCK"] = lambda later=later: last_hour + later
        assert ("Themaweek" in sign_in(colleague).get("/kalender").text) is shown
    app.config["CLOCK"] = lambda: at(first + timedelta(days=91), time())  # 91 days after it began, 88 after it ended
    assert "Themaweek" in client.get(f"/community/{community.id}/kalender.ics").text
