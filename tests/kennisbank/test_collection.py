"""The activity type: a shelf of entries in a module."""

import html
import re

import pytest
from sqlalchemy import delete, func, select

from lms.api import Activity, Enrolment, db, now, progress
from plugins.kennisbank.collection import Collection
from plugins.kennisbank.models import Choice, Entry, Pick

WHY = "Dit past, want onze ouders komen ook op school."
OTHER = "Hier doen de bewoners zelf het meeste werk."
PINNED = ["nl-01", "nl-17", "nl-19"]


@pytest.fixture
def run(make):
    course = make.course(
        activities={"les": "core.lesson", "plank": "kennisbank.collection"},
        plank={"entries": PINNED, "choose": 2},
    )
    return make.run(course, participants=2)


@pytest.fixture
def person(make, run):
    return make.people(run)[0]


@pytest.fixture
def browser(sign_in, person):
    return sign_in(person)


@pytest.fixture
def trainer(make, sign_in, run):
    return sign_in(make.people(run, "trainer")[0])


def post(browser, run, *slugs, slug="plank", **reasons):
    data = {"chosen": list(slugs)} | {f"waarom-{s}": WHY for s in slugs}
    return browser.post(
        f"/kennisbank/collecties/{run.id}/{slug}",
        data=data | {f"waarom-{k.replace('_', '-')}": v for k, v in reasons.items()},
    )


def kept():
    rows = db.session.execute(select(Choice.enrolment_id, Pick.slug, Pick.reason).join(Pick).order_by(Pick.slug))
    return [tuple(row) for row in rows]


def is_done(run, person):
    enrolment = db.session.scalar(select(Enrolment).where(Enrolment.run_id == run.id, Enrolment.person_id == person.id))
    return [row.completed_at is not None for row in progress.of_enrolment(enrolment).values()]


def ticked(page):
    boxes = re.findall(r'<input class="form-check-input"[^>]*>', page.text)
    return [re.search(r'value="([^"]*)"', box)[1] for box in boxes if " checked" in box]


def test_the_way_from_task_to_kept_choice_and_another(browser, run, person):
    page = browser.get(f"/runs/{run.id}/plank")
    assert page.status_code == 200
    assert "<p>Tekst.</p>" in page.text
    assert "Opening LocHal met kortingsactie" in page.text
    assert "678.694 bezoekers" in page.text
    assert "Kies 2 voorbeelden" in page.text
    assert ticked(page) == []

    answer = post(browser, run, "nl-01", "nl-19")
    assert (answer.status_code, answer.location) == (302, f"/runs/{run.id}/plank")
    assert [(slug, why) for _id, slug, why in kept()] == [("nl-01", WHY), ("nl-19", WHY)]
    assert is_done(run, person) == [True]
    page = browser.get(f"/runs/{run.id}/plank")
    assert "Uw keuze is bewaard." in page.text
    assert "U kunt uw keuze nog veranderen." in page.text
    assert ticked(page) == ["nl-01", "nl-19"]
    assert WHY in page.text

    assert post(browser, run, "nl-01", "nl-17", nl_01=OTHER).status_code == 302
    assert [(slug, why) for _id, slug, why in kept()] == [("nl-01", OTHER), ("nl-17", WHY)]
    assert db.session.scalar(select(func.count()).select_from(Choice)) == 1
    assert is_done(run, person) == [True]


def test_the_entry_opens_beside_what_was_typed(browser, run):
    page = browser.get(f"/runs/{run.id}/plank").text
    assert re.search(r'<a href="/kennisbank/nl-01" class="kb-read" target="_blank" rel="noopener">', page)
    assert "(opent in een nieuw tabblad)" in page


@pytest.mark.parametrize(
    ("slugs", "sentence"),
    [
        ([], "Kies 2 voorbeelden. Nu is er niets gekozen."),
        (["nl-01"], "Kies 2 voorbeelden. Nu is er één gekozen."),
        (PINNED, "Kies 2 voorbeelden. Nu zijn er 3 gekozen."),
        (["nl-01", "nl-02"], "Kies 2 voorbeelden. Nu is er één gekozen."),  # not in this collection
        (["nl-01", "nl-01"], "Kies 2 voorbeelden. Nu is er één gekozen."),
        (["nl-01", "<script>"], "Kies 2 voorbeelden. Nu is er één gekozen."),
    ],
)
def test_exactly_as_many_as_asked(browser, run, person, slugs, sentence):
    answer = post(browser, run, *slugs, nl_01=OTHER)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Fout:" in re.sub(r"\s+", " ", answer.text).replace("<title> ", "<title>")
    assert OTHER in answer.text
    assert ticked(answer) == [slug for slug in PINNED if slug in slugs]
    assert kept() == []
    assert is_done(run, person) in ([], [False])


