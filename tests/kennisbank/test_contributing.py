"""From a name to a published entry: short form, draft, first one checked, history, refusals."""

import html
import re
import time

import pytest
from sqlalchemy import select

from lms.api import db
from plugins.kennisbank.models import Draft, Entry, Revision

HERE, THERE = "Bibliotheek Waterdorp", "Bibliotheek Lindehove"
TEXT = {"title": "Voorlezen in de wachtkamer", "done": "Elke dinsdag las een vrijwilliger voor.", "goal": "meer leden"}
ROW = {
    "results-0-indicator": "nieuwe leden", "results-0-baseline": "20", "results-0-outcome": "35",
    "results-0-period": "voorjaar 2025", "results-0-kind": "gemeten", "results-0-method": "ledenadministratie",
}  # fmt: skip


@pytest.fixture
def noor(make):
    return make.person("Noor", library=HERE)


@pytest.fixture
def browser(sign_in, noor):
    return sign_in(noor)


@pytest.fixture
def editor(make, sign_in):
    return sign_in(make.person("Hanna", library=THERE, roles=("kennisbank.editor",)))


def begin(browser, title=TEXT["title"], kind="actie", **more):
    answer = browser.post("/kennisbank/bijdragen", data={"kind": kind, "title": title} | more)
    assert answer.status_code == 302, answer.text
    return answer.location.split("/")[2]


def test_a_double_press_begins_one_concept(browser):
    first, second = (begin(browser, "Een boekenbus in de wijk", other="1") for _press in range(2))
    assert first == second


def hidden(page):
    return {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)[1] for name in ("revision", "based_on")}


def hand_in(browser, slug, **more):
    form = TEXT | hidden(browser.get(f"/kennisbank/{slug}/bewerken")) | more
    return browser.post(f"/kennisbank/{slug}/bewerken", data=form)


def entry(slug):
    db.session.expire_all()
    return db.session.scalar(select(Entry).where(Entry.slug == slug))


@pytest.fixture
def published(browser, editor):
    """The slug of an entry that the redactie published."""
    slug = begin(browser)
    assert hand_in(browser, slug, **ROW).status_code == 302
    assert editor.post(f"/kennisbank/redactie/{slug}", data={"what": "publish"}).status_code == 302
    return slug


@pytest.mark.req("R2.3", "R2.8")
def test_a_first_contribution_waits_for_the_redactie_and_a_second_does_not(browser, editor, noor, client, worker):
    slug = begin(browser)
    assert "meteen in" in browser.get(f"/kennisbank/{slug}/bewerken").text
    assert hand_in(browser, slug, **ROW, doelgroepen=["ouders_en_opvoeders"]).status_code == 302
    assert entry(slug).status == "submitted"
    assert client.get(f"/kennisbank/{slug}").status_code == 404
    assert TEXT["title"] not in client.get("/kennisbank/?q=wachtkamer").text

    queue = editor.get("/kennisbank/redactie").text
    assert TEXT["title"] in queue and "1 eerste bijdrage wacht" in queue
    assert "Nieuw in de kennisbank" in editor.get("/berichten").text
    assert editor.post(f"/kennisbank/redactie/{slug}", data={"what": "publish"}).status_code == 302
    page = client.get(f"/kennisbank/{slug}").text
    assert '<span class="lp-fig">35</span>' in page and "nieuwe leden, eerder 20" in page
    assert "Gedeeld door Bibliotheek Waterdorp zelf." in page
    assert "staat in de kennisbank" in browser.get("/berichten").text

    second = begin(browser, "Een heel ander plan met schoolpleinen")
    assert hand_in(browser, second, title="Een heel ander plan met schoolpleinen").status_code == 302
    assert entry(second).status == "published" and entry(second).checked_at is None
    assert "1 nieuw of gewijzigd" in editor.get("/kennisbank/redactie").text
    editor.post(f"/kennisbank/redactie/{second}", data={"what": "seen"})
    assert entry(second).checked_at is not None
    assert "Nog niet gemeten".lower() in client.get(f"/kennisbank/{second}").text


