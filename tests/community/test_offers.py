"""What the community takes of coursework."""

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
    assert [name for name in offer.fields if f"woord-{name}" not in "\n".join(filter(None, made))] == []
