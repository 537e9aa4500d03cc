"""What went in comes out: every row and every file, on both databases and from one to the other."""

import json
import zipfile
from itertools import pairwise

import pytest
from sqlalchemy import func, select, text

from lms import migrate
from lms.accounts.models import Person
from lms.db import db
from lms.files.models import StoredFile
from lms.jobs.models import Job
from lms.registry import registry

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(params=BACKENDS)
def source(request, filled):
    return filled(request.param)


@pytest.fixture(params=BACKENDS)
def target(request, make_site):
    return make_site(request.param)


def back_and_forth(source, target, tmp_path):
    source.run("backup", tmp_path / "site.zip")
    return target.run("restore", tmp_path / "site.zip")


def test_every_row_and_every_file(source, target, tmp_path):
    printed = back_and_forth(source, target, tmp_path)
    rows, files = source.rows(), source.files()
    assert len(files) == 6 and sum(map(len, rows.values())) > 700  # or it would prove little
    assert target.rows() == rows
    assert target.files() == files
    assert target.revisions() == source.revisions()
    assert f"{sum(map(len, rows.values()))} rows of" in printed and "6 files" in printed


def test_the_restored_site_works(source, target, tmp_path):
    back_and_forth(source, target, tmp_path)
    with target.app.app_context():
        for plugin in registry().plugins:
            if plugin.migrations is not None:
                assert migrate.differences(plugin).is_empty(), plugin.name
        file = db.session.scalar(select(StoredFile).where(StoredFile.name.like("verslag 2%")))
        owner, path, size = file.owner_id, f"/bestanden/{file.id}/x", file.size
        highest = db.session.scalar(select(func.max(Person.id)))
    browser = target.sign_in(owner)
    assert browser.get("/vandaag").status_code == 200
    answer = browser.get(path)
    assert answer.status_code == 200 and len(answer.data) == size > 1_000_000
    # New rows get numbers of their own, and references are guarded as before.
    target.run("user", "add", "nieuw@test.example", "Nieuw")
    with target.app.app_context():
        assert db.session.scalar(select(Person.id).where(Person.email == "nieuw@test.example")) == highest + 1
        db.session.rollback()
        with pytest.raises(Exception, match=r"(?i)foreign key"), db.engine.begin() as connection:
            connection.execute(text("DELETE FROM core_library"))


def test_postgresql_has_counted_its_tables(archive, make_site):
    """Else the first pages after a restore take a hundred times as long, until the server comes round to it."""
    target = make_site("postgresql")
    target.run("restore", archive)
    with target.app.app_context(), db.engine.connect() as connection:
        counted = connection.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'core_person'"))
        assert counted == connection.scalar(text("SELECT count(*) FROM core_person")) > 0


def test_what_comes_out_goes_in_again(filled, make_site, tmp_path):
    """Twice around the databases, the archive is the same to the byte."""
    sites = [filled(), make_site("postgresql"), make_site("sqlite")]
    for number, (one, other) in enumerate(pairwise(sites)):
        one.run("backup", tmp_path / f"{number}.zip")
        other.run("restore", tmp_path / f"{number}.zip")
    sites[-1].run("backup", tmp_path / "last.zip")
    with zipfile.ZipFile(tmp_path / "0.zip") as first, zipfile.ZipFile(tmp_path / "last.zip") as last:
        names = set(first.namelist()) - {"manifest.json"}
        assert names == set(last.namelist()) - {"manifest.json"}
        assert [name for name in sorted(names) if first.read(name) != last.read(name)] == []


def test_an_initialised_place_without_people(archive, filled, target):
    target.initialise()
    target.run("restore", archive)
    assert target.rows() == filled().rows()


def test_the_manifest(archive, filled):
    with zipfile.ZipFile(archive) as file:
        manifest = json.loads(file.read("manifest.json"))
    rows = filled().rows()
    assert manifest["product"] == "leerplein" and manifest["format"] == 1 and manifest["version"] == "0.1.0"
    assert manifest["database"] == "sqlite" and manifest["made_at"].endswith("Z")
    assert manifest["revisions"] == filled().revisions()
    assert {part["name"]: part["rows"] for part in manifest["tables"]} == {name: len(rows[name]) for name in rows}
    assert {part["key"]: part["sha256"] for part in manifest["files"]} == filled().files()


