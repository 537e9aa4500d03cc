"""Every write wants the form's token; redirects stay here; limits hold against many at once; links work once."""

import re
import threading
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from lms.accounts import services as accounts
from lms.accounts.models import Attempt, Person
from lms.db import db
from lms.notifications.models import Mail
from lms.site.settings import set_demo

from .test_access import lines, path_of

PASSWORD = "een-goed-wachtwoord"
ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\/evil.example", "/\t/evil.example",
    "/\n/evil.example", "javascript:alert(1)", "data:text/html,x", "/%5cevil.example", "///evil.example",
    "/.//evil.example", "////evil", "https:evil.example", "http:/evil.example", "//evil.example\\@localhost/",
    "/\x00/evil.example", "/\u2028/evil", "\u200b//evil.example", " //evil.example", "/login", "/logout",
    "/vandaag\r\nSet-Cookie: x=1", "//localhost@evil.example",
)  # fmt: skip


SIGNED = "POST /mails/<token>"
"""The one write without a token: a mail program presses it (RFC 8058), and its address is signed for that alone."""

# --- the form's token -------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_write_wants_the_token(still, house, sign_in):
    """For everybody who may write there, also for who is not signed in; after the question who it is."""
    still.config["WTF_CSRF_ENABLED"] = True
    wrong, tried = [], 0
    for address, cells in lines():
        if address.startswith(("GET", SIGNED)):
            continue
        for kind, cell in cells.items():
            client = still.test_client() if kind == "anonymous" else sign_in(house.people[kind])
            tokens = ["", "x", "ImEi.aSEyMg.aaaaaaaaaaaaaaaaaaaaaaaaaaa"][
                : 3 if kind in {"participant", "admin"} else 1
            ]
            for token in tokens:
                status = client.post(path_of(address, house.values), data={"csrf_token": token}).status_code
                # Who has no account or no permission learns that first; only then comes the token, before any object.
                if str(status) not in {"401": {"401"}, "403": {"403", "400"}}.get(cell, {"400"}):
                    wrong.append(f"{kind} {address}: {status}")
                tried += 1
    assert not wrong, "\n".join(wrong)
    assert tried > 500


def test_a_token_is_worth_nothing_in_another_session(make_app, make):
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        person = make.person()
        accounts.set_password(person, PASSWORD)
        email = person.email
        db.session.commit()

    def token(client):
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)[1]

    mine, theirs = app.test_client(), app.test_client()
    data = {"email": email, "password": PASSWORD}
    token(theirs)
    assert theirs.post("/login", data={**data, "csrf_token": token(mine)}).status_code == 400
    before = token(theirs)
    assert theirs.post("/login", data={**data, "csrf_token": before}).status_code == 302
    # Signing in makes a new session: the token from before, which somebody may have planted, is gone with it.
    assert theirs.post("/logout", data={"csrf_token": before}).status_code == 400


def test_a_session_that_was_planted_is_not_the_one_one_gets(app, client, make):
    person = make.person()
    accounts.set_password(person, PASSWORD)
    with client.session_transaction() as session:
        session["planted"] = "x"
    email = person.email
    assert client.post("/login", data={"email": email, "password": PASSWORD}).status_code == 302
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] == person.get_id()


# --- where one is led -------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_elsewhere(app, make, sign_in, target):
    person = make.person()
    accounts.set_password(person, PASSWORD)
    data = {"email": person.email, "password": PASSWORD, "next": target}
    locations = [
        app.test_client().post("/login", data=data).headers["Location"],
        sign_in(person).get(f"/login?next={quote(target)}").headers["Location"],
    ]
    person.email = "coach@demo.example"
    set_demo()
    locations.append(app.test_client().post("/login/demo", data={"user": "coach", "next": target}).headers["Location"])
    for location in locations:
        assert re.match(r"/[a-z.%]", location), location
        assert "evil.example" not in location or location.startswith(("/%5c", "/.//"))


