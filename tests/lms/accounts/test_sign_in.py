"""Signing in and out, with every way in which it is refused."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts import passwords
from lms.accounts.models import Attempt
from lms.accounts.services import create_person, set_password
from lms.db import db

PASSWORD = "drie losse woorden"
WRONG = "horen niet bij elkaar"


@pytest.fixture
def noor(app):
    person = create_person("Noor de Wit", "Noor@Test.example", "Bibliotheek Waterdorp", password=PASSWORD)
    db.session.commit()
    return person


@pytest.fixture
def clock(app):
    """A clock that a test can turn: ``clock(minutes=5)``."""
    moment = [datetime(2026, 9, 1, 8, 0, tzinfo=UTC)]
    app.config["CLOCK"] = lambda: moment[0]

    def forward(**by):
        moment[0] += timedelta(**by)

    return forward


def login(client, email="noor@test.example", password=PASSWORD, **more):
    return client.post("/login", data={"email": email, "password": password, **more})


def test_the_page_has_its_fields(client):
    page = client.get("/login")
    assert page.status_code == 200
    assert 'name="email"' in page.text and 'name="password"' in page.text
    assert "Fout:" not in page.text and "autofocus" not in page.text
    assert "kijk rond als" not in page.text


def test_in_and_to_today(client, noor):
    answer = login(client)
    assert (answer.status_code, answer.location) == (302, "/vandaag")
    assert "Noor de Wit" in client.get("/account").text


def test_the_address_may_have_capitals_and_spaces(client, noor):
    assert login(client, "  NOOR@test.EXAMPLE ").status_code == 302


def test_the_session_lasts_twelve_hours_and_is_out_of_reach_for_scripts(client, noor):
    cookie = login(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    until = datetime.strptime(re.search(r"Expires=([^;]+)", cookie)[1], "%a, %d %b %Y %H:%M:%S GMT")
    assert timedelta(hours=11) < until - datetime.now(UTC).replace(tzinfo=None) < timedelta(hours=13)


def test_nothing_of_the_session_before_stays(client, noor):
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    login(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] == noor.get_id()


def test_an_unknown_address_and_a_wrong_password_sound_the_same(client, noor):
    wrong = login(client, password="iets heel anders")
    unknown = login(client, email="niemand@test.example")
    assert wrong.status_code == unknown.status_code == 422
    assert WRONG in wrong.text
    assert strip(wrong.text).replace("noor@", "niemand@") == strip(unknown.text)
    assert 'value="noor@test.example"' in wrong.text, "the typed address is kept"
    assert "iets heel anders" not in wrong.text
    assert "Fout:" in wrong.text
    assert client.get("/account").status_code == 302


def strip(page):
    return re.sub(r'value="[^"@]{20,}"', "", page)


def test_a_closed_account_sounds_like_a_wrong_password(client, noor):
    noor.active = False
    answer = login(client)
    assert answer.status_code == 422
    assert WRONG in answer.text


def test_closing_an_account_ends_its_sessions(client, noor):
    login(client)
    noor.active = False
    assert client.get("/account").location.startswith("/login")


def test_somebody_who_was_only_invited_cannot_come_in(client, app):
    create_person("Samira", "samira@test.example", "")
    for password in ("", "x", "niemands wachtwoord"):
        assert login(client, "samira@test.example", password).status_code == 422


def test_empty_fields_are_named(client):
    answer = login(client, "", "")
    assert answer.status_code == 422
    assert "Vul uw e-mailadres in." in answer.text
    assert "Vul uw wachtwoord in." in answer.text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("x" * 100_000 + "@test.example", "x"),
        ("noor@test.example", "x" * 1_000_000),
        ("noor@test.example\x00", "\x00"),
        ("%' OR 1=1 --", "%"),
        ("noor@test.example\r\nBcc: x", "e\u0301\U0001f4da"),
    ],
)
def test_strange_and_huge_input_is_refused_like_any_other(client, noor, email, password):
    assert login(client, email, password).status_code == 422


def test_more_than_a_form_can_be_is_refused(client, noor):
    answer = login(client, password="x" * (1 + client.application.config["MAX_FORM_MEMORY_SIZE"]))
    assert answer.status_code == 413
    assert "te groot" in answer.text


def test_next_is_kept_and_followed(client, noor):
    there = client.get("/account?x=1")
    page = client.get(there.location)
    assert 'value="/account?x=1"' in page.text
    again = login(client, password="iets heel anders", next="/account?x=1")
    assert 'value="/account?x=1"' in again.text
    assert login(client, next="/account?x=1").location == "/account?x=1"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/%0a\r/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "///evil.example",
        "/login?next=/login",
        "/logout",
    ],
)
def test_next_never_leads_outside(client, noor, target):
    assert login(client, next=target).location == "/vandaag"
    assert client.get("/login", query_string={"next": target}).location == "/vandaag"


def test_who_is_in_goes_on(client, noor):
    login(client)
    assert client.get("/login?next=/account").location == "/account"


def test_five_tries_for_an_address(client, noor, clock):
    for _ in range(5):
        assert login(client, password="mis mis mis").status_code == 422
        clock(minutes=1)
    answer = login(client)
    assert answer.status_code == 429, "also the right password waits"
    assert int(answer.headers["Retry-After"]) == 10 * 60
    assert "Wacht 10 minuten" in answer.text
    assert 'value="noor@test.example"' in answer.text
    clock(seconds=int(answer.headers["Retry-After"]))
    assert login(client).status_code == 302


def test_the_limit_is_for_unknown_addresses_too(client, noor, clock):
    for _ in range(5):
        login(client, "niemand@test.example")
    assert login(client, "NIEMAND@test.example").status_code == 429
    assert login(client).status_code == 302, "somebody else still comes in"


def test_the_limit_holds_in_another_browser(app, client, noor, clock):
    for _ in range(5):
        login(client, password="mis mis mis")
    assert login(app.test_client()).status_code == 429


def test_thirty_tries_from_one_place(client, noor, clock):
    for number in range(30):
        assert login(client, f"naam{number}@test.example").status_code == 422
    assert login(client).status_code == 429
    elsewhere = client.post(
        "/login",
        data={"email": "noor@test.example", "password": PASSWORD},
        environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert elsewhere.status_code == 302


def test_a_whole_ipv6_network_counts_as_one_place(client, noor, clock):
    for number in range(30):
        where = {"REMOTE_ADDR": f"2001:db8::{number + 1:x}"}
        client.post("/login", data={"email": f"n{number}@test.example", "password": "x"}, environ_overrides=where)
    where = {"REMOTE_ADDR": "2001:db8::ffff"}
    data = {"email": "noor@test.example", "password": PASSWORD}
    assert client.post("/login", data=data, environ_overrides=where).status_code == 429


def test_coming_in_starts_the_count_anew(client, noor, clock):
    for _ in range(3):
        for _ in range(4):
            login(client, password="mis mis mis")
        assert login(client).status_code == 302


def test_old_tries_are_removed(client, noor, clock):
    login(client, password="mis mis mis")
    clock(minutes=16)
    login(client, "niemand@test.example")
    keys = set(db.session.scalars(select(Attempt.key)))
    assert keys == {"login:niemand@test.example", "login-from:127.0.0.1"}
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 2


def test_a_refused_try_is_kept_although_the_request_failed(client, noor):
    login(client, password="mis mis mis")
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 2


def test_signing_out_leaves_nothing_behind(client, noor):
    login(client)
    answer = client.post("/logout")
    assert answer.location == "/login"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"
    with client.session_transaction() as session:
        assert "_user_id" not in session
    assert "U bent afgemeld." in client.get("/login").text
    assert client.get("/account").status_code == 302


def test_signing_out_is_no_link_and_not_for_strangers(client, noor):
    assert client.post("/logout").status_code == 401
    login(client)
    assert client.get("/logout").status_code == 405
    assert client.get("/account").status_code == 200


def test_pages_of_a_person_are_not_stored(client, noor):
    login(client)
    assert client.get("/account").headers["Cache-Control"] == "no-store"


def test_the_form_needs_its_token(make_app):
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        create_person("Noor", "noor@test.example", "", password=PASSWORD)
        db.session.commit()
    client = app.test_client()
    assert login(client).status_code == 400
    page = client.get("/login").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    assert login(client, csrf_token=token).status_code == 302


def test_a_hash_with_other_costs_is_made_anew(app, client, noor):
    cheap = noor.password_hash
    app.config["PASSWORD_COST"] = None
    version = noor.version
    assert login(client).status_code == 302
    assert noor.password_hash != cheap and "m=65536" in noor.password_hash
    assert noor.version == version, "sessions elsewhere go on"
    stored = noor.password_hash
    assert login(app.test_client()).status_code == 302
    assert noor.password_hash == stored


def test_hashing_holds_no_lock(app, client, noor, monkeypatch):
    """While argon2 takes its time, somebody else can write."""
    others = []
    real = passwords.matches

    def slow(*args):
        with app.app_context():
            set_password(create_person("Ander", f"ander{len(others)}@test.example", ""), "nog drie woorden")
            db.session.commit()
        others.append(1)
        return real(*args)

    monkeypatch.setattr(passwords, "matches", slow)
    assert login(client).status_code == 302
    client.post(
        "/account", data={"current": PASSWORD, "new": "vier nieuwe woorden x", "again": "vier nieuwe woorden x"}
    )
    assert len(others) == 2


def test_an_unknown_address_costs_as_much_work(app, client, noor, monkeypatch):
    seen = []
    real = passwords.PasswordHasher.verify
    monkeypatch.setattr(passwords.PasswordHasher, "verify", lambda *args: (seen.append(1), real(*args))[1])
    login(client, "niemand@test.example")
    login(client, password="mis mis mis")
    assert len(seen) == 2


def test_few_queries(client, noor, queries):
    with queries() as seen:
        assert client.get("/login").status_code == 200
    assert len(seen) <= 2
    with queries() as seen:
        assert login(client).status_code == 302
    assert len(seen) <= 6