@pytest.mark.parametrize("why", ["", "   ", "Past goed.", "x" * 19 + " " * 50])
def test_a_reason_of_some_length(browser, run, why):
    answer = post(browser, run, "nl-01", "nl-19", nl_19=why)
    assert answer.status_code == 422
    assert "Schrijf in ten minste 20 tekens waarom dit past." in answer.text
    assert re.search(r'id="waarom-nl-19"[^>]*aria-invalid|aria-invalid[^>]*id="waarom-nl-19"', answer.text)
    assert 'href="#waarom-nl-19"' in answer.text
    assert ticked(answer) == ["nl-01", "nl-19"]
    assert WHY in answer.text
    assert kept() == []


def test_a_reason_of_no_end(browser, run):
    answer = post(browser, run, "nl-01", "nl-19", nl_19="lang " * 500)
    assert answer.status_code == 422
    assert "Kort die in tot 2000 tekens." in answer.text
    assert kept() == []


def test_a_zero_character_is_left_out(browser, run):
    post(browser, run, "nl-01", "nl-19", nl_19=f"\0{OTHER}\0")
    assert [why for _id, _slug, why in kept()] == [WHY, OTHER]


def test_a_refusal_leaves_the_kept_choice(browser, run):
    post(browser, run, "nl-01", "nl-19")
    assert browser.post(f"/kennisbank/collecties/{run.id}/plank", data={"waarom-nl-01": ""}).status_code == 422
    assert [slug for _id, slug, _why in kept()] == ["nl-01", "nl-19"]


def test_script_in_a_reason_stays_text(browser, trainer, run):
    post(browser, run, "nl-01", "nl-19", nl_19="<script>alert(1)</script> past bij ons")
    for page in (browser.get(f"/runs/{run.id}/plank").text, trainer.get(f"/runs/{run.id}/plank").text):
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


def test_the_trainer_sees_who_chose_what(browser, trainer, make, run, person):
    other = make.people(run)[1]
    post(browser, run, "nl-01", "nl-19")
    page = html.unescape(trainer.get(f"/runs/{run.id}/plank").text)
    assert "1 van 2 kozen" in page
    mine, theirs = page.index(f"<b>{person.name}</b>"), page.index(f"<b>{other.name}</b>")
    assert mine < page.index(WHY)
    assert theirs < page.index("Nog geen keuze.")
    assert "Bewaar mijn keuze" not in page


def test_the_trainer_sees_only_the_own_run(make, sign_in, browser, run):
    post(browser, run, "nl-01", "nl-19")
    twin = make.run(run.course, participants=1)
    page = sign_in(make.people(twin, "trainer")[0]).get(f"/runs/{twin.id}/plank").text
    assert "0 van 1 kozen" in page
    assert WHY not in page


def test_participants_and_administrators_see_nobody_elses_choice(make, sign_in, browser, run):
    post(browser, run, "nl-01", "nl-19")
    for looker in (make.people(run)[1], make.person(roles=("admin",))):
        page = sign_in(looker).get(f"/runs/{run.id}/plank")
        assert page.status_code == 200
        assert WHY not in page.text


def test_two_people_choose_apart(make, sign_in, browser, run):
    post(browser, run, "nl-01", "nl-19")
    post(sign_in(make.people(run)[1]), run, "nl-17", "nl-19", nl_17=OTHER)
    assert len({enrolment for enrolment, _slug, _why in kept()}) == 2
    assert ticked(browser.get(f"/runs/{run.id}/plank")) == ["nl-01", "nl-19"]


# --- who may not ------------------------------------------------------------------------------------


def test_a_trainer_does_not_choose(trainer, run):
    assert post(trainer, run, "nl-01", "nl-19").status_code == 403
    assert kept() == []


def test_a_trainer_who_follows_elsewhere_does_not_choose_here(make, sign_in, run):
    person = make.people(run, "trainer")[0]
    make.enrol(make.run(participants=0), person)
    assert post(sign_in(person), run, "nl-01", "nl-19").status_code == 403
    assert kept() == []


def test_another_run_is_not_there(make, sign_in, run):
    stranger = make.people(make.run())[0]
    browser = sign_in(stranger)
    assert post(browser, run, "nl-01", "nl-19").status_code == 404
    assert browser.get(f"/runs/{run.id}/plank").status_code == 404
    assert kept() == []