def test_one_goes_on_to_where_one_was_going(app, make):
    person = make.person()
    accounts.set_password(person, PASSWORD)
    client = app.test_client()
    led = client.get("/account?q=folder&doelgroep=a%26b").headers["Location"]
    target = re.search(r'name="next"[^>]*value="([^"]*)"', client.get(led).text)[1].replace("&amp;", "&")
    answer = client.post("/login", data={"email": person.email, "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/account?q=folder&doelgroep=a%26b"


# --- limits, against many at once -------------------------------------------------------------------


def at_once(app, count, ask):
    """``ask(client, number)`` by so many browsers at the same moment; the answers."""
    barrier, answers = threading.Barrier(count), []

    def one(number):
        client = app.test_client()
        barrier.wait()
        answers.append(ask(client, number))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    db.session.commit()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_guessing_at_once_is_no_way_round_the_limit(app, make):
    person = make.person()
    accounts.set_password(person, PASSWORD)
    email = person.email
    wrong = [f"fout-wachtwoord-{number}" for number in range(15)]
    statuses = at_once(
        app, 15, lambda client, n: client.post("/login", data={"email": email, "password": wrong[n]}).status_code
    )
    assert sorted(set(statuses)) == [422, 429]
    assert statuses.count(422) == 5
    # Not even the right one comes in now, so a sixth guess would tell nothing.
    assert app.test_client().post("/login", data={"email": email, "password": PASSWORD}).status_code == 429


def test_asking_for_links_at_once_is_no_way_round_the_limit(app, make, worker):
    email = make.person().email
    answers = at_once(app, 15, lambda client, _n: client.post("/wachtwoord-vergeten", data={"email": email}))
    assert sorted({answer.status_code for answer in answers}) == [302, 429]
    worker()
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 5
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 429)


def test_spellings_of_an_address_are_one_address_to_the_limit(app, make):
    email = make.person().email
    spellings = [email, email.upper(), f" {email} ", f"{email}\0", f"\u200b{email}", email.title(), f"{email}\t"]

    def guess(spelling):
        return app.test_client().post("/login", data={"email": spelling, "password": "fout"}).status_code

    statuses = [guess(spelling) for spelling in spellings]
    assert statuses == [422] * 5 + [429] * 2
    assert len(set(db.session.scalars(select(Attempt.key).where(Attempt.key.like("login:%"))))) == 1


def test_many_addresses_from_one_place(app):
    def guess(number):
        return app.test_client().post("/login", data={"email": f"a{number}@x.nl", "password": "fout"}).status_code

    assert [guess(number) for number in range(31)] == [422] * 30 + [429]


def test_one_link_at_once_is_used_once(app, house):
    path = f"/uitnodiging/{house.values['invitation']}"
    passwords = [f"wachtwoord-van-nummer-{number}" for number in range(8)]
    statuses = at_once(
        app, 8, lambda client, n: client.post(path, data={"new": passwords[n], "again": passwords[n]}).status_code
    )
    assert sorted(statuses) == [302] + [410] * 7


def test_a_link_of_one_purpose_is_none_of_another(app, house):
    """The pages that read tokens: each refuses what was made for the other, and what was changed by a letter."""
    for path, token in (("/uitnodiging/", "reset"), ("/wachtwoord/", "invitation")):
        assert app.test_client().get(path + house.values[token]).status_code == 404
    token = house.values["reset"]
    for changed in (token[:-1], token + "A", token.swapcase(), token.replace(".", "..", 1), f"{token}%00", "..", "W10"):
        assert app.test_client().get(f"/wachtwoord/{changed}").status_code == 404, changed


# --- telling nothing about who has an account -------------------------------------------------------


def test_an_answer_tells_nothing_about_who_has_an_account(app, make):
    known, invited, closed = make.person(), make.person(), make.person()
    accounts.set_password(known, PASSWORD)
    closed.active = False
    emails = [person.email for person in (known, invited, closed)] + ["niemand@test.example"]
    db.session.commit()
    for path, data in (("/login", {"password": "fout-wachtwoord"}), ("/wachtwoord-vergeten", {})):
        seen = set()
        for email in emails:
            answer = app.test_client().post(path, data={**data, "email": email})
            text = answer.text.replace(email, "…")
            seen.add((answer.status_code, answer.headers.get("Location"), re.sub(r"\s+", " ", text)))
        assert len(seen) == 1, path


def test_the_time_of_an_answer_tells_nothing_either(app, make, queries):
    """Asking for a link does the very same for every address: the mail is the worker's. Signing in hashes each time."""
    known = make.person()
    accounts.set_password(known, PASSWORD)
    invited, closed = make.person(), make.person()
    closed.active = False
    emails = [person.email for person in (known, invited, closed)] + ["niemand@test.example"]
    db.session.commit()
    asked = []
    for email in emails:
        with queries() as seen:
            app.test_client().post("/wachtwoord-vergeten", data={"email": email})
        asked.append(list(seen))
    assert asked[1:] == asked[:-1], "the same questions to the database, in the same order"
    assert asked[0][-1].startswith("INSERT INTO core_job")
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 0


def test_letters_that_look_alike_are_other_people(app, client, make, worker):
    """A mail about an address goes to the address that we stored, however it was typed."""
    make.person()
    person = db.session.scalars(select(Person)).first()
    person.email = "kim@test.example"
    db.session.commit()
    for typed in ("\u212aim@test.example", "k\u0131m@test.example", "K\u0130M@test.example", "kіm@test.example"):
        client.post("/wachtwoord-vergeten", data={"email": typed})
    worker()
    assert {mail.to for mail in db.session.scalars(select(Mail))} <= {"kim@test.example"}


# --- what belongs to the demo alone -----------------------------------------------------------------


def test_a_real_site_has_nothing_of_the_demo(app, house, sign_in):
    client = app.test_client()
    person = db.session.get(Person, house.people["member"].id)
    person.email = "deelnemer1@demo.example"
    db.session.commit()
    for user in ("deelnemer1", "beheerder", "", "deelnemer1@demo.example"):
        assert client.post("/login/demo", data={"user": user}).status_code == 404
    assert "demo" not in client.get("/login").text.lower()
    assert sign_in(house.people["admin"]).get("/beheer/mails").status_code == 404


def test_another_sites_form_puts_no_words_on_our_page(app):
    """What was typed comes back on a page of ours after an error, but not what another site typed for somebody."""
    words = "Uw account is gesloten. Bel voor hulp met 0900-1234, want anders gaat het mis."
    for site, shown in (("same-origin", True), ("cross-site", False), ("same-site", False)):
        answer = app.test_client().post("/account", data={"bericht": words}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 401
        assert (words in answer.text) == shown
