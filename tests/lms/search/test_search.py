"""One search for the whole site, limited to what somebody may see."""

import html
import re

import pytest

from lms.plugins import Permission, Plugin, SearchHit, SearchProvider


def found(page):
    return [html.unescape(title) for title in re.findall(r'<div class="grow"><a href="[^"]*">(.*?)</a>', page.text)]


@pytest.fixture
def runs(make):
    """Two runs of two courses, each with a lesson."""
    own = make.run(make.course(activities={"les-een": "core.lesson"}, title="Cursus een"), participants=0)
    other = make.run(make.course(activities={"les-twee": "core.lesson"}, title="Cursus twee"), participants=0)
    return own, other


def test_lessons_of_ones_own_runs_are_found_and_no_others(make, sign_in, runs):
    own, other = runs
    person = make.person()
    make.enrol(own, person)
    page = sign_in(person).get("/zoeken?q=les")
    assert f"/runs/{own.id}/" in page.text
    assert len([title for title in found(page) if title]) >= 1
    assert f"/runs/{other.id}/" not in page.text
    assert f"/runs/{own.id}/" not in sign_in(make.person()).get("/zoeken?q=les").text


def test_a_visitor_gets_no_lessons_and_strange_words_do_no_harm(client, runs):
    for words in ("les", "%", "\x00", "x" * 5_000, '"><script>alert(1)</script>', ""):
        page = client.get("/zoeken", query_string={"q": words})
        assert page.status_code == 200 and "<script>alert" not in page.text and "/runs/" not in page.text


def test_a_provider_is_asked_by_who_has_its_permission(make_app):
    def find(words, person, most):
        return [SearchHit(f"{words} gevonden", "/ergens", "Tekst", "Buren")][:most]

    plugin = Plugin(
        name="buren",
        package="tests.buren",
        title="Buren",
        permissions=(Permission("buren.read", "Lezen", roles={"member"}),),
        search=(SearchProvider("Buren", find, "buren.read"), SearchProvider("Iedereen", find)),
    )
    page = make_app(plugins=[plugin]).test_client().get("/zoeken?q=zeppelin")
    assert found(page) == ["zeppelin gevonden"] and "Iedereen" in page.text


def test_the_field_stands_on_every_page_and_the_page_asks_little(make, sign_in, runs, queries):
    person = make.person()
    make.enrol(runs[0], person)
    browser = sign_in(person)
    assert 'action="/zoeken"' in browser.get("/vandaag").text
    with queries() as seen:
        browser.get("/zoeken?q=les bibliotheek")
    assert len(seen) <= 16
