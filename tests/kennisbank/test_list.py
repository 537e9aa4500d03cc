"""The list with its filters, over HTTP."""

import html
import re

import pytest

HIT = re.compile(r'<article class="lp-hit.*?</article>', re.DOTALL)


def titles(page):
    return [html.unescape(t) for t in re.findall(r"<h3><a href=[^>]*>(.*?)</a></h3>", page.text)]


def total(page):
    return int(re.search(r'<h2 id="resultaten"[^>]*>(\d+) actie', page.text)[1])


def counts(page):
    """(filter, code) to (number, greyed, ticked)."""
    found = {}
    for box, number in re.findall(r'<label class="lp-check[^>]*>(<input[^>]*>).*?<span class="n">(\d+)<', page.text):
        name, code = re.search(r'name="([^"]*)"', box)[1], re.search(r'value="([^"]*)"', box)[1]
        found[name, html.unescape(code)] = (int(number), " disabled" in box, " checked" in box)
    return found


def test_all_actions_are_there_on_three_pages(member):
    pages = [member.get("/kennisbank/"), member.get("/kennisbank/?page=2"), member.get("/kennisbank/?page=3")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [len(titles(page)) for page in pages] == [20, 20, 2]
    assert len({title for page in pages for title in titles(page)}) == 42
    assert total(pages[0]) == 42
    assert 'rel="next"' in pages[0].text and 'rel="prev"' not in pages[0].text
    assert 'rel="next"' not in pages[2].text


def test_what_was_measured_stands_first_and_unknown_last(member):
    first, last = member.get("/kennisbank/").text, member.get("/kennisbank/?page=3").text
    assert all("gemeten" in hit for hit in HIT.findall(first)[:10])
    assert all("de bron noemt geen uitkomst" in hit for hit in HIT.findall(last))


def chosen_order(page):
    """What the form sends along when somebody searches."""
    return html.unescape(re.search(r'name="volgorde".*?<option value="([^"]*)" selected>', page.text, re.DOTALL)[1])


def test_who_searches_from_the_list_gets_what_fits_best_first(member):
    order = chosen_order(member.get("/kennisbank/"))
    found = titles(member.get("/kennisbank/", query_string={"q": "jongeren", "volgorde": order}))
    assert found == titles(member.get("/kennisbank/?q=jongeren"))
    assert found != titles(member.get("/kennisbank/?q=jongeren&volgorde=gemeten"))
    assert chosen_order(member.get("/kennisbank/?q=lid&volgorde=nieuwste")) == "nieuwste"


@pytest.mark.req("R0.1", "R2.9")
def test_the_filters_have_their_heads_in_order(member):
    heads = re.findall(r"<summary>(.*?)</summary>", member.get("/kennisbank/").text.split('id="verfijnen"')[1])
    assert heads == ["Doelgroep", "Kernfunctie", "Kanaal", "Thema", "Innovatiefase", "Resultaat"]


def test_counts_tell_what_one_gets(member):
    for (name, code), (number, _greyed, _ticked) in counts(member.get("/kennisbank/")).items():
        if number:
            found = member.get("/kennisbank/", query_string={name: code})
            assert (total(found), counts(found)[name, code]) == (number, (number, False, True)), (name, code)


def test_values_of_one_filter_add_and_filters_narrow(member):
    one = total(member.get("/kennisbank/?resultaat=prijs"))
    other = total(member.get("/kennisbank/?resultaat=schatting"))
    both = member.get("/kennisbank/?resultaat=prijs&resultaat=schatting")
    assert (one, other, total(both)) == (2, 1, 3)
    narrowed = member.get("/kennisbank/?resultaat=prijs&resultaat=schatting&doelgroep=bibliotheekmedewerkers")
    assert titles(narrowed) == ["23 Dingen"]
    # A filter does not count itself, so one sees what another tick would add; the other filters do count.
    assert counts(narrowed)["resultaat", "prijs"][0] == 0
    assert counts(narrowed)["doelgroep", "alle_inwoners"][0] == 2


@pytest.mark.req("R0.3")
def test_an_entry_has_many_values(member):
    for code in ("kinderen_4_12_jaar", "ouders_en_opvoeders"):
        assert "VakantieBieb via ansichtkaarten op school" in titles(member.get(f"/kennisbank/?doelgroep={code}"))


@pytest.mark.req("R0.4")
def test_unknown_is_a_value(member):
    page = member.get("/kennisbank/?resultaat=onbekend")
    assert total(page) == 14
    assert "Community Young Adult" in titles(page)
    assert "Community Young Adult" in titles(member.get("/kennisbank/?doelgroep=onbekend&resultaat=onbekend"))
    with_one = member.get("/kennisbank/?doelgroep=onbekend&doelgroep=leden")
    assert {"Community Young Adult", "Tassenactie en Lezen voor leven (Serious Request)"} <= set(titles(with_one))


def test_a_value_without_hits_is_greyed_but_a_ticked_one_can_be_unticked(member):
    page = member.get("/kennisbank/?thema=jongeren")
    assert counts(page)["thema", "erfgoed"] == (0, True, False)
    page = member.get("/kennisbank/?thema=erfgoed&resultaat=prijs")
    assert counts(page)["thema", "erfgoed"] == (0, False, True)


def test_words_are_found_without_accents_and_capitals(member):
    assert titles(member.get("/kennisbank/?q=CAFÉ tablet")) == ["Community Tabletcafé"]
    assert titles(member.get("/kennisbank/?q=medellin")) == ["Around the World in 26 Libraries"]
    assert titles(member.get("/kennisbank/?q=stadkamer")) == ["Jeugdabonnementen via afspraken met scholen"]


@pytest.mark.parametrize("word", ["%", "_", "\\", "%25%25"])
def test_a_joker_is_an_ordinary_character(member, word):
    page = member.get("/kennisbank/", query_string={"q": word})
    assert page.status_code == 200
    assert total(page) < 42


def test_no_hits_says_so_and_offers_a_way_on(member):
    page = member.get("/kennisbank/?q=ruimtevaart&resultaat=gemeten")
    assert page.status_code == 200
    assert total(page) == 0
    assert "Geen enkele actie past hierbij." in page.text
    assert "Toon alle acties" in page.text


def test_each_filter_can_be_taken_away_alone(member):
    page = member.get("/kennisbank/?q=bibliotheek&thema=jongeren&resultaat=onbekend&resultaat=waargenomen").text
    chips = page.split('class="kb-chips"')[1].split("</ul>")[0]
    links = [html.unescape(link) for link in re.findall(r'href="([^"]*)"', chips)]
    # The order of the two kinds of result follows their list: waargenomen comes before onbekend.
    assert links == [
        "/kennisbank/?thema=jongeren&resultaat=onbekend&resultaat=waargenomen",
        "/kennisbank/?q=bibliotheek&resultaat=onbekend&resultaat=waargenomen",
        "/kennisbank/?q=bibliotheek&thema=jongeren&resultaat=onbekend",
        "/kennisbank/?q=bibliotheek&thema=jongeren&resultaat=waargenomen",
        "/kennisbank/",
    ]


def test_pages_and_entries_keep_the_selection(member):
    page = member.get("/kennisbank/?resultaat=gemeten").text
    assert "/kennisbank/?page=2&amp;resultaat=gemeten" in page
    entry = member.get("/kennisbank/nl-01?resultaat=gemeten&q=lochal").text
    assert "/kennisbank/?q=lochal&amp;resultaat=gemeten" in entry


# --- refusals ---------------------------------------------------------------------------------------


def test_what_no_list_knows_is_ignored(member):
    page = member.get("/kennisbank/?doelgroep=marsmannetjes&kleur=rood&thema=&resultaat=prijs&resultaat=%00")
    assert page.status_code == 200
    assert total(page) == 2
    assert "marsmannetjes" not in page.text


def test_script_in_the_words_stays_text(member):
    page = member.get("/kennisbank/", query_string={"q": '"><script>alert(1)</script>'})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


@pytest.mark.parametrize("words", ["a" * 50_000, "a " * 5_000, "\x00", "’“”", "🙂"])
def test_strange_words_do_no_harm(member, words):
    assert member.get("/kennisbank/", query_string={"q": words[:3_000]}).status_code == 200


@pytest.mark.parametrize("number", ["4", "9999", "0", "-1", "x", "", "²", "1e3", "9" * 40])
def test_a_page_that_is_not_there(member, number):
    page = member.get("/kennisbank/", query_string={"page": number})
    assert page.status_code == 404
    assert "Traceback" not in page.text


def test_it_is_read_without_an_account(client):
    assert total(client.get("/kennisbank/")) == 42
    assert client.get("/kennisbank/nl-01").status_code == 200
    assert client.post("/kennisbank/").status_code in {401, 405}


def test_nobody_writes_to_the_list(member):
    assert member.post("/kennisbank/").status_code == 405


@pytest.mark.parametrize("number", [42, 500])
def test_the_list_asks_little_and_never_more(member, shelve, queries, number):
    shelve(number)
    with queries() as seen:
        page = member.get("/kennisbank/?doelgroep=alle_inwoners&doelgroep=onbekend&resultaat=gemeten&q=actie")
    assert page.status_code == 200
    assert len(titles(page)) == min(20, -(-number // 4))
    assert len(seen) <= 12, seen


def test_the_whole_list_asks_the_same_with_500(member, shelve, queries):
    member.get("/kennisbank/")  # who this is and may do is asked once in a test
    numbers = []
    for number in (42, 500):
        shelve(number)
        with queries() as seen:
            assert total(member.get("/kennisbank/?page=2")) == number
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12
