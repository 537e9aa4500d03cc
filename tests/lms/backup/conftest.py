"""Whole sites, each with an instance and a database of its own, on SQLite and on PostgreSQL."""

import contextvars
import hashlib
import io
import itertools
import json
import os
import zipfile

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms import clock, create_app, migrate, testing_databases
from lms.accounts.models import Person
from lms.assignments.models import Version
from lms.cli import main
from lms.courses.models import Activity
from lms.db import Base, db
from lms.demo.services import load as load_demo
from lms.jobs.models import Job
from lms.libraries.models import Library
from lms.runs.models import RunDue
from lms.setup import load_reference_data
from lms.testing import SETTINGS, Browser, Make

BACKENDS = ("sqlite", "postgresql")
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TEXT = "Bijen 🐝, \"haakjes\" en \\ strepen\r\n\u2028en 'een' regel; <b>\ttab"


class Site:
    """A site with its own instance; ``app`` has its database, ``run`` its command line."""

    def __init__(self, folder, address, plugins=None, **settings):
        self.folder, self.address = folder, address
        self.app = create_app({**SETTINGS, "INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": address, **settings}, plugins)
        self.app.test_client_class = Browser

    def run(self, *arguments, code=0, **env):
        """Run ``lms …``; returns all that it printed."""
        command = [str(argument) for argument in arguments]
        env = {"LMS_INSTANCE": str(self.folder), "LMS_SECRET_KEY": None, **env}
        # A context of its own, so that no session of ours is in the way.
        runner = self.app.test_cli_runner()
        result = contextvars.Context().run(runner.invoke, main, command, env=env)
        assert result.exit_code == code, result.output
        said = [line for line in result.stderr.splitlines() if not line.startswith("  ")]  # how far a slow run is
        assert code == 0 or (len(said) == 1 and said[0].startswith("Error: ")), result.stderr
        return result.output

    def rows(self):
        """Every row of every table of a model, with its values as Python has them."""
        present = self.tables()
        with self.app.app_context(), db.engine.connect() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
                for table in Base.metadata.sorted_tables
                if table.name in present
            }

    def revisions(self):
        with self.app.app_context(), db.engine.connect() as connection:
            return migrate.revisions(connection)

    def files(self):
        """Every file of the store: its key and the hash of its bytes."""
        store = self.folder / "files"
        return {
            str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in store.rglob("*")
            if path.is_file()
        }

    def tables(self):
        """The names of all tables in the database."""
        with self.app.app_context():
            return sorted(db.inspect(db.engine).get_table_names())

    def sign_in(self, person_id):
        """A browser in which this person is signed in."""
        with self.app.app_context():
            identity = db.session.get(Person, person_id).get_id()
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = identity, True
        return client

    def initialise(self):
        with self.app.app_context():
            migrate.upgrade()
            load_reference_data()
            db.session.commit()

    def close(self):
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def hand_in(client, run_id, text, *files):
    """Let somebody hand in the assignment of a run that ``Make`` made, through the page."""
    chosen = [FileStorage(io.BytesIO(data), name) for name, data in files]
    # As one string of bytes: the client itself would leave a large one open in a temporary file.
    boundary, body = encode_multipart({"text": text, "revision": "0", "overwrite": "1", "files": chosen})
    kind = f'multipart/form-data; boundary="{boundary}"'
    answer = client.post(f"/runs/{run_id}/opdracht/inleveren", data=body, content_type=kind)
    assert answer.status_code == 302, answer.text[:300]


