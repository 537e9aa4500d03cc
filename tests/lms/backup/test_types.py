"""A plugin with every type of column, circles and derived indexes: nothing is lost, and nothing stays loosened."""

import base64
import shutil
import uuid
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms.db import db
from lms.plugins import Plugin

HISTORY = Path(__file__).parent / "zoo"
BACKENDS = ("sqlite", "postgresql")
CHIP = uuid.UUID("12345678-1234-5678-1234-567812345678")
SEEN = datetime(2026, 3, 29, 1, 30, 0, 123456)
# Written by hand and not through the migration: what is read must not depend on what is tested.
ANIMAL = sa.table(
    "zoo_animal",
    sa.column("id", sa.Integer),
    sa.column("parent_id", sa.Integer),
    sa.column("person_id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("order", sa.Integer),
    sa.column("cells", sa.BigInteger),
    sa.column("picture", sa.LargeBinary),
    sa.column("weight", sa.Float),
    sa.column("born_on", sa.Date),
    sa.column("fed_at", sa.Time),
    sa.column("seen_at", sa.DateTime),
    sa.column("tame", sa.Boolean),
    sa.column("traits", sa.JSON(none_as_null=True)),
    sa.column("chip", sa.Uuid),
    sa.column("kind", sa.String().with_variant(sa.Enum("bird", "fish", name="zoo_kind"), "postgresql")),
)
FULL = {
    "id": 7, "parent_id": 9, "person_id": None, "name": "Édouard «Ed» 🐦", "order": -3, "cells": 2**62, "weight": 0.1,
    "picture": bytes(range(256)), "born_on": date(1999, 12, 31), "fed_at": time(7, 5, 0, 5), "seen_at": SEEN,
    "tame": False, "traits": {"a": [1, 2.50, None], "é": "🐦"}, "chip": CHIP, "kind": "bird",
}  # fmt: skip
EMPTY = dict.fromkeys(FULL) | {"id": 9, "parent_id": 9, "name": ""}


def zoo(folder=HISTORY):
    return Plugin(name="zoo", package="zoo", title="Zoo", migrations=folder)


@pytest.fixture
def old_zoo(tmp_path):
    """The plugin as it was before its second migration."""
    folder = tmp_path / "old"
    folder.mkdir()
    shutil.copy(HISTORY / "zoo_0001_every_type.py", folder)
    return zoo(folder)


@pytest.fixture
def make_zoo(make_site):
    def make_zoo(backend="sqlite", plugin=None):
        site = make_site(backend, [plugin or zoo()])
        site.initialise()
        with site.app.app_context(), db.engine.begin() as connection:
            # The child before its parent, and a circle: no order of rows would do.
            connection.execute(ANIMAL.insert(), [EMPTY, FULL])
            for statement in (
                "UPDATE zoo_animal SET price = 12345678901234.567891 WHERE id = 7",
                "UPDATE zoo_animal SET price = 0 WHERE id = 9",
                "INSERT INTO zoo_animal (id, name, traits) VALUES (20, 'json null', 'null')",
                "INSERT INTO zoo_animal (id, name, traits, price) VALUES (21, 'number', '5', 1.5)",
                "DELETE FROM zoo_keeper",
                "INSERT INTO zoo_keeper (id) VALUES (4)",
                "INSERT INTO zoo_cage (id, keeper_id) VALUES (3, 4)",
                "UPDATE zoo_keeper SET cage_id = 3",
            ):
                connection.exec_driver_sql(statement)
            moment = "2026-10-25 01:30:00+00:00" if backend == "postgresql" else "2026-10-25 01:30:00.000000"
            connection.exec_driver_sql(f"UPDATE zoo_animal SET counted_at = '{moment}' WHERE id = 7")
        return site

    return make_zoo


def one(site, statement):
    with site.app.app_context(), db.engine.connect() as connection:
        return connection.exec_driver_sql(statement).scalar()


def all_rows(site, table=ANIMAL):
    with site.app.app_context(), db.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(table).order_by(table.c.id)).mappings()]


