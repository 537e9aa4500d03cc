"""Tables change with a site in them: nothing is lost, and a migration that fails has not happened."""

import pytest
from sqlalchemy import inspect, text

from lms import migrate
from lms.db import db
from lms.testing import Make

# SQLite cannot change the type of a column, so Alembic makes a new table there, copies the rows and drops the old one.
REBUILD = """
with op.batch_alter_table("core_person", table_kwargs={"sqlite_autoincrement": True}) as batch:
    batch.add_column(sa.Column("phone", sa.String(40), nullable=False, server_default="onbekend"))
    batch.alter_column("name", type_=sa.String(250))
with op.batch_alter_table("core_library") as batch:
    batch.add_column(sa.Column("town", sa.String(80)))
    batch.alter_column("name", type_=sa.String(250))
"""
LOSE = 'op.execute("DELETE FROM core_library")'


@pytest.fixture
def lived_in(site):
    """The site with a run of five people, of whom each has notes."""
    run = Make().run(participants=4)
    people = [*Make().people(run), *Make().people(run, "trainer")]
    notes = [{"person": person.id, "text": f"Notitie {n} van {person.name}"} for person in people for n in (1, 2)]
    db.session.execute(text("INSERT INTO toy_note (person_id, text) VALUES (:person, :text)"), notes)
    db.session.commit()
    return site


def test_a_core_table_is_rebuilt_under_the_rows_of_a_plugin(lived_in):
    before = lived_in.rows()
    assert len(before["toy_note"]) == 10
    lived_in.write("core", lived_in.next, REBUILD)
    assert migrate.upgrade() == ["core"]
    after = lived_in.rows()
    assert all(person.pop("phone") == "onbekend" for person in after["core_person"])
    assert all(library.pop("town") is None for library in after["core_library"])
    assert before.pop("core_schema_version") != after.pop("core_schema_version")
    assert after == before


def test_the_keys_of_a_rebuilt_table_still_hold(lived_in):
    lived_in.write("core", lived_in.next, REBUILD)
    keys = inspect(db.engine).get_foreign_keys("toy_note")
    migrate.upgrade()
    assert inspect(db.engine).get_foreign_keys("toy_note") == keys
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        db.session.execute(text("INSERT INTO toy_note (person_id, text) VALUES (987654, 'van niemand')"))
    db.session.rollback()
    lonely = Make().person()
    db.session.execute(text("INSERT INTO toy_note (person_id, text) VALUES (:id, 'weg')"), {"id": lonely.id})
    db.session.execute(text("DELETE FROM core_person WHERE id = :id"), {"id": lonely.id})
    assert db.session.scalar(text("SELECT count(*) FROM toy_note WHERE text = 'weg'")) == 0


@pytest.mark.parametrize(
    ("core", "toy"),
    [
        ('raise RuntimeError("halfway")', "pass"),
        (REBUILD + 'raise RuntimeError("at the end")', "pass"),
        (REBUILD, 'op.add_column("toy_note", sa.Column("colour", sa.Text()))\nraise RuntimeError("the last")'),
        (REBUILD, "op.execute(\"INSERT INTO toy_note (person_id, text) VALUES (987654, 'van niemand')\")"),
        (LOSE, "pass"),
        ('op.execute("nonsense")', "pass"),
    ],
    ids=["at once", "after work", "the plugin", "a reference to nobody", "what others refer to", "no SQL"],
)
def test_a_failed_migration_leaves_everything_as_it_was(lived_in, core, toy):
    before = lived_in.state()
    lived_in.write("core", lived_in.next, core)
    lived_in.write("toy", 2, toy)
    with pytest.raises(Exception, match=r"halfway|at the end|the last|lead nowhere|(?i:foreign key)|nonsense"):
        migrate.upgrade()
    assert lived_in.state() == before
    assert migrate.pending() == ["core", "toy"]
    lived_in.write("core", lived_in.next, REBUILD)
    lived_in.write("toy", 2, 'op.add_column("toy_note", sa.Column("colour", sa.Text()))')
    assert migrate.upgrade() == ["core", "toy"]
    assert migrate.pending() == []


def test_the_keys_are_watched_again_after_a_failure(lived_in):
    lived_in.write("core", lived_in.next, 'raise RuntimeError("halfway")')
    with pytest.raises(migrate.MigrationError, match="halfway"):
        migrate.upgrade()
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        db.session.execute(text("INSERT INTO toy_note (person_id, text) VALUES (987654, 'van niemand')"))


def test_doing_it_twice_changes_nothing(lived_in):
    before = lived_in.state()
    assert migrate.upgrade() == []
    assert lived_in.state() == before


def rebuild(table, **settings):
    return f"with op.batch_alter_table({table!r}, recreate='always', **{settings}) as batch:\n    pass"


def test_what_a_rebuilt_table_would_lose_is_told(make_site, tmp_path):
    """Only SQLite rebuilds tables, so this test is about SQLite wherever it runs."""
    site = make_site(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/own.sqlite")
    trigger = "CREATE TRIGGER toy_hears AFTER INSERT ON toy_note BEGIN INSERT INTO toy_heard VALUES (NULL); END"
    with site.app.app_context():
        db.session.execute(text("CREATE TABLE toy_heard (id INTEGER PRIMARY KEY)"))
        db.session.execute(text(trigger))
        db.session.commit()
        before = site.state()
        site.write("core", site.next, rebuild("core_person"))
        with pytest.raises(migrate.MigrationError, match="would lose AUTOINCREMENT of core_person;"):
            migrate.upgrade()
        site.write("core", site.next, rebuild("core_person", table_kwargs={"sqlite_autoincrement": True}))
        site.write("toy", 2, rebuild("toy_note"))
        with pytest.raises(migrate.MigrationError, match="would lose the trigger toy_hears of toy_note;"):
            migrate.upgrade()
        assert site.state() == before
        site.write("toy", 2, f'{rebuild("toy_note")}\nop.execute("{trigger}")')
        assert migrate.upgrade() == ["core", "toy"]


def test_a_table_of_the_same_run_is_watched_too(make_site, tmp_path):
    """On an empty database all migrations are one run; a later one may not lose what an earlier one made."""
    site = make_site(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/own.sqlite")
    table = 'op.create_table("toy_entry", sa.Column("id", sa.Integer(), primary_key=True), sqlite_autoincrement=True)'
    with site.app.app_context():
        before = site.state()
        site.write("toy", 2, table)
        site.write("toy", 3, rebuild("toy_entry"))
        with pytest.raises(migrate.MigrationError, match="'toy_0003' would lose AUTOINCREMENT of toy_entry;"):
            migrate.upgrade()
        assert site.state() == before
        site.write("toy", 3, rebuild("toy_entry", table_kwargs={"sqlite_autoincrement": True}))
        assert migrate.upgrade() == ["toy"]
