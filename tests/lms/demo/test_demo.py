"""What the demo lets one show."""

import re

from sqlalchemy import select

from lms.accounts.models import Person
from lms.db import db
from lms.demo.services import load


def test_who_finished_the_course_can_hand_on_all_four_assignments(app, sign_in):
    assert load()
    db.session.commit()
    browser = sign_in(db.session.scalar(select(Person).where(Person.email == "bibliothecaris@demo.example")))
    page = browser.get("/vandaag").text
    offers = page[page.index("Ga verder met uw werk") : page.index("Waar wilt u heen?</h2>")]
    titles = ("De omgeving in kaart", "Een activiteit uitgewerkt", "Drie partners", "Drie online tools")
    assert all(title in offers for title in titles)
    for address in re.findall(r'href="([^"]+)"', offers):
        assert browser.get(address.replace("&amp;", "&")).status_code == 200, address
    assert "Voorjaarsgroep" in browser.get("/runs/afgesloten").text


def test_the_group_of_the_demo_meets_in_a_few_days(app, sign_in):
    assert load()
    db.session.commit()
    trainer = sign_in(db.session.scalar(select(Person).where(Person.email == "trainer1@demo.example")))
    page = trainer.get("/vandaag").text
    assert re.search(r"Over [456] dagen is Lesdag 2\.", page)
    assert "Voorbeeldgroep" in page
    assert "Voorjaarsgroep" not in page