@pytest.mark.parametrize("to", BACKENDS)
@pytest.mark.parametrize("of", BACKENDS)
def test_every_type(make_zoo, make_site, tmp_path, of, to):
    source, target = make_zoo(of), make_site(to, [zoo()])
    source.run("backup", tmp_path / "zoo.zip")
    target.run("restore", tmp_path / "zoo.zip")
    animals = all_rows(target)
    assert animals == all_rows(source)
    assert animals[:2] == [FULL, EMPTY]
    price = Decimal(str(one(target, "SELECT price FROM zoo_animal WHERE id = 7")))
    # SQLite itself has no more than a float.
    assert price == Decimal("12345678901234.567891" if of == to == "postgresql" else "12345678901234.568")
    # SQL's NULL and JSON's null stay apart; a number stays a number.
    assert one(target, "SELECT count(*) FROM zoo_animal WHERE traits IS NULL") == 1
    assert one(target, "SELECT CAST(traits AS text) FROM zoo_animal WHERE id = 20") == "null"
    assert one(target, "SELECT CAST(traits AS text) FROM zoo_animal WHERE id = 21") == "5"
    moment = str(one(target, "SELECT counted_at FROM zoo_animal WHERE id = 7"))
    if to == "postgresql":
        assert datetime.fromisoformat(moment).astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    else:
        assert moment == "2026-10-25 01:30:00.000000"
    # What the database derives, it derived anew.
    assert one(target, "SELECT twice FROM zoo_animal WHERE id = 7") == -6
    found = "zoo_search MATCH 'number'" if to == "sqlite" else "words @@ to_tsquery('dutch', 'number')"
    where = "zoo_search" if to == "sqlite" else "zoo_animal"
    assert one(target, f"SELECT count(*) FROM {where} WHERE {found}") == 1
    # The circle is there, and the row that only the migration made is not.
    assert one(target, "SELECT keeper_id FROM zoo_cage") == 4
    assert one(target, "SELECT count(*) FROM zoo_keeper") == 1
    # References are guarded at once again, not at the end of a transaction.
    with target.app.app_context(), db.engine.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError):
            connection.exec_driver_sql("UPDATE zoo_cage SET keeper_id = 99")


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_older_backup_is_brought_up_to_date(make_zoo, make_site, old_zoo, tmp_path, backend):
    make_zoo("sqlite", old_zoo).run("backup", tmp_path / "zoo.zip")
    target = make_site(backend, [zoo()])
    target.run("restore", tmp_path / "zoo.zip")
    assert target.revisions()["zoo"] == "zoo_0002"
    assert one(target, "SELECT nickname FROM zoo_animal WHERE id = 21") == "NUMBER"


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_newer_backup_is_refused(make_zoo, make_site, old_zoo, tmp_path, backend):
    make_zoo().run("backup", tmp_path / "zoo.zip")
    target = make_site(backend, [old_zoo])
    printed = target.run("restore", tmp_path / "zoo.zip", code=1)
    assert "'zoo' in this archive are at zoo_0002" in printed and "newer version" in printed
    assert target.tables() == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_into_a_place_with_these_tables(make_zoo, make_site, tmp_path, backend):
    """Tables, types and indexes of an initialised place make room."""
    source = make_zoo()
    source.run("backup", tmp_path / "zoo.zip")
    target = make_zoo(backend)
    target.run("restore", tmp_path / "zoo.zip")
    assert all_rows(target) == all_rows(source)


def test_a_plugin_that_is_not_installed(make_zoo, make_site, tmp_path):
    make_zoo().run("backup", tmp_path / "zoo.zip")
    target = make_site()
    printed = target.run("restore", tmp_path / "zoo.zip", code=1)
    assert "'zoo', which is not installed here" in printed and "--without zoo" in printed
    assert target.tables() == []
    target.run("restore", tmp_path / "zoo.zip", "--without", "zoo")
    assert "zoo" not in target.revisions() and "core_person" in target.tables()


def test_a_table_that_no_migration_makes(make_zoo, make_site, tmp_path):
    source = make_zoo()
    with source.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE zoo_scribble (id INTEGER PRIMARY KEY, words TEXT)")
        connection.exec_driver_sql("INSERT INTO zoo_scribble VALUES (1, 'aap')")
    source.run("backup", tmp_path / "zoo.zip")
    with zipfile.ZipFile(tmp_path / "zoo.zip") as file:
        assert file.read("tables/zoo_scribble.jsonl") == b'{"id":1,"words":"aap"}\n'
    target = make_site(plugins=[zoo()])
    assert "--without zoo_scribble" in target.run("restore", tmp_path / "zoo.zip", code=1)
    assert target.tables() == []
    target.run("restore", tmp_path / "zoo.zip", "--without", "zoo_scribble")
    assert all_rows(target) == all_rows(source)


def test_what_a_backup_cannot_hold_is_said(make_zoo, tmp_path):
    source = make_zoo("postgresql")
    with source.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE zoo_animal ADD COLUMN places point")
    printed = source.run("backup", tmp_path / "zoo.zip", code=1)
    assert "Column 'places' of table 'zoo_animal'" in printed
    assert not list(tmp_path.glob("*.zip")) and not list(tmp_path.glob(".lms*"))


def test_what_is_in_the_lines(make_zoo, tmp_path):
    make_zoo().run("backup", tmp_path / "zoo.zip")
    with zipfile.ZipFile(tmp_path / "zoo.zip") as file:
        line = file.read("tables/zoo_animal.jsonl").decode().splitlines()[0]
        names = file.namelist()
    assert '"seen_at":"2026-03-29T01:30:00.123456Z"' in line
    assert f'"picture":"{base64.b64encode(bytes(range(256))).decode()}"' in line
    assert '"born_on":"1999-12-31"' in line and '"tame":false' in line and '"person_id":null' in line
    assert '"traits":"{' in line and "twice" not in line
    assert not [name for name in names if "zoo_search" in name]
