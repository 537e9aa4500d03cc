"""What readers add: the chain of evidence, of use to us, does it still hold; and how a result is drawn."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.api import db, now, today
from plugins.kennisbank.figures import number
from plugins.kennisbank.models import Confirmation, Entry, TakeOver, Vote

TAKEN = {
    "since": "september 2026", "changed": "Alleen voor jeugd.", "indicator": "nieuwe leden", "baseline": "8",
    "outcome": "15", "kind": "gemeten", "method": "ledenadministratie",
}  # fmt: skip


def rows(model):
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.req("R2.1", "R2.3")
def test_a_library_that_took_it_over_stands_in_the_chain_with_its_own_result(member, make, sign_in, client):
    assert "Overgenomen door" not in client.get("/kennisbank/nl-04").text
    assert member.post("/kennisbank/nl-04/overgenomen", data=TAKEN).status_code == 302
    page = client.get("/kennisbank/nl-04").text
    chain = page.split('id="overgenomen"')[1].split("</section>")[0]
    assert "1 bibliotheek" in chain and "Bibliotheek Waterdorp" in chain
    assert "van 8 naar 15" in chain and "gemeten" in chain and "Alleen voor jeugd." in chain
    # A colleague changes the same row; another library adds one that is not measured yet.
    colleague = sign_in(make.person())
    assert 'value="ledenadministratie"' in colleague.get("/kennisbank/nl-04/overgenomen").text
    colleague.post("/kennisbank/nl-04/overgenomen", data=TAKEN | {"outcome": "16"})
    sign_in(make.person(library="Bibliotheek Lindehove")).post("/kennisbank/nl-04/overgenomen", data={"since": "nu"})
    chain = client.get("/kennisbank/nl-04").text.split('id="overgenomen"')[1].split("</section>")[0]
    assert "2 bibliotheken" in chain and "naar 16" in chain and "nog niet gemeten" in chain
    assert rows(TakeOver) == 2
    colleague.post("/kennisbank/nl-04/overgenomen", data={"withdraw": "1"})
    assert rows(TakeOver) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "gemeten", "method": ""}, "Schrijf hoe het is gemeten."),
        ({"changed": "Vraag het aan piet@waterdorp.example"}, "publiceren we niet"),
        ({"result_on": "ooit"}, "aria-invalid"),
        ({"indicator": "x" * 201}, "hoogstens 200 tekens"),
    ],
)
def test_a_take_over_that_does_not_fit(member, data, sentence):
    answer = member.post("/kennisbank/nl-04/overgenomen", data=TAKEN | data)
    assert answer.status_code == 422 and sentence in answer.text and "september 2026" in answer.text
    assert rows(TakeOver) == 0


def test_nobody_takes_over_their_own_or_without_a_library(member, make, sign_in):
    entry = db.session.scalar(select(Entry).where(Entry.slug == "nl-04"))
    entry.library_id = make.person().library_id
    homeless = make.person(library="Bibliotheek Lindehove")
    homeless.library = None
    assert member.post("/kennisbank/nl-04/overgenomen", data=TAKEN).status_code == 403
    assert sign_in(homeless).post("/kennisbank/nl-04/overgenomen", data=TAKEN).status_code == 403


@pytest.mark.req("R2.4")
def test_one_press_says_that_it_still_holds_and_moves_the_date(member, client):
    assert "Nog niemand bevestigde dit." in client.get("/kennisbank/nl-04").text
    for _twice in range(2):
        assert member.post("/kennisbank/nl-04/klopt", data={"holds": "1"}).status_code == 302
    assert rows(Confirmation) == 1
    entry = db.session.scalar(select(Entry).where(Entry.slug == "nl-04"))
    assert 360 < (entry.review_by - today()).days < 370
    assert "Bevestigd op" in client.get("/kennisbank/nl-04").text


@pytest.mark.req("R2.4")
def test_who_doubts_tells_the_owner_and_readers_see_it(member, make, sign_in, client):
    owner = make.person(library="Bibliotheek Lindehove", roles=("contact@library",))
    editor = make.person(library="Bibliotheek Lindehove", roles=("kennisbank.editor",))
    entry = db.session.scalar(select(Entry).where(Entry.slug == "nl-04"))
    entry.library_id = owner.library_id
    member.post("/kennisbank/nl-04/klopt", data={"note": "De koffer heet nu anders."})
    assert "1 lezer twijfelt." in client.get("/kennisbank/nl-04").text
    assert "Klopt dit nog? BoekStartkoffer" in sign_in(owner).get("/berichten").text
    assert "BoekStartkoffer" not in sign_in(editor).get("/berichten").text
    member.post("/kennisbank/nl-06/klopt", data={})
    assert "Community Young Adult" in sign_in(editor).get("/berichten").text


@pytest.mark.req("R2.4")
def test_once_a_date_has_passed_its_owner_is_asked_once_until_there_is_a_new_date(make, sign_in, lms_command, app):
    owner = make.person(library="Bibliotheek Lindehove", roles=("contact@library",))
    editor = sign_in(make.person(roles=("kennisbank.editor",)))
    koffer, circle, later = (
        db.session.scalar(select(Entry).where(Entry.slug == slug)) for slug in ("nl-04", "nl-16", "nl-05")
    )
    koffer.library_id, koffer.result_on = owner.library_id, today() - timedelta(days=1)
    circle.review_by = today() - timedelta(days=400)
    later.review_by = today()
    db.session.commit()
    for days in range(3):
        moment = now() + timedelta(days=1) if days else now()
        app.config["CLOCK"] = lambda moment=moment: moment
        assert lms_command("worker", "--once").exit_code == 0
    page = sign_in(owner).get("/berichten").text
    assert page.count("Kijkt u naar") == page.count("Kijkt u naar «BoekStartkoffer»?") == 1
    told = editor.get("/berichten").text
    assert told.count("Kijkt u naar") == 2, "each date that passes asks once"
    assert "Kijkt u naar «Kunst &amp; Cultuur Cirkel»?" in told
    assert "Kijkt u naar «Informatiepunt Digitale Overheid (IDO)»?" in told
    editor.post("/kennisbank/nl-16/klopt", data={"holds": "1"})
    assert db.session.scalar(select(Entry.review_by).where(Entry.slug == "nl-16")) > today()


@pytest.mark.req("R2.2")
def test_of_use_to_us_is_one_answer_for_each_reader(member, make, sign_in, client):
    other = sign_in(make.person())
    member.post("/kennisbank/nl-04/bruikbaar", data={"answer": "no"})
    member.post("/kennisbank/nl-04/bruikbaar", data={"answer": "changed"})
    other.post("/kennisbank/nl-04/bruikbaar", data={"answer": "yes"})
    assert other.post("/kennisbank/nl-04/bruikbaar", data={"answer": "misschien"}).status_code == 422
    assert rows(Vote) == 2
    assert "Ja: 1. Met aanpassing: 1. Nee: 0." in client.get("/kennisbank/nl-04").text
    assert re.search(r'value="changed" aria-pressed="true"', member.get("/kennisbank/nl-04").text)


def test_a_concept_takes_no_answers(member):
    entry = db.session.scalar(select(Entry).where(Entry.slug == "nl-04"))
    entry.status = "archived"
    for address in ("bruikbaar", "klopt", "overgenomen"):
        assert member.post(f"/kennisbank/nl-04/{address}", data={"answer": "yes"}).status_code == 403


# --- the result ---------------------------------------------------------------------------------------------


@pytest.mark.req("R2.1", "R2.10")
def test_before_and_after_are_drawn_and_stand_in_a_table(client):
    page = client.get("/kennisbank/int-03").text
    bars = re.findall(r'<rect class="fl-(\w+)" width="([\d.]+)"', page)
    assert [(shade, round(float(width))) for shade, width in bars] == [("muted", 55), ("ochre", 100)]
    assert "Gemeten met: onbekend." in page
    assert re.search(r'data-th="Erna">ongeveer 1\.650<', page) and re.search(r'data-th="Methode"><span', page)
    assert page.index("lp-fig") < page.index("kb-bars") < page.index("Wat is er gedaan?")


@pytest.mark.req("R0.4")
def test_unknown_and_not_measured_yet_are_said(client):
    assert "De bron noemt geen uitkomst." in client.get("/kennisbank/nl-06").text
    entry = db.session.scalar(select(Entry).where(Entry.slug == "nl-06"))
    entry.origin, entry.result_on = "contributed", today()
    page = client.get("/kennisbank/nl-06").text
    assert "nog niet gemeten" in page and "De meting is op" in page


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15.836", 15836), ("ongeveer 900", 900), ("35,4%", 35.4), ("1,6 miljoen", 1_600_000), ("0", 0), ("", None),
        ("enkele", None), ("12 tot 20", None), ("2.5", None), ("1.234.567", 1234567), ("ruim 3 duizend", 3000),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text, value):
    assert number(text) == value
