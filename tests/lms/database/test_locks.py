"""Who waits for whom: only those who write, and only while they do."""

import io
import time

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete

from lms import create_app
from lms.db import db
from lms.libraries.models import Library
from lms.testing import SETTINGS, Make

PATIENCE = 20  # seconds
BUSY = "Het is nu te druk om te bewaren."


class SlowLine(io.RawIOBase):
    """The body of a request that stands still half-way, as from a train."""

    def __init__(self, body, pause):
        self.body, self.pause = body, pause

    def readable(self):
        return True

    def readinto(self, buffer):
        if len(self.body) <= 3:
            self.pause.here()
        piece, self.body = self.body[:3], self.body[3:]
        buffer[: len(piece)] = piece
        return len(piece)


def test_how_sqlite_is_opened(tmp_path):
    """By a site as it is served, for the apps of tests do not wait for their disk."""
    address = f"sqlite:///{tmp_path}/site.sqlite"
    site = create_app({**SETTINGS, "INSTANCE": tmp_path, "SQLALCHEMY_DATABASE_URI": address})
    asked = ("journal_mode", "foreign_keys", "synchronous", "secure_delete")
    with site.app_context(), db.engine.connect() as connection:
        told = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked}
    # 2 is FULL: what was acknowledged survives a power cut.
    assert told == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "secure_delete": 1}
    with site.app_context():
        db.engine.dispose()


def test_who_reads_holds_no_writer_up(halting):
    site = halting()
    with site.standing(site.get, "/toy/read") as reading:
        assert site.post("/toy/write", "een").status_code == 200
        assert not reading.done()
        assert site.names() == {"een"}
    assert reading.result().status_code == 200


def test_who_writes_holds_no_reader_up(halting):
    site = halting()
    with site.standing(site.post, "/toy/write", "een") as writing:
        assert site.get("/toy/read").text == "0 0", "what is not committed is seen by nobody"
        assert site.get("/login").status_code == 200
        assert not writing.done()
    assert site.get("/toy/read").text == "1 1"


def test_who_writes_waits_for_who_was_first(halting):
    site = halting()
    with site.standing(site.post, "/toy/write", "een") as first:
        site.pauses.clear()
        others = [site.start(site.post, "/toy/write", name) for name in ("twee", "drie", "vier")]
        time.sleep(0.3)
        assert not first.done()
    assert [other.result().status_code for other in others] == [200, 200, 200]
    assert site.names() == {"een", "twee", "drie", "vier"}


def test_slow_work_before_the_first_write_holds_nobody_up(halting):
    site = halting()
    with site.standing(site.post, "/toy/hash", "langzaam"):
        assert site.post("/toy/write", "snel").status_code == 200
        assert site.names() == {"snel"}
    assert site.names() == {"snel", "langzaam"}


def test_a_slow_line_holds_nobody_up(halting):
    site = halting()
    pause = site.pause("line")
    body = b"name=uit+de+trein"
    line = {"wsgi.input": io.BufferedReader(SlowLine(body, pause), 1), "CONTENT_LENGTH": str(len(body))}
    kind = "application/x-www-form-urlencoded"
    slow = site.start(site.app.test_client().post, "/toy/write", content_type=kind, environ_overrides=line)
    assert pause.reached.wait(PATIENCE), slow
    assert site.post("/toy/write", "snel").status_code == 200
    assert not slow.done()
    pause.open.set()
    assert slow.result(PATIENCE).status_code == 200
    assert site.names() == {"snel", "uit de trein"}


def test_what_was_removed_meanwhile_is_said_so(halting):
    site = halting()
    site.post("/toy/write", "een")
    with site.standing(site.post, "/toy/rename", "twee") as late, site.app.app_context():
        db.session.execute(delete(Library))
        db.session.commit()
    assert late.result().status_code == 409
    assert "net verwijderd" in late.result().text
    assert site.names() == set()


def test_signing_in_holds_nobody_up(halting):
    """A hash that takes seconds: the other people of the site hand in meanwhile."""
    site = halting()
    with site.app.app_context():
        person = Make().person()
        person.password_hash = PasswordHasher(time_cost=150, memory_cost=4096, parallelism=1).hash("trage boeken lezen")
        address = person.email
        db.session.commit()
    form = {"email": address, "password": "trage boeken lezen"}
    site.post("/toy/write", "eerste bibliotheek")  # which is slower, and not because of anybody else
    slow = site.start(site.app.test_client().post, "/login", data=form)
    began_at, done, longest = time.monotonic(), 0, 0.0
    while not slow.done():
        began = time.monotonic()
        assert site.post("/toy/write", f"bibliotheek {done}").status_code == 200
        longest = max(longest, time.monotonic() - began)
        done += 1
        time.sleep(0.05)
    assert slow.result().status_code == 302
    assert done > 3, "the hash was too quick to show anything"
    assert longest < (time.monotonic() - began_at) / 2, "somebody waited for it"


def test_who_waits_too_long_is_told_so(halting, somebody_else):
    site = halting(DATABASE_WAIT=0.3)
    text = "Een lang verhaal dat ik niet nog een keer wil typen, echt niet."
    with somebody_else(site.app):
        page = site.post("/toy/write", text)
        asked = site.post("/toy/write", text, headers={"Accept": "application/json"})
        reading = site.get("/toy/read")
    assert page.status_code == 503
    assert BUSY in page.text
    assert text in page.text, "what was typed comes back"
    assert int(page.headers["Retry-After"]) > 0
    assert "Content-Security-Policy" in page.headers
    assert (asked.status_code, asked.json["message"].startswith(BUSY)) == (503, True)
    assert reading.text == "0 0"
    assert site.names() == set()
    assert site.post("/toy/write", text).status_code == 200


@pytest.mark.parametrize(("path", "stored"), [("/toy/refused", set()), ("/toy/refused?keep", {"poging"})])
def test_a_refusal_keeps_only_what_it_wants_to(halting, path, stored):
    site = halting()
    assert site.post(path, "poging").status_code == 422
    assert site.names() == stored


def test_who_was_overtaken_begins_again(halting):
    site = halting()
    browser = site.app.test_client()
    assert browser.post("/toy/overtaken/2", data={"name": "drie"}).status_code == 200
    assert browser.get("/toy/flashes").text == "bewaard", "said once, of what was done at last"
    assert (site.begun, site.names()) == (3, {"drie"})


def test_who_is_always_overtaken_is_a_fault(halting):
    site = halting()
    browser = site.app.test_client()
    assert browser.post("/toy/overtaken/9", data={"name": "vier"}).status_code == 500
    assert browser.get("/toy/flashes").text == ""
    assert (site.begun, site.names()) == (3, set())