@pytest.mark.req("R2.8")
def test_the_redactie_sends_back_with_a_reason(browser, editor):
    slug = begin(browser)
    hand_in(browser, slug)
    answer = editor.post(f"/kennisbank/redactie/{slug}", data={"what": "back", "note": " "})
    assert answer.status_code == 422 and "Schrijf wat er anders moet." in answer.text
    assert (
        editor.post(f"/kennisbank/redactie/{slug}", data={"what": "back", "note": "Noem de wijk."}).status_code == 302
    )
    assert entry(slug).status == "draft"
    assert "Noem de wijk." in browser.get(f"/kennisbank/{slug}/bewerken").text
    assert editor.post(f"/kennisbank/redactie/{slug}", data={"what": "publish"}).status_code == 409


@pytest.mark.req("R2.1")
def test_measured_needs_a_method_in_the_form(browser):
    slug = begin(browser)
    answer = hand_in(browser, slug, **(ROW | {"results-0-method": ""}))
    assert answer.status_code == 422
    assert "Schrijf hoe het is gemeten." in answer.text
    assert re.search(r'id="results-0-method"[^>]*aria-invalid|aria-invalid[^>]*id="results-0-method"', answer.text)
    assert 'value="ledenadministratie"' not in answer.text and 'value="voorjaar 2025"' in answer.text
    assert entry(slug).status == "draft"


@pytest.mark.req("R0.2")
@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("done", "Mail naar jan.jansen@waterdorp.example."),
        ("contact", "Bel 06-12345678"),
        ("otherwise", "+31 (0)20 123 45 67 bellen"),
        ("results-0-source", "noor (at) waterdorp.example"),
    ],
)
def test_nobodys_address_or_number_is_published(browser, field, text):
    slug = begin(browser)
    answer = hand_in(browser, slug, **{field: text})
    assert answer.status_code == 422
    assert "publiceren we niet" in answer.text
    assert entry(slug).status == "draft"


def test_figures_and_sources_are_no_phone_numbers(browser):
    slug = begin(browser)
    source = "https://www.waterdorp.example/a/0612345678901 ISBN 978-90-6123-456-7, 0,5 tot 1.234.567.890 keer"
    assert hand_in(browser, slug, source=source).status_code == 302


@pytest.mark.parametrize(
    "name",
    ["title", "period", "goal", "target", "done", "result", "partners", "caution", "otherwise", "takeover",
     "materials", "contact", "source", "evaluation", "phase_note", "results-0-indicator", "results-0-baseline",
     "results-0-outcome", "results-0-unit", "results-0-period", "results-0-method", "results-0-source"],
)  # fmt: skip
def test_script_stays_text_in_every_field(browser, name):
    slug = begin(browser)
    evil = '"><script>alert(1)</script>'
    assert hand_in(browser, slug, **(ROW | {name: evil})).status_code == 302
    for page in ("", "/bewerken", "/geschiedenis", "/geschiedenis/1"):
        text = browser.get(f"/kennisbank/{slug}{page}").text
        assert "<script>alert" not in text, page
    assert "&lt;script&gt;alert(1)" in browser.get(f"/kennisbank/{slug}").text


# --- the draft ----------------------------------------------------------------------------------------


JSON = {"Accept": "application/json"}


@pytest.mark.req("R2.2")
def test_the_draft_saves_itself_and_comes_back(browser):
    slug = begin(browser)
    first = hidden(browser.get(f"/kennisbank/{slug}/bewerken"))
    answer = browser.post(
        f"/kennisbank/{slug}/concept", data=TEXT | ROW | first | {"kanalen": ["school"]}, headers=JSON
    )
    assert (answer.status_code, answer.json["revision"]) == (200, 1)
    page = browser.get(f"/kennisbank/{slug}/bewerken").text
    assert TEXT["done"] in page and 'value="ledenadministratie"' in page
    assert re.search(r'value="school"[^>]*checked', page)
    assert db.session.scalar(select(Draft.revision)) == 1