def test_who_left_does_not_choose(make, sign_in, run, person):
    enrolment = db.session.scalar(select(Enrolment).where(Enrolment.person_id == person.id))
    enrolment.left_at = now()
    make.enrol(make.run(participants=0), person)
    assert post(sign_in(person), run, "nl-01", "nl-19").status_code == 404


def test_somebody_with_only_an_account_and_nobody(make, sign_in, client, run):
    assert post(sign_in(make.person()), run, "nl-01", "nl-19").status_code == 403
    assert post(client, run, "nl-01", "nl-19").status_code == 401
    assert kept() == []


@pytest.mark.parametrize("slug", ["les", "bestaat-niet"])
def test_only_a_collection_can_be_chosen_from(browser, run, slug):
    assert post(browser, run, "nl-01", "nl-19", slug=slug).status_code == 404
    assert kept() == []


def test_a_form_without_its_token(make_app, make, run, person):
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        again = make.run(make.course(activities={"plank": "kennisbank.collection"}, plank={"entries": PINNED}))
        someone = make.people(again)[0]
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = someone.get_id(), True
        assert post(client, again, "nl-01").status_code == 400
        assert kept() == []


# --- what may be missing ------------------------------------------------------------------------------


def test_an_entry_that_left_the_kennisbank_is_shown_as_such(browser, trainer, run):
    post(browser, run, "nl-17", "nl-19")
    db.session.execute(delete(Entry).where(Entry.slug == "nl-17"))
    db.session.commit()
    page = browser.get(f"/runs/{run.id}/plank")
    assert page.status_code == 200
    assert "«nl-17» staat niet meer in de kennisbank." in page.text
    assert ticked(page) == ["nl-19"]
    assert "nl-17" in trainer.get(f"/runs/{run.id}/plank").text
    assert post(browser, run, "nl-17", "nl-19").status_code == 422
    assert post(browser, run, "nl-01", "nl-19").status_code == 302


def test_fewer_left_than_asked(browser, run):
    db.session.execute(delete(Entry).where(Entry.slug != "nl-19"))
    db.session.commit()
    assert "Kies één voorbeeld" in browser.get(f"/runs/{run.id}/plank").text
    assert post(browser, run, "nl-19").status_code == 302


def test_none_left(browser, run):
    db.session.execute(delete(Entry))
    db.session.commit()
    page = browser.get(f"/runs/{run.id}/plank")
    assert page.status_code == 200
    assert "U kunt hier nu niets kiezen." in page.text
    assert post(browser, run, "nl-19").status_code == 404


def test_a_collection_without_settings(make, sign_in):
    run = make.run(make.course(activities={"plank": "kennisbank.collection"}))
    browser = sign_in(make.people(run)[0])
    page = browser.get(f"/runs/{run.id}/plank")
    assert page.status_code == 200
    assert "Hier staan nog geen voorbeelden." in page.text
    assert post(browser, run, "nl-19").status_code == 404


def test_unavailable_while_the_plugin_is_off(make_app, make):
    app = make_app(PLUGINS=())
    with app.app_context():
        run = make.run(make.course(activities={"plank": "kennisbank.collection"}, plank={"entries": PINNED}))
        person = make.people(run)[0]
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = person.get_id(), True
        page = client.get(f"/runs/{run.id}/plank")
        assert page.status_code == 200
        assert "niet beschikbaar" in page.text
        assert client.get("/kennisbank/").status_code == 404


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"entries": ["nl-01"]}, []),
        ({"entries": ["nl-01", "nl-02"], "choose": 2}, []),
        ({"search": "thema=jongeren", "choose": 2}, []),
        ({"search": 7}, ["search"]),
        ({"search": "thema=jongeren", "choose": 13}, ["choose"]),
        ({}, ["entries"]),
        ({"entries": []}, ["entries"]),
        ({"entries": "nl-01"}, ["entries"]),
        ({"entries": ["nl-01", 7]}, ["entries"]),
        ({"entries": ["nl-01", "nl-01"]}, ["entries"]),
        ({"entries": ["nl-01"], "choose": 2}, ["choose"]),
        ({"entries": ["nl-01"], "choose": 0}, ["choose"]),
        ({"entries": ["nl-01"], "choose": "1"}, ["choose"]),
        ({"entries": ["nl-01"], "choose": True}, ["choose"]),
    ],
)
def test_the_settings_are_looked_at(app, settings, wrong):
    assert [name for name, _sentence in Collection().check(settings)] == wrong