def fill(site):
    """The demo, work with files, and rows with whatever is hard to carry."""
    site.initialise()
    with site.app.app_context():
        load_demo()
        make = Make()
        run = make.run(participants=3)
        people = make.people(run)
        people[0].name = TEXT[:100]
        db.session.add(Library(name="Bibliotheek ’t Hoekje\n(2)", province=""))
        db.session.add(Job(kind="core.mail", payload={"a": [1, None, 1.5, "é\u0000🐝"], "b": {}}, done_at=clock.now()))
        activity = db.session.scalar(select(Activity).where(Activity.slug == "opdracht"))
        db.session.add(RunDue(run_id=run.id, activity_id=activity.id, due_on=clock.today()))
        run_id, ids = run.id, [person.id for person in people]
        db.session.commit()
    for number, person_id in enumerate(ids):
        large = PDF + os.urandom(700_000) * number
        files = [(f"verslag {number} – é🐝.pdf", large), ("klein.txt", b"x")]
        hand_in(site.sign_in(person_id), run_id, TEXT * (number + 1), *files)
    return site


@pytest.fixture(scope="session")
def servers():
    """Where databases come from, for each backend. TEST_DATABASE_URL names a PostgreSQL; else one is started."""
    server = None
    if testing_databases.ADDRESS not in os.environ:
        server = testing_databases.start_server()
    made = {
        "sqlite": testing_databases.SqliteDatabases(),
        "postgresql": testing_databases.PostgresDatabases(os.environ[testing_databases.ADDRESS]),
    }
    yield made
    for databases in made.values():
        databases.close()
    if server is not None:
        del os.environ[testing_databases.ADDRESS]
        server.communicate()


@pytest.fixture
def make_site(servers, tmp_path):
    """``make_site("postgresql", plugins=[…])``: a place without tables; ``beside`` is a site whose data it shares."""
    sites, numbers = [], itertools.count(1)

    def make_site(backend="sqlite", plugins=None, *, beside=None, **settings):
        if beside is not None:
            site = Site(beside.folder, beside.address, plugins, **settings)
        else:
            folder = tmp_path / f"site{next(numbers)}"
            folder.mkdir()
            site = Site(folder, servers[backend].empty(folder), plugins, **settings)
        sites.append(site)
        return site

    yield make_site
    for site in sites:
        site.close()
    for site in sites:
        servers["sqlite" if site.address.startswith("sqlite") else "postgresql"].drop(site.address)


@pytest.fixture(scope="session")
def filled(servers, tmp_path_factory):
    """``filled("postgresql")``: a site full of data and files, which tests only read."""
    sites = {}

    def filled(backend="sqlite"):
        if backend not in sites:
            folder = tmp_path_factory.mktemp(f"filled-{backend}")
            sites[backend] = fill(Site(folder, servers[backend].empty(folder)))
        return sites[backend]

    yield filled
    for site in sites.values():
        site.close()


@pytest.fixture(scope="session")
def archive(filled, tmp_path_factory):
    """A backup of the filled site on SQLite."""
    path = tmp_path_factory.mktemp("archive") / "site.zip"
    filled().run("backup", path)
    return path


@pytest.fixture
def changed(archive, tmp_path):
    """``changed({"manifest.json": function})``: a copy of the archive, whole but with other contents. A function
    takes and returns bytes (None leaves the member out); the measures in the manifest follow."""
    numbers = itertools.count(1)

    def changed(changes, source=archive, **manifest):
        path = tmp_path / f"changed{next(numbers)}.zip"
        with zipfile.ZipFile(source) as old:
            members = {name: old.read(name) for name in old.namelist()}
        members |= {name: change(members.get(name, b"")) for name, change in changes.items()}
        described = json.loads(members["manifest.json"])
        for part in described["tables"]:
            _measure(part, members[f"tables/{part['name']}.jsonl"])
        members["manifest.json"] = json.dumps({**described, **manifest}).encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name, data in members.items():
                if data is not None:
                    new.writestr(name, data)
        return path

    return changed


def _measure(part, data):
    part["rows"], part["size"], part["sha256"] = data.count(b"\n"), len(data), hashlib.sha256(data).hexdigest()


def versions(site):
    """How many versions were handed in."""
    with site.app.app_context():
        return db.session.query(Version).count()
