"""The kennisbank beside one's work: found from the draft, cited, counted."""

import re

import pytest
from sqlalchemy import func, select

from lms.api import db
from plugins.kennisbank.models import Citation


@pytest.fixture
def run(make):
    return make.run(participants=2)


@pytest.fixture
def browser(make, sign_in, run):
    return sign_in(make.people(run)[0])


def count():
    return db.session.scalar(select(func.count()).select_from(Citation))


@pytest.mark.req("R4.13", "R2.1")
def test_from_the_draft_to_an_entry_that_counts_it(browser, run, client):
    page = browser.get(f"/runs/{run.id}/opdracht").text
    found = re.search(r'<a class="btn btn-secondary" href="([^"]*)" target="_blank" rel="noopener">.*?kennisbank', page)
    where = found[1]
    assert where == f"/kennisbank/naast/{run.id}/opdracht"
    hits = browser.get(f"{where}?q=lochal").text
    assert "Opening LocHal met kortingsactie" in hits and f'href="/runs/{run.id}/opdracht"' in hits
    for _twice in range(2):
        assert browser.post(where, data={"entry": "nl-01", "q": "lochal"}).location == f"{where}?q=lochal"
    assert count() == 1
    page = browser.get(where).text
    assert "http://localhost/kennisbank/nl-01</textarea>" in page
    assert "1 keer aangehaald in een cursus." in client.get("/kennisbank/nl-01").text
    assert browser.post(where, data={"entry": "nl-01", "back": "1"}).status_code == 302
    assert count() == 0


def test_the_count_stays_when_the_participant_leaves(browser, make, run, lms_command, client):
    browser.post(f"/kennisbank/naast/{run.id}/opdracht", data={"entry": "nl-01"})
    assert lms_command("user", "remove", make.people(run)[0].email, "--yes").exit_code == 0
    assert count() == 1
    assert "1 keer aangehaald in een cursus." in client.get("/kennisbank/nl-01").text


def test_who_may_not(make, sign_in, browser, run, client):
    where = f"/kennisbank/naast/{run.id}/opdracht"
    assert client.post(where, data={"entry": "nl-01"}).status_code == 401
    assert sign_in(make.person()).get(where).status_code == 403
    stranger = sign_in(make.people(make.run())[0])
    assert stranger.get(where).status_code == 404
    assert stranger.post(where, data={"entry": "nl-01"}).status_code == 404
    assert browser.post(where, data={"entry": "bestaat-niet"}).status_code == 404
    assert browser.get(f"/kennisbank/naast/{run.id}/bestaat-niet").status_code == 404
    assert count() == 0


def test_it_asks_little(browser, run, queries):
    where = f"/kennisbank/naast/{run.id}/opdracht"
    for slug in ("nl-01", "nl-02", "nl-03"):
        browser.post(where, data={"entry": slug})
    with queries() as seen:
        assert browser.get(where).status_code == 200
    assert len(seen) <= 12, seen
