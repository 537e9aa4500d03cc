"""The page of one entry."""

import re

import pytest
from sqlalchemy import select

from lms.api import db
from plugins.kennisbank.models import Entry


def test_the_result_comes_first_and_says_how_sure_it_is(member):
    page = member.get("/kennisbank/int-03").text
    assert page.index("Wat leverde het op?") < page.index("Wat is er gedaan?") < page.index("Let op")
    assert '<span class="lp-fig">1.650</span>' in page
    assert "Hoe zeker is dit?" in page and "Er is geteld of onderzocht" in page
    assert re.search(r'lp-status--box is-good">.*?gemeten', page)
    assert "Vanaf 1 oktober 2019 geen boetes meer" in page
    assert "drempels wegnemen" in page
    assert "jeugd en mensen met een laag inkomen" in page
    assert "beleid, pers, sociale media" in page
    assert "Verenigde Staten" in page
    assert page.count("<h1") == 1


def test_an_unknown_result_is_said_calmly(member):
    page = member.get("/kennisbank/nl-06").text
    assert "De bron noemt geen uitkomst." in page
    assert "Hoe zeker is dit?" not in page
    assert "lp-fig" not in page


def test_it_says_who_gathered_it(member):
    page = member.get("/kennisbank/nl-01").text
    assert "Verzameld uit openbare bronnen op 21 november 2026; niet aangeleverd door de genoemde bibliotheek." in page


def test_every_action_opens_with_its_links(member):
    for slug, source in db.session.execute(select(Entry.slug, Entry.source)).all():
        page = member.get(f"/kennisbank/{slug}")
        assert page.status_code == 200
        links = re.findall(r'<a href="(https?://[^"]*)" rel="noopener noreferrer external">', page.text)
        assert links, slug
        assert len(links) == len(re.findall(r"https?://", source))


def test_a_source_cannot_bring_script(member):
    entry = db.session.scalar(select(Entry).where(Entry.slug == "nl-01"))
    entry.source = 'javascript:alert(1) ; <script>alert(2)</script> ; https://a.example/"onmouseover="alert(3)'
    entry.title = entry.result = entry.caution = entry.target = "<script>alert(4)</script>"
    db.session.commit()
    page = member.get("/kennisbank/nl-01").text
    assert 'href="javascript' not in page
    assert "<script>alert" not in page
    assert 'href="https://a.example/"' in page
    assert '"onmouseover="' not in page


def test_a_term_leads_to_its_filter(member):
    page = member.get("/kennisbank/nl-20").text
    assert "65-plussers met een laag inkomen" in page
    assert 'href="/kennisbank/?doelgroep=vanaf_65_jaar_65"' in page
    assert "onbekend" in page.split("<dt>Innovatiefase</dt>")[1].split("</dd>")[0]


@pytest.mark.parametrize("slug", ["bestaat-niet", "nl-1", "NL-01", "%00", "a" * 3000, "..%2f..%2fetc"])
def test_an_entry_that_is_not_there(member, slug):
    assert member.get(f"/kennisbank/{slug}").status_code == 404


def test_back_never_leads_elsewhere(member):
    page = member.get("/kennisbank/nl-01?q=//kwaad.example&next=https://kwaad.example&thema=https://kwaad.example")
    back = re.search(r'class="lp-back" href="([^"]*)"', page.text)[1]
    assert back == "/kennisbank/?q=//kwaad.example"


def test_it_asks_little(member, queries):
    with queries() as seen:
        assert member.get("/kennisbank/nl-22?resultaat=onbekend").status_code == 200
    assert len(seen) <= 12, seen
