"""Changing, forgetting and first choosing a password."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from lms.accounts import services
from lms.db import db
from lms.jobs.models import Job
from lms.jobs.services import run_due
from lms.notifications.models import Mail
from lms.runs.models import TRAINER

PASSWORD = "drie losse woorden"
NEW = "vier nieuwe losse woorden"


@pytest.fixture
def noor(app):
    person = services.create_person("Noor de Wit", "noor@test.example", "Bibliotheek Waterdorp", password=PASSWORD)
    db.session.commit()
    return person


@pytest.fixture
def samira(app):
    person = services.create_person("Samira Haddou", "samira@test.example", "Bibliotheek Lindehove")
    db.session.commit()
    return person


@pytest.fixture
def clock(app):
    moment = [datetime(2026, 9, 1, 8, 0, tzinfo=UTC)]
    app.config["CLOCK"] = lambda: moment[0]

    def forward(**by):
        moment[0] += timedelta(**by)

    return forward


def login(client, email="noor@test.example", password=PASSWORD):
    return client.post("/login", data={"email": email, "password": password}).status_code


def change(client, current=PASSWORD, new=NEW, again=None):
    return client.post("/account", data={"current": current, "new": new, "again": new if again is None else again})


def choose(client, link, new=NEW, again=None):
    return client.post(link, data={"new": new, "again": new if again is None else again})


def links():
    """The links in the mails that were written, oldest first, as paths."""
    bodies = db.session.scalars(select(Mail.body).order_by(Mail.id))
    return [link for body in bodies for link in re.findall(r"http://localhost(/(?:wachtwoord|uitnodiging)/\S+)", body)]


def ask(client, email="noor@test.example"):
    """Ask for a link; the worker writes the mail with it."""
    answer = client.post("/wachtwoord-vergeten", data={"email": email})
    run_due()
    return answer


# --- one's own account ------------------------------------------------------------------------------


def test_the_account_shows_who_one_is(sign_in, noor, queries):
    client = sign_in(noor)
    with queries() as seen:
        page = client.get("/account")
    for text in ("Noor de Wit", "noor@test.example", "Bibliotheek Waterdorp"):
        assert text in page.text
    assert len(seen) <= 4


def test_the_account_is_for_who_is_in(client):
    assert client.get("/account").location == "/login?next=/account"
    assert change(client).status_code == 401


def test_changing_ends_the_other_sessions(sign_in, client, noor):
    here, there = sign_in(noor), sign_in(noor)
    answer = change(here)
    assert answer.location == "/account"
    assert "Al uw andere sessies zijn afgemeld" in here.get("/account").text
    assert there.get("/account").status_code == 302
    assert login(client) == 422
    assert login(client, password=NEW) == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"current": "mis mis mis"}, "Dit is niet uw huidige wachtwoord."),
        ({"current": ""}, "Vul uw huidige wachtwoord in."),
        ({"new": "te kort"}, "minstens 10 tekens"),
        ({"new": "x1y2" * 51}, "te lang"),
        ({"new": "x1y2" * 100_000}, "te lang"),
        ({"new": "Noor@Test.Example"}, "Uw e-mailadres is geen goed wachtwoord"),
        ({"new": "Wachtwoord123"}, "te makkelijk te raden"),
        ({"new": "abababababab"}, "te makkelijk te raden"),
        ({"again": "iets anders dan dat"}, "niet gelijk"),
        ({"again": ""}, "nog een keer"),
    ],
)
def test_changing_is_refused_with_a_sentence(sign_in, noor, client, typed, sentence):
    answer = change(sign_in(noor), **typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Fout:" in answer.text
    assert login(client) == 302, "the old one still works"


def test_guessing_at_an_open_session_is_limited(sign_in, noor, clock):
    client = sign_in(noor)
    for _ in range(5):
        assert change(client, current="mis mis mis").status_code == 422
    answer = change(client)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "Wacht 15 minuten" in answer.text


# --- forgotten --------------------------------------------------------------------------------------


def test_a_reset_by_mail(client, noor, worker, app):
    answer = ask(client)
    assert answer.location == "/wachtwoord-vergeten/verstuurd"
    assert client.get(answer.location).status_code == 200
    worker()
    sent = app.extensions["mailman"].outbox
    assert [mail.to for mail in sent] == [["noor@test.example"]]
    [link] = links()
    page = client.get(link)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    answer = choose(client, link)
    assert answer.location == "/vandaag"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Noor de Wit" in client.get("/account").text
    assert login(app.test_client()) == 422
    assert login(app.test_client(), password=NEW) == 302


def test_a_reset_works_once_and_uses_up_the_others(app, client, noor):
    ask(client)
    ask(client)
    first, second = links()
    assert choose(client, first).status_code == 302
    stranger = app.test_client()
    for link in (first, second):
        gone = stranger.get(link)
        assert gone.status_code == 410
        assert gone.headers["Referrer-Policy"] == "no-referrer"
        assert "Deze link werkt niet meer" in gone.text
        assert "/wachtwoord-vergeten" in gone.text
        assert choose(stranger, link, new="nog iets anders dan").status_code == 410
    assert login(stranger, password=NEW) == 302


def test_a_reset_ends_all_sessions(sign_in, client, noor):
    elsewhere = sign_in(noor)
    ask(client)
    choose(client, links()[0])
    assert elsewhere.get("/account").status_code == 302


def test_a_reset_opens_a_door_that_guesses_had_closed(client, noor, clock):
    for _ in range(6):
        login(client, password="mis mis mis")
    assert login(client) == 429
    ask(client)
    choose(client, links()[0])
    client.post("/logout")
    assert login(client, password=NEW) == 302


def test_a_reset_lasts_an_hour(client, noor, clock):
    ask(client)
    [link] = links()
    clock(minutes=59)
    assert client.get(link).status_code == 200
    clock(minutes=2)
    assert client.get(link).status_code == 410
    assert choose(client, link).status_code == 410
    assert login(client) == 302


def test_a_reset_refuses_a_bad_password(client, noor):
    ask(client)
    [link] = links()
    for new, again in (("te kort", None), (NEW, "iets anders dan dat"), ("wachtwoord123", None), ("", None)):
        answer = choose(client, link, new, again)
        assert answer.status_code == 422
        assert "<title>Fout:" in answer.text
    assert login(client) == 302
    assert client.get(link).status_code == 200, "the link is still good"


@pytest.mark.parametrize("token", ["x", "WzEsMV0.aaaa.bbbb", "%00", "é", "a" * 5000])
def test_a_token_that_we_never_made(client, noor, token):
    for way in ("wachtwoord", "uitnodiging"):
        assert client.get(f"/{way}/{token}").status_code == 404
        assert choose(client, f"/{way}/{token}").status_code == 404


def test_a_token_is_for_one_purpose(client, noor, samira):
    ask(client)
    services.invite(samira)
    reset, invitation = links()
    assert client.get(reset.replace("/wachtwoord/", "/uitnodiging/")).status_code == 404
    assert client.get(invitation.replace("/uitnodiging/", "/wachtwoord/")).status_code == 404


def test_the_answer_is_the_same_for_everybody(client, noor):
    noor.active = False
    known, unknown = ask(client), ask(client, "niemand@test.example")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert links() == [], "nor is there a mail for a closed account"


@pytest.mark.parametrize("email", ["", "   ", "x" * 100_000])
def test_asking_without_an_address(client, email):
    answer = ask(client, email)
    assert answer.status_code == 422
    assert "e-mailadres" in answer.text


def test_asking_is_limited(client, noor, clock):
    for email in ("noor@test.example", "niemand@test.example"):
        for _ in range(5):
            assert ask(client, email).status_code == 302
        answer = ask(client, email)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "900"
        assert f'value="{email}"' in answer.text
    assert len(links()) == 5


def test_links_come_from_the_settings_and_not_from_the_request(client, noor):
    client.post("/wachtwoord-vergeten", data={"email": noor.email}, headers={"Host": "evil.example"})
    run_due()
    assert "evil" not in db.session.scalar(select(Mail.body))
    assert len(links()) == 1


def test_the_form_works_over_https_without_a_referrer(make_app):
    app = make_app(WTF_CSRF_ENABLED=True, BASE_URL="https://leren.example", SESSION_COOKIE_SECURE=True)
    with app.app_context():
        person = services.create_person("Noor", "noor@test.example", "")
        link = services.invite(person)
        db.session.commit()
    client = app.test_client()
    page = client.get(link, base_url="https://leren.example")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    data = {"new": NEW, "again": NEW}
    assert client.post(link, data=data, base_url="https://leren.example").status_code == 400
    answer = client.post(link, data={**data, "csrf_token": token}, base_url="https://leren.example")
    assert answer.status_code == 302


# --- invited ----------------------------------------------------------------------------------------


def test_an_invitation_for_a_run(app, client, make, samira):
    run = make.run(name="Najaar 2026")
    make.enrol(run, samira)
    services.invite(samira, run)
    body = db.session.scalar(select(Mail.body))
    assert "Dag Samira," in body and "Najaar 2026" in body and run.course.title in body
    [link] = links()
    page = client.get(link)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Welkom, Samira" in page.text and "Najaar 2026" in page.text
    assert choose(client, link).location == "/vandaag"
    assert "Samira Haddou" in client.get("/account").text
    assert app.test_client().get(link).status_code == 410


def test_an_invitation_tells_the_first_day_that_is_to_come(app, make, samira, clock):
    run = make.run(first_day=datetime(2026, 11, 12).date())
    services.invite(samira, run)
    body = db.session.scalar(select(Mail.body))
    assert "Lesdag 1 is donderdag 12 november om 9.30 uur. Plaats: Zaal 1." in body


def test_an_invitation_lasts_thirty_days(client, samira, clock):
    services.invite(samira)
    [link] = links()
    clock(days=29)
    assert client.get(link).status_code == 200
    clock(days=2)
    gone = client.get(link)
    assert gone.status_code == 410
    assert "30 dagen" in gone.text
    ask(client, samira.email)
    assert choose(client, links()[1]).status_code == 302, "a new link comes by asking for it"


def test_an_invitation_of_a_closed_account(client, samira):
    services.invite(samira)
    samira.active = False
    assert client.get(links()[0]).status_code == 410


def test_who_has_a_password_is_invited_without_a_key(app, noor):
    assert services.invite(noor) == "http://localhost/vandaag"
    assert links() == []


def test_an_invitation_takes_over_the_browser_of_somebody_else(sign_in, noor, samira):
    services.invite(samira)
    client = sign_in(noor)
    choose(client, links()[0])
    assert "Samira Haddou" in client.get("/account").text


def test_mail_and_job_live_and_die_with_what_caused_them(app, samira):
    services.invite(samira)
    db.session.rollback()
    assert db.session.scalars(select(Mail)).all() == []
    assert db.session.scalars(select(Job)).all() == []


def test_a_new_trainer_reads_what_a_trainer_does(client, make, samira, clock):
    run = make.run(name="Najaar 2026", first_day=datetime(2026, 11, 12).date())
    services.invite(samira, run, trainer=True)
    mail = db.session.scalar(select(Mail))
    assert mail.subject == "Uitnodiging als trainer: Najaar 2026"
    assert mail.body.startswith("Dag Samira,\n\nU bent trainer van de cursus")
    for day in ("Lesdag 1: donderdag 12 november 2026, 9.30–16.30 uur, Zaal 1", "Lesdag 4: donderdag 14 januari 2027"):
        assert day in mail.body
    assert f"http://localhost/runs/{run.id}/lijst" in mail.body
    assert f"http://localhost/runs/{run.id}/berichten/nieuw" in mail.body
    assert choose(client, links()[0]).status_code == 302


def test_who_never_came_gets_the_invitation_again_and_no_reset(client, make, samira):
    run = make.run(name="Najaar 2026")
    make.enrol(run, samira, TRAINER)
    services.invite(samira, run, trainer=True)
    db.session.commit()
    answer = ask(client, samira.email)
    assert answer.location == "/wachtwoord-vergeten/verstuurd", "as for anybody"
    first, again = db.session.scalars(select(Mail).order_by(Mail.id))
    assert (again.kind, again.subject) == ("invitation", first.subject)
    assert "oude wachtwoord" not in again.body
    assert choose(client, links()[1]).status_code == 302


def test_nobodys_password_is_looked_at_as_long_as_somebodys(app, client, monkeypatch):
    """For an address that nobody has one comparison at the same costs, also at the first try of a process."""
    asked = []
    verify = PasswordHasher.verify

    def watched(hasher, known, password):
        asked.append(known.split("$")[1:4])
        return verify(hasher, known, password)

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    monkeypatch.setattr(PasswordHasher, "hash", lambda *_args: pytest.fail("a hash was made, which takes time"))
    assert client.post("/login", data={"email": "niemand@test.example", "password": "x"}).status_code == 422
    made = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    assert asked == [["argon2id", "v=19", f"m={made.memory_cost},t={made.time_cost},p={made.parallelism}"]]
