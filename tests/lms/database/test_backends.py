"""The databases of the tests themselves: each test gets a clean one, and nothing stays behind."""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from lms import testing_databases
from lms.testing_databases import ADDRESS, PREFIX, PostgresDatabases


def rows(address, query):
    engine = create_engine(address)
    try:
        with engine.begin() as connection:
            return list(connection.execute(text(query)).all())
    finally:
        engine.dispose()


def change(address, *statements):
    engine = create_engine(address)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


@pytest.fixture
def template(databases, tmp_path):
    """A database with two tables that refer to each other, and rows in one of them."""
    folder = tmp_path / "template"
    folder.mkdir()
    address = databases.empty(folder)
    serial = "INTEGER PRIMARY KEY" if address.startswith("sqlite") else "SERIAL PRIMARY KEY"
    change(
        address,
        f"CREATE TABLE toy_shelf (id {serial}, name TEXT NOT NULL)",
        f"CREATE TABLE toy_book (id {serial}, shelf_id INTEGER NOT NULL REFERENCES toy_shelf (id), extra JSON)",
        "INSERT INTO toy_shelf (name) VALUES ('eerste'), ('tweede')",
    )
    yield address
    databases.drop(address)


MESSES = [
    ["INSERT INTO toy_book (shelf_id, extra) VALUES (1, '{\"a\": 1}')"],
    ["UPDATE toy_shelf SET name = 'anders' WHERE id = 2"],
    ["INSERT INTO toy_shelf (name) VALUES ('derde')", "DELETE FROM toy_shelf WHERE id = 1"],
    ["INSERT INTO toy_book (shelf_id) VALUES (2)", "DELETE FROM toy_book"],
    ["DROP TABLE toy_book"],
    ["ALTER TABLE toy_shelf ADD COLUMN colour TEXT"],
    ["CREATE TABLE toy_more (id INTEGER)"],
    [],
]


@pytest.mark.parametrize("mess", MESSES, ids=lambda mess: (mess or ["nothing"])[-1][:24])
def test_whatever_a_test_did_is_gone(databases, template, tmp_path, mess):
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        address = databases.copy(template, folder)
        assert rows(address, "SELECT id, name FROM toy_shelf ORDER BY id") == [(1, "eerste"), (2, "tweede")]
        assert rows(address, "SELECT count(*) FROM toy_book") == [(0,)]
        change(address, "INSERT INTO toy_shelf (name) VALUES ('nieuw')")
        assert rows(address, "SELECT max(id) FROM toy_shelf") == [(3,)], "ids begin where they began"
        change(address, "INSERT INTO toy_book (shelf_id) VALUES (3)", *mess)
        databases.drop(address)


def test_two_copies_at_once_are_two(databases, template, tmp_path):
    addresses = []
    for name in "ab":
        (tmp_path / name).mkdir()
        addresses.append(databases.copy(template, tmp_path / name))
    change(addresses[0], "DELETE FROM toy_shelf")
    assert rows(addresses[1], "SELECT count(*) FROM toy_shelf") == [(2,)]
    for address in addresses:
        databases.drop(address)


def test_a_connection_that_was_left_open_holds_nobody_up(databases, template, tmp_path):
    address = databases.copy(template, tmp_path)
    engine = create_engine(address)
    left = engine.connect()
    left.execute(text("UPDATE toy_shelf SET name = 'vergeten'"))
    databases.drop(address)
    again = tmp_path / "again"
    again.mkdir()
    address = databases.copy(template, again)
    assert rows(address, "SELECT name FROM toy_shelf WHERE id = 1") == [("eerste",)]
    left.invalidate()
    engine.dispose()
    databases.drop(address)


def test_an_unknown_backend_is_refused(monkeypatch):
    monkeypatch.setenv(testing_databases.BACKEND, "oracle")
    with pytest.raises(ValueError, match="sqlite or postgresql, not 'oracle'"):
        testing_databases.connect()


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL to look at from outside: the one of this run, or else one from the wheel."""
    if ADDRESS in os.environ:
        yield os.environ[ADDRESS]
        return
    process = testing_databases.start_server()
    yield os.environ[ADDRESS]
    del os.environ[ADDRESS]
    process.communicate()


def databases_on(server):
    with psycopg.connect(make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)) as found:
        return {name for (name,) in found.execute("SELECT datname FROM pg_database")}


def test_what_a_killed_run_left_is_swept_away(server, tmp_path):
    """…and what a living one has is left alone, whatever else has a database there."""
    living = PostgresDatabases(server)
    mine = make_url(living.empty(tmp_path)).database
    script = (
        "import sys, pathlib; from lms.testing_databases import PostgresDatabases as Databases\n"
        "print(Databases(sys.argv[1]).empty(pathlib.Path()), flush=True); sys.stdin.read()"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", script, server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    left = make_url(killed.stdout.readline().strip()).database
    killed.kill()
    killed.communicate()
    assert {mine, left} <= databases_on(server)
    other = f"other_{secrets.token_hex(4)}"
    living._do(f'CREATE DATABASE "{other}"')
    try:
        for _ in range(50):  # the server needs a moment to notice that the other is gone
            PostgresDatabases(server).close()
            if left not in databases_on(server):
                break
            time.sleep(0.1)
        found = databases_on(server)
        assert left not in found
        assert {mine, other} <= found
    finally:
        living._do(f'DROP DATABASE "{other}"')
        living.close()
    assert not any(name.startswith(mine.rpartition("_")[0]) for name in databases_on(server))


def test_the_server_from_the_wheel_goes_with_its_owner(tmp_path, monkeypatch):
    monkeypatch.delenv(ADDRESS, raising=False)
    process = testing_databases.start_server()
    address = make_url(os.environ[ADDRESS])
    monkeypatch.delenv(ADDRESS)
    data = address.query["host"]
    assert PREFIX not in data
    assert Path(data).exists()
    pid = int(Path(data, "postmaster.pid").read_text().split()[0])
    os.kill(pid, 0)
    process.stdin.close()  # what the end of the owner does, also when it is killed
    assert process.wait(30) == 0
    process.stdout.close()
    assert not Path(data).parent.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
