"""What «Vandaag» tells of the kennisbank."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.api import db, today
from plugins.kennisbank.models import Entry, Status


@pytest.fixture
def noor(make):
    return make.person("Noor")


@pytest.fixture
def put(noor):
    """``put("Titel", **columns)`` makes an entry of Noor's library."""

    def put(title, **columns):
        row = {"status": Status.PUBLISHED, "library_id": noor.library_id, "origin": "proef"} | columns
        db.session.add(Entry(slug=title.lower(), title=title, library="Bibliotheek Waterdorp", **row))
        db.session.commit()

    return put


def test_a_library_sees_what_it_should_look_at(noor, put, sign_in, make):
    put("Oud", review_by=today() - timedelta(days=1))
    put("Gemeten", result_on=today())
    put("Later", review_by=today() + timedelta(days=5))
    put("Elders", review_by=today() - timedelta(days=1), library_id=None)
    put("Half", status=Status.DRAFT, created_by_id=noor.id, status_note="Voor wie was het?")
    page = sign_in(noor).get("/vandaag").text
    for words in ("Oud</a>", "Kijk of dit nog klopt.", "Gemeten</a>", "resultaat nu kennen", "Schrijf verder: Half"):
        assert words in page
    assert "De redactie vraagt: Voor wie was het?" in page
    assert "Later</a>" not in page
    assert "Elders</a>" not in page
    colleague = sign_in(make.person("Bas")).get("/vandaag").text
    assert "Oud</a>" in colleague
    assert "Half" not in colleague, "a concept is its writer's"


def test_the_redactie_sees_that_something_waits(put, make, sign_in):
    for entry in db.session.scalars(select(Entry)):
        entry.checked_at = entry.updated_at
    put("Eerste", status=Status.SUBMITTED)
    put("Nieuw")
    page = sign_in(make.person(roles=("kennisbank.editor",), library="Bibliotheek Lindehove")).get("/vandaag").text
    assert "1 eerste bijdrage wacht op u" in page
    assert "1 bijdrage is nieuw of gewijzigd" in page
    assert "wacht op u" not in sign_in(make.person()).get("/vandaag").text


def test_the_queries_do_not_grow(noor, put, sign_in, queries):
    browser = sign_in(noor)
    put("Oud", review_by=today() - timedelta(days=1))
    browser.get("/vandaag")
    with queries() as few:
        browser.get("/vandaag")
    for number in range(12):
        put(f"Ouder {number}", review_by=today() - timedelta(days=2))
    with queries() as many:
        browser.get("/vandaag")
    assert len(many) == len(few)