@pytest.mark.parametrize("number", [10, 200])
def test_pages_ask_little_however_large_the_group(make, sign_in, run, queries, number):
    people = [make.person() for _ in range(number)]
    activity = db.session.scalar(select(Activity).where(Activity.course_id == run.course_id, Activity.slug == "plank"))
    for enrolment in [make.enrol(run, person) for person in people]:
        db.session.add(
            Choice(
                enrolment_id=enrolment.id,
                activity_id=activity.id,
                picks=[Pick(slug=slug, reason=WHY) for slug in PINNED[:2]],
            )
        )
    db.session.flush()
    trainer, participant = sign_in(make.people(run, "trainer")[0]), sign_in(people[0])
    for browser in (trainer, participant):
        db.session.expire_all()
        with queries() as seen:
            page = browser.get(f"/runs/{run.id}/plank")
        assert page.status_code == 200
        assert len(seen) <= 12, seen
    assert f"{number} van {number + 2} kozen" in trainer.get(f"/runs/{run.id}/plank").text


# --- what the trainer puts on the shelf -----------------------------------------------------------------


def shelve(browser, run, **data):
    return browser.post(f"/kennisbank/collecties/{run.id}/plank/plank", data={"choose": "2"} | data)


@pytest.mark.req("R4.13", "R2.9")
def test_a_trainer_pins_entries_and_a_live_search(trainer, browser, run):
    found = "https://leerplein.example/kennisbank/?thema=jongeren&page=2"
    answer = shelve(
        trainer, run, pins="https://x.example/kennisbank/nl-02?q=app\nnl-04", search=found, task="Kies er twee."
    )
    assert answer.status_code == 302
    page = browser.get(f"/runs/{run.id}/plank").text
    assert "Kies er twee." in page and "<p>Tekst.</p>" not in page
    shown = re.findall(r'name="chosen" value="([^"]*)"', page)
    assert shown[:2] == ["nl-02", "nl-04"] and "nl-10" in shown and "nl-01" not in shown
    assert post(browser, run, "nl-02", "nl-10").status_code == 302
    assert shelve(trainer, run, reset="1").status_code == 302
    page = browser.get(f"/runs/{run.id}/plank").text
    assert re.findall(r'name="chosen" value="([^"]*)"', page) == PINNED


def test_what_one_chose_of_a_live_search_stays_when_it_no_longer_brings_it(trainer, browser, run):
    shelve(trainer, run, search="q=lochal", choose="1")
    assert post(browser, run, "nl-01").status_code == 302
    shelve(trainer, run, search="q=boekstartkoffer", choose="1")
    page = browser.get(f"/runs/{run.id}/plank")
    assert ticked(page) == ["nl-01"] and "nl-04" in page.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"pins": "nl-01\nbestaat-niet"}, "Dit staat niet in de kennisbank: bestaat-niet."),
        ({"search": "https://elders.example/"}, "Zoek eerst in de kennisbank"),
        ({"search": "https://[half?niets=1"}, "Zoek eerst in de kennisbank"),
        ({"search": "?" + "niets=1&" * 120}, "Zoek eerst in de kennisbank"),
        ({}, "Zet ten minste één bijdrage op de plank"),
        ({"pins": "nl-01"}, "Er staan er maar 1 op de plank."),
        ({"pins": "nl-01", "choose": "0"}, "Noem een aantal van 1 tot en met 12."),
        ({"pins": "nl-01", "choose": "x"}, "Noem een aantal"),
    ],
)
def test_a_shelf_that_does_not_fit(trainer, run, data, sentence):
    answer = shelve(trainer, run, **data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert all(html.escape(value.splitlines()[0]) in answer.text for value in data.values())


def test_only_the_trainer_of_the_run_fills_it(browser, make, sign_in, run, client):
    other = sign_in(make.people(make.run(), "trainer")[0])
    assert shelve(browser, run, pins="nl-01\nnl-02").status_code == 403
    assert shelve(other, run, pins="nl-01\nnl-02").status_code == 404
    assert shelve(client, run, pins="nl-01\nnl-02").status_code == 401


def test_a_live_search_asks_little(trainer, browser, run, queries):
    shelve(trainer, run, pins="nl-01", search="q=jongeren+bibliotheek&resultaat=gemeten")
    where = f"/runs/{run.id}/plank"
    for one in (trainer, browser):
        with queries() as seen:
            assert one.get(where).status_code == 200
        assert len(seen) <= 12, "\n".join(one[:90].replace("\n", " ") for one in seen)
