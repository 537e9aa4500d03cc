"""One press in the mail program and these mails stop: RFC 8058, without signing in."""

import pytest

from lms.db import db
from lms.jobs.services import run_due
from lms.notifications.services import send, wants
from lms.notifications.unsubscribing import address
from lms.testing import Make

ONE_CLICK = {"List-Unsubscribe": "One-Click"}  # the body that RFC 8058 prescribes


@pytest.fixture
def noor(make):
    person = make.people(make.run())[0]
    db.session.commit()
    return person


def path(person, kind="receipt"):
    return address(person.id, kind).removeprefix("http://localhost")


def test_the_headers_of_a_mail(make_app):
    """On https a mail program may press by itself; a way in has no such button."""
    app = make_app(BASE_URL="https://leren.example")
    with app.app_context():
        person = Make().person()
        send(person, "receipt", "Ontvangen", "Tekst.")
        send(person, "reset", "Kies een wachtwoord", "Tekst.")
        db.session.commit()
        run_due()
        receipt, reset = (sent.message() for sent in app.extensions["mailman"].outbox)
        url = address(person.id, "receipt")
    assert url.startswith("https://leren.example/mails/")
    assert receipt["List-Unsubscribe"] == f"<{url}>"
    assert receipt["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in receipt.get_payload(decode=True).decode(), "for who has no such button"
    assert reset["List-Unsubscribe"] is reset["List-Unsubscribe-Post"] is None


def test_without_https_nobody_presses_for_one(app, noor, worker):
    send(noor, "receipt", "Ontvangen", "Tekst.")
    worker()
    message = app.extensions["mailman"].outbox[0].message()
    assert message["List-Unsubscribe"] == f"<{address(noor.id, 'receipt')}>"
    assert message["List-Unsubscribe-Post"] is None


def test_one_press_stops_one_kind(make_app):
    """Without account, cookie or token of a form, and answered with no redirect, as the RFC wants it."""
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        person = Make().person()
        db.session.commit()
        answer = app.test_client(use_cookies=False).post(path(person), data=ONE_CLICK)
        assert answer.status_code == 200
        assert "U krijgt deze mails niet meer" in answer.text
        db.session.refresh(person)
        assert not wants(person, "receipt")
        assert wants(person, "enrolled") and wants(person, "invitation")


def test_to_look_changes_nothing(app, client, noor):
    """Mail hosts open the links in a mail before its reader does."""
    for _ in range(2):
        page = client.get(path(noor))
        assert "Wilt u deze mails niet meer?" in page.text
        assert "Ontvangstbewijs van werk dat u inlevert" in page.text
    assert noor.name not in page.text and noor.email not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    db.session.refresh(noor)
    assert wants(noor, "receipt")


def test_the_button_on_the_page(app, client, noor):
    answer = client.post(path(noor))
    assert (answer.status_code, answer.location) == (302, path(noor))
    assert "U krijgt deze mails niet meer" in client.get(answer.location).text
    assert client.post(path(noor)).status_code == 302, "twice is no fault"
    db.session.refresh(noor)
    assert send(noor, "receipt", "Ontvangen", "Tekst.") is None


def test_an_address_is_good_for_nothing_else(app, client, noor):
    """Made up, changed, of a mail that lets one in, of a kind that is gone."""
    good = path(noor)
    for wrong in ("/mails/x", good[:-1] + "_", good.replace("/mails/", "/wachtwoord/"), path(noor, "reset"),
                  path(noor, "gossip"), address(99_999, "receipt").removeprefix("http://localhost")):  # fmt: skip
        for ask in (client.get, client.post):
            assert ask(wrong).status_code == 404, wrong
    client.post(good)
    assert client.get("/account").location.startswith("/login"), "nobody is signed in by it"