def test_only_its_owner_may_read_it(archive):
    assert archive.stat().st_mode & 0o777 == 0o600


def test_no_secret_unless_asked(filled, archive, tmp_path, make_site):
    with zipfile.ZipFile(archive) as file:
        assert not [name for name in file.namelist() if b"only-for-tests" in file.read(name)]
    other = make_site(SECRET_KEY="another")
    (other.folder / "secret").write_text("another")
    assert "secret of its own" in other.run("restore", archive)
    assert (other.folder / "secret").read_text() == "another"


def test_with_the_secret_sessions_stay(filled, tmp_path, make_site):
    assert "with the secret" in filled().run("backup", tmp_path / "site.zip", "--with-secret")
    other = make_site(SECRET_KEY="another")
    (other.folder / "secret").write_text("another")
    printed = other.run("restore", tmp_path / "site.zip")
    assert "secret of its own" not in printed and "only-for-tests" not in printed
    assert (other.folder / "secret").read_text() == "only-for-tests"
    assert (other.folder / "secret").stat().st_mode & 0o777 == 0o600
    with filled().app.app_context():
        person_id = db.session.scalar(select(Person.id))
    cookie = filled().sign_in(person_id).get_cookie("leerplein").value
    restarted = make_site(beside=other)
    client = restarted.app.test_client()
    client.set_cookie("leerplein", cookie)
    assert client.get("/account").status_code == 200


def test_a_secret_from_the_environment_wins(filled, tmp_path, make_site):
    filled().run("backup", tmp_path / "site.zip", "--with-secret")
    other = make_site(SECRET_KEY="another")
    assert "secret of its own" in other.run("restore", tmp_path / "site.zip", LMS_SECRET_KEY="another")
    assert not (other.folder / "secret").exists()


@pytest.mark.parametrize("backend", BACKENDS)
def test_plugins_that_are_switched_off(filled, make_site, tmp_path, backend):
    """Their tables go along, and are there when they are switched on again."""
    without = make_site(beside=filled(), PLUGINS=())
    without.run("backup", tmp_path / "site.zip")
    target = make_site(backend, PLUGINS=())
    printed = target.run("restore", tmp_path / "site.zip")
    names = [name for name in filled().revisions() if name != "core"]
    assert names and all(name in printed for name in names)
    with_all = make_site(beside=target)
    assert with_all.rows() == filled().rows()
    with with_all.app.app_context():
        assert migrate.pending() == []


def test_postgresql_gets_no_nul(filled, make_site, tmp_path):
    """SQLite holds a character that PostgreSQL cannot; it is replaced, and that is said."""
    source, target = make_site(), make_site("postgresql")
    source.initialise()
    with source.app.app_context():
        db.session.add(Person(name="A\0b\0", email="a@test.example"))
        db.session.add(Job(kind="core.mail", payload={"text": "\0"}))
        db.session.commit()
    assert "1 texts had a NUL character" in back_and_forth(source, target, tmp_path)
    with target.app.app_context():
        assert db.session.scalar(select(Person.name)) == "A\ufffdb\ufffd"
        assert db.session.scalar(select(Job.payload)) == {"text": "\0"}
    again = make_site()
    again.run("restore", tmp_path / "site.zip")
    assert again.rows() == source.rows()


def test_postgresql_names_what_is_too_long(make_site, tmp_path):
    source, target = make_site(), make_site("postgresql")
    source.initialise()
    with source.app.app_context():
        db.session.add(Person(name="x" * 201, email="a@test.example"))
        db.session.commit()
    source.run("backup", tmp_path / "site.zip")
    printed = target.run("restore", tmp_path / "site.zip", code=1)
    assert "Row 1 of 'core_person'" in printed and "'name' has 201 characters, and at most 200 fit" in printed
    assert target.tables() == []
