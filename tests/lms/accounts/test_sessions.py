"""A session ends when somebody says so, also for whoever copied its cookie; and it costs no page a cookie."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts import tokens
from lms.accounts.models import EndedSession
from lms.accounts.services import create_person
from lms.db import db

PASSWORD = "drie losse woorden"
COOKIE = "leerplein"


@pytest.fixture
def noor(app):
    person = create_person("Noor de Wit", "noor@test.example", "", password=PASSWORD)
    db.session.commit()
    return person


@pytest.fixture
def clock(app):
    moment = [datetime.now(UTC)]
    app.config["CLOCK"] = lambda: moment[0]

    def forward(**by):
        moment[0] += timedelta(**by)

    return forward


@pytest.fixture
def browser(app, noor):
    """``browser()`` signs Noor in, in a browser of its own."""

    def browser():
        client = app.test_client()
        assert client.post("/login", data={"email": noor.email, "password": PASSWORD}).status_code == 302
        return client

    return browser


def copy_of(client):
    thief = client.application.test_client()
    thief.set_cookie(COOKIE, client.get_cookie(COOKIE).value)
    return thief


def is_in(client):
    return client.get("/account").status_code == 200


def test_a_copied_cookie_opens_nothing_after_signing_out(browser):
    client, other = browser(), browser()
    thief = copy_of(client)
    assert is_in(thief)
    client.post("/logout")
    assert not is_in(thief)
    assert thief.get("/vandaag").location.startswith("/login")
    assert thief.post("/account/sessies").status_code == 401
    assert is_in(other), "the other computer stays signed in"
    assert not is_in(client)


def test_the_fixture_signs_out_too(sign_in, noor):
    client = sign_in(noor)
    thief = copy_of(client)
    client.post("/logout")
    assert not is_in(thief)


def test_an_ended_session_is_not_signed_anew(browser, clock):
    """Each answer with a cookie has a fresh signature: a copy must not live on by that until its end is forgotten."""
    client = browser()
    thief = copy_of(client)
    client.post("/logout")
    for _ in range(30):
        clock(hours=1)
        thief.get("/login")
    browser().post("/logout")  # sweeps what is a day old
    assert db.session.scalar(select(func.count()).select_from(EndedSession)) == 1
    assert not is_in(thief)
    with thief.session_transaction() as session:
        assert "_user_id" not in session


def test_coming_in_again_ends_the_session_before(browser, noor):
    client = browser()
    thief = copy_of(client)
    client.post("/login", data={"email": noor.email, "password": PASSWORD})
    assert is_in(client) and not is_in(thief)


def test_end_all_other_sessions(browser, noor):
    client, other = browser(), browser()
    thief = copy_of(client)
    reset = tokens.make(tokens.RESET, noor)
    assert "Meld al mijn andere sessies af" in client.get("/account").text
    answer = client.post("/account/sessies")
    assert "Al uw andere sessies zijn afgemeld." in client.get(answer.location).text
    assert is_in(client)
    assert not is_in(other) and not is_in(thief)
    assert client.get(f"/wachtwoord/{reset}").status_code == 410


def test_another_password_ends_them_all(browser):
    client, other = browser(), browser()
    data = {"current": PASSWORD, "new": "vier nieuwe woorden x", "again": "vier nieuwe woorden x"}
    client.post("/account", data=data)
    assert is_in(client) and not is_in(other)


def test_it_costs_no_query(browser, queries):
    client = browser()
    client.get("/account")
    with queries() as seen:
        client.get("/account")
    assert len([sql for sql in seen if "core_ended_session" in sql]) == 1
    assert len([sql for sql in seen if "FROM core_person" in sql]) == 1


def test_the_cookie_is_renewed_once_an_hour(browser, clock):
    client = browser()
    assert "Set-Cookie" in client.get("/account").headers, "the token of the form comes in"
    for path in ("/account", "/vandaag"):
        assert "Set-Cookie" not in client.get(path).headers
    clock(minutes=61)
    assert "Set-Cookie" in client.get("/vandaag").headers
    assert "Set-Cookie" not in client.get("/vandaag").headers
    clock(minutes=61)
    assert "Set-Cookie" in client.post("/account/sessies").headers


def test_a_static_file_has_no_cookie(browser, clock):
    client = browser()
    clock(hours=2)
    for path in ("/static/css/base.css", "/static/img/favicon.svg"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        answer.close()
