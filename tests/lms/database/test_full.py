"""A full disk: who writes is told so, who reads reads on, and nothing that was said to be kept is missing."""

import errno

import pytest
from sqlalchemy import event, text

from lms.db import db
from lms.trouble import refusal

FULL = "Er is geen ruimte meer om iets te bewaren."
ALMOST = "Een verhaal van een paar bladzijden. " * 400


@pytest.fixture
def fill():
    """``fill(app)`` leaves no room in its database; ``fill(app, False)`` gives it back."""

    def fill(app, full=True):
        with app.app_context():
            if db.engine.dialect.name == "sqlite":
                _limit(full)
            else:
                _refuse(full)
            db.session.commit()

    def _limit(full):
        # SQLite itself says then that the disk is full, half-way a transaction, and so does the commit.
        pages = 1 if full else 2**30  # never less than there are already
        limits["pages"] = pages
        if not event.contains(db.engine, "begin", apply):
            event.listen(db.engine, "begin", apply, insert=True)

    def apply(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count={limits['pages']}")

    def _refuse(full):
        # A server's disk cannot be filled from here; its error can be had.
        if full:
            body = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END"
            db.session.execute(text(f"CREATE FUNCTION toy_full() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"))
            wait = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION toy_full()"
            db.session.execute(text(f"CREATE CONSTRAINT TRIGGER toy_full AFTER INSERT ON core_library {wait}"))
        else:
            db.session.execute(text("DROP FUNCTION toy_full CASCADE"))

    limits = {"pages": 2**30}
    return fill


def write(site, client, name):
    return client.post("/toy/write", data={"name": name})


def test_a_full_disk(halting, fill):
    site = halting()
    client = site.app.test_client()
    assert write(site, client, "van tevoren").status_code == 200
    assert client.get("/toy/flashes").text == "bewaard"
    fill(site.app)
    told, kept = [], {"van tevoren"}
    for number in range(40):
        name = f"{number} {ALMOST}"[:190] if db_is_postgres(site) else f"{number} {ALMOST}"
        page = write(site, client, name)
        told.append(page.status_code)
        if page.status_code == 200:
            kept.add(name)
            assert client.get("/toy/flashes").text == "bewaard"
        else:
            assert FULL in page.text
            assert "Een verhaal van een paar bladzijden." in page.text, "what was typed comes back"
            assert client.get("/toy/flashes").text == "", "it says that something was kept"
            assert site.names() == kept
    assert set(told) >= {507}
    assert told[-1] == 507
    assert client.get("/login").status_code == 200
    assert client.get("/toy/read").status_code == 200
    assert client.get("/readyz").json == {"status": "ok"}
    fill(site.app, False)
    assert write(site, client, "daarna").status_code == 200
    assert site.names() == {*kept, "daarna"}


def db_is_postgres(site):
    with site.app.app_context():
        return db.engine.dialect.name == "postgresql"


def test_a_file_that_finds_no_room(app):
    with app.test_request_context():
        for number in (errno.ENOSPC, errno.EDQUOT):
            assert refusal(OSError(number, "no room")).status == 507
        assert refusal(OSError(errno.EACCES, "no entry")) is None
        assert refusal(ValueError("something else")) is None
