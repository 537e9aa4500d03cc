"""What the community takes of coursework."""

from datetime import timedelta

import pytest

from lms.api import PieceRow, db
from plugins.community.models import Item, Partner
from plugins.community.offers import OFFERS

KEPT = {Partner: ("organisation", "about", "for_them", "for_us"), Item: ("title", "place", "description")}


@pytest.mark.parametrize("offer", [offer for offer in OFFERS if offer.fields], ids=lambda offer: offer.key)
def test_all_that_a_preview_shows_comes_along(begin, make, app, offer):
    community, person = begin(), make.person()
    row = PieceRow("rij", {name: f"woord-{name}" for name in offer.fields})
    offer.take(person, str(community.id), [row])
    made = [
        getattr(record, name) for model, names in KEPT.items() for record in db.session.query(model) for name in names
    ]
    lost = [name for name in offer.fields if f"woord-{name}" not in "\n".join(filter(None, made))]
    assert lost == ["duration"] * (offer.key == "community.activity-plan"), "no number of minutes; see below"


@pytest.mark.parametrize(("planned", "minutes"), [(90, 90), (None, 120), (0, 120), (100_000, 120)])
def test_an_activity_takes_as_long_as_was_planned(begin, make, app, planned, minutes):
    community, offer = begin(), next(offer for offer in OFFERS if offer.key == "community.activity-plan")
    refs = offer.take(make.person(), str(community.id), [PieceRow("plan", {"title": "Kook", "duration": planned})])
    made = db.session.get(Item, int(refs["plan"]))
    assert made.ends_at - made.starts_at == timedelta(minutes=minutes)