def test_two_windows_are_noticed_with_and_without_script(browser, make, sign_in):
    slug = begin(browser)
    colleague = sign_in(make.person(library=HERE))
    mine = hidden(browser.get(f"/kennisbank/{slug}/bewerken"))
    theirs = hidden(colleague.get(f"/kennisbank/{slug}/bewerken"))
    colleague.post(f"/kennisbank/{slug}/concept", data=TEXT | theirs | {"goal": "anders"})
    answer = browser.post(f"/kennisbank/{slug}/concept", data=TEXT | mine, headers=JSON)
    assert answer.status_code == 409
    assert "anders" in answer.json["theirs"] and answer.json["revision"] == 1
    answer = browser.post(f"/kennisbank/{slug}/bewerken", data=TEXT | mine)
    assert answer.status_code == 409
    assert "anders" in answer.text and "meer leden" in answer.text and "nog niets overschreven" in answer.text
    assert entry(slug).status == "draft"
    # The form on that page keeps what I typed after all.
    again = dict(re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', answer.text))
    again |= {"revision": re.search(r'name="revision"[^>]*value="(\d+)"', answer.text)[1]}
    assert browser.post(f"/kennisbank/{slug}/concept", data=again).status_code == 302
    assert "meer leden" in browser.get(f"/kennisbank/{slug}/bewerken").text


def test_two_editors_at_one_published_entry(browser, editor, published):
    mine = hidden(browser.get(f"/kennisbank/{published}/bewerken"))
    assert hand_in(editor, published, goal="van de redactie").status_code == 302
    answer = browser.post(f"/kennisbank/{published}/bewerken", data=TEXT | mine | {"goal": "van ons"})
    assert answer.status_code == 409
    assert "van de redactie" in answer.text and "van ons" in answer.text
    assert entry(published).goal == "van de redactie"


def test_what_is_being_written_is_not_yet_read_by_others(browser, client, published):
    first = hidden(browser.get(f"/kennisbank/{published}/bewerken"))
    browser.post(f"/kennisbank/{published}/concept", data=TEXT | first | {"done": "Nog niet klaar."})
    assert "Nog niet klaar." not in client.get(f"/kennisbank/{published}").text
    assert hand_in(browser, published, done="Nu wel klaar.").status_code == 302
    assert "Nu wel klaar." in client.get(f"/kennisbank/{published}").text
    assert db.session.scalar(select(Draft)) is None


def test_a_concept_can_be_thrown_away_and_a_published_entry_cannot(browser, published):
    slug = begin(browser, "Iets heel anders met robots")
    assert browser.post(f"/kennisbank/{slug}/weggooien").status_code == 302
    assert entry(slug) is None
    browser.post(f"/kennisbank/{published}/weggooien")
    assert entry(published).status == "published"


# --- what looks like it ---------------------------------------------------------------------------------


@pytest.mark.req("R2.8")
def test_what_looks_like_it_is_shown_while_typing_and_without_script(browser):
    found = browser.get("/kennisbank/bijdragen/lijkt-op", query_string={"title": "vakantiebieb via ansichtkaart"}).text
    assert "VakantieBieb via ansichtkaarten op school" in found
    assert "Voorlezen" not in found
    page = browser.post("/kennisbank/bijdragen", data={"kind": "actie", "title": "De BoekStartkoffer"})
    assert page.status_code == 200
    assert "Dit lijkt erop." in page.text and "Nee, het is iets anders" in page.text
    begin(browser, "De BoekStartkoffer", other="1")


@pytest.mark.parametrize(
    "title", ["Tuinieren met nieuwkomers", "Digitaal spreekuur in het buurthuis", "abc", "%%%%", "____", "\\\\\\\\"]
)
def test_another_title_is_not_alike(browser, title):
    assert "lijk" not in browser.get("/kennisbank/bijdragen/lijkt-op", query_string={"title": title}).text


@pytest.mark.parametrize(
    ("kind", "title"), [("actie", ""), ("actie", "abc"), ("raket", "Een goede naam"), ("actie", "x" * 301)]
)
def test_a_kind_and_a_name_are_needed(browser, kind, title):
    assert browser.post("/kennisbank/bijdragen", data={"kind": kind, "title": title}).status_code == 422
    assert db.session.scalar(select(Entry).where(Entry.origin == "contributed")) is None


# --- states, history ---------------------------------------------------------------------------------------


@pytest.mark.req("R2.4", "R2.8")
def test_states_say_why_and_lead_on(browser, client, published):
    other = begin(browser, "Wachtkamer voorlezen nieuwe stijl", other="1")
    hand_in(browser, other, title="Wachtkamer nieuwe stijl")
    where = f"/kennisbank/{published}/stand"
    form = browser.get(where).text
    assert '<option value="">Kies</option>' in form and "(niet verplicht)" not in form
    unchosen = browser.post(where, data={"to": "", "note": "Het is op."})
    assert unchosen.status_code == 422 and "Kies hoe het ervoor staat." in unchosen.text
    assert browser.post(where, data={"to": "stopped", "note": ""}).status_code == 422
    assert browser.post(where, data={"to": "succeeded", "successor": "bestaat-niet"}).status_code == 422
    assert browser.post(where, data={"to": "succeeded", "successor": published}).status_code == 422
    assert browser.post(where, data={"to": "draft", "note": "x"}).status_code == 409
    assert browser.post(where, data={"to": "succeeded", "successor": f"/kennisbank/{other}"}).status_code == 302
    assert f'href="/kennisbank/{other}"' in client.get(f"/kennisbank/{published}").text
    for status, word in (("review", "Te herzien."), ("stopped", "Gestopt."), ("archived", "Gearchiveerd.")):
        assert browser.post(where, data={"to": status, "note": "De groep stopte."}).status_code == 302
        page = client.get(f"/kennisbank/{published}").text
        assert word in page and "De groep stopte." in page
    assert published not in client.get("/kennisbank/?q=wachtkamer").text
    assert browser.post(where, data={"to": "published"}).status_code == 302
    assert published in client.get("/kennisbank/?q=wachtkamer").text
    assert "Opgevolgd" in browser.get(f"/kennisbank/{published}/geschiedenis").text


def test_what_followed_is_named_to_who_may_read_it(browser, client, make, sign_in, published):
    other = begin(browser, "Voorlezen in de ochtend", other="1")
    said = {"to": "succeeded", "successor": other, "note": "Het ging verder."}
    assert browser.post(f"/kennisbank/{published}/stand", data=said).status_code == 302
    stranger = sign_in(make.person(library=THERE))
    for status, visibility, looker, shown in (
        ("draft", "public", stranger, False),
        ("draft", "public", browser, True),
        ("published", "network", client, False),
        ("published", "network", stranger, True),
        ("published", "public", client, True),
    ):
        follower = entry(other)
        follower.status, follower.visibility = status, visibility
        db.session.commit()
        page = looker.get(f"/kennisbank/{published}").text
        assert ("Voorlezen in de ochtend" in page, other in page, "Het ging verder." in page) == (shown, shown, True)


def test_history_shows_the_difference_and_puts_back(browser, published):
    hand_in(browser, published, goal="een ander doel")
    last = entry(published).revision
    page = browser.get(f"/kennisbank/{published}/geschiedenis/{last}").text
    assert "<del>meer leden</del>" in page and "<ins>een ander doel</ins>" in page
    first = browser.get(f"/kennisbank/{published}/geschiedenis/1").text
    assert "Wie mag dit lezen?" in first and "Iedereen" in first and "public" not in first.split("<main")[1]
    assert browser.post(f"/kennisbank/{published}/geschiedenis/{last - 1}").status_code == 302
    assert entry(published).goal == "meer leden"
    assert entry(published).revision == last + 1
    numbers = db.session.scalars(select(Revision.number).where(Revision.entry_id == entry(published).id)).all()
    assert sorted(numbers) == list(range(1, last + 2))
    assert browser.get(f"/kennisbank/{published}/geschiedenis/999").status_code == 404


# --- whose it is ------------------------------------------------------------------------------------------


def test_another_library_reads_but_does_not_change_or_publish(browser, make, sign_in, published):
    other = sign_in(make.person(library=THERE))
    slug = begin(browser, "Iets heel anders met robots")
    hand_in(browser, slug, title="Iets heel anders met robots")
    concept = begin(browser, "Nog een plan over schaken")
    for address in ("bewerken", "concept", "stand", "weggooien", "geschiedenis/1"):
        assert other.post(f"/kennisbank/{published}/{address}", data=TEXT).status_code == 403, address
        assert other.post(f"/kennisbank/{concept}/{address}", data=TEXT).status_code == 404, address
    assert other.post(f"/kennisbank/redactie/{concept}", data={"what": "publish"}).status_code == 403
    assert browser.post(f"/kennisbank/redactie/{concept}", data={"what": "publish"}).status_code == 403
    assert entry(concept).status == "draft"
    assert entry(published).title == TEXT["title"]


def test_a_colleague_goes_on_when_the_writer_left(browser, noor, make, sign_in, lms_command, published):
    assert lms_command("user", "remove", noor.email, "--yes").exit_code == 0
    colleague = sign_in(make.person(library=HERE))
    assert hand_in(colleague, published, goal="nieuw").status_code == 302
    assert entry(published).goal == "nieuw"


@pytest.mark.req("R0.19")
def test_an_entry_for_the_network_needs_an_account(browser, make, sign_in, client, published):
    hand_in(browser, published, visibility="network")
    assert client.get(f"/kennisbank/{published}").status_code == 404
    assert published not in client.get("/kennisbank/?q=wachtkamer").text
    member = sign_in(make.person(library=THERE))
    assert member.get(f"/kennisbank/{published}").status_code == 200
    assert published in member.get("/kennisbank/?q=wachtkamer").text


def test_an_editor_does_not_wait_for_an_editor(editor):
    slug = begin(editor)
    hand_in(editor, slug)
    assert entry(slug).status == "published" and entry(slug).checked_at is not None


@pytest.mark.req("R0.18")
@pytest.mark.parametrize("kind", ["voorbeeld", "tool", "handvat"])
def test_every_kind_has_a_form_in_its_own_words(browser, kind):
    slug = begin(browser, kind=kind)
    page = html.unescape(browser.get(f"/kennisbank/{slug}/bewerken").text)
    heading = {"voorbeeld": "Wat gebeurt er?", "tool": "Hoe past u de tool toe?", "handvat": "De stappen"}[kind]
    assert heading in page
    assert hand_in(browser, slug).status_code == 302


def test_the_pages_ask_little(browser, editor, published, queries):
    for person, address in (
        (browser, published), (browser, f"{published}/bewerken"), (browser, f"{published}/geschiedenis"),
        (browser, f"{published}/geschiedenis/2"), (browser, "bijdragen"), (editor, "redactie"),
    ):  # fmt: skip
        db.session.expire_all()
        with queries() as seen:
            assert person.get(f"/kennisbank/{address}").status_code == 200
        assert len(seen) <= 12, (address, len(seen), seen)


def test_one_long_word_in_every_field_is_refused_at_once(browser):
    """To look for addresses of persons in such a text took hours, in which the server did nothing else."""
    slug = begin(browser)
    form = browser.get(f"/kennisbank/{slug}/bewerken")
    names = re.findall(r'<textarea[^>]*name="(\w+)"', form.text)
    assert len(names) > 5
    begun = time.thread_time()
    assert hand_in(browser, slug, **dict.fromkeys(names, "a" * 100_000)).status_code == 422
    assert time.thread_time() - begun < 5
