"""What core tests and plugin tests share: an app and a database for each test, people, runs and a query counter.

Load it with ``pytest_plugins = ["lms.testing"]`` in the top ``conftest.py``. Fixtures: ``app``, ``client``, ``make``,
``sign_in``, ``lms_command``, ``queries`` and ``worker``; ``make_app`` for more apps, and ``empty_database`` and
``fresh_database`` for apps that a test makes itself. All run on the database that LMS_TEST_BACKEND chooses.
"""

import contextvars
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event, select

from . import clock, create_app, migrate, testing_databases, testing_speed
from .accounts.models import Person, RoleGrant
from .cli import main
from .courses.models import Activity, Course, CourseDay, CoursePage, Module, Step
from .courses.prose import Prose
from .db import db
from .jobs.services import run_due
from .libraries.services import find_or_make
from .runs.models import PARTICIPANT, TRAINER, Enrolment, Run, RunDay
from .setup import load_reference_data
from .testing_databases import Databases

SETTINGS = {
    "TESTING": True,
    "SECRET_KEY": "only-for-tests",
    "WTF_CSRF_ENABLED": False,  # tests of the token itself switch it on
    "PASSWORD_COST": 1,
    "BASE_URL": "http://localhost",
    "MAIL_URL": "memory:",
    "PROPAGATE_EXCEPTIONS": False,  # a fault must show as the page that a person would see
}
_numbers = itertools.count(1)
testing_speed.install()


class Browser(FlaskClient):
    """A client whose requests see what real ones see: a context and a database session of their own.

    What the test itself wrote is committed first, and its objects are read afresh after the request.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            db.session.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)


_SERVER = pytest.StashKey[Any]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start a PostgreSQL for this run if nobody named one; xdist's workers get its address."""
    if testing_databases.on_postgres() and testing_databases.ADDRESS not in os.environ:
        session.config.stash[_SERVER] = testing_databases.start_server()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what would do the same as on SQLite: tests that meet no database, or say so."""
    if not testing_databases.on_postgres():
        return
    again: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        meets_one = "databases" in getattr(item, "fixturenames", ())
        (again if meets_one and not item.get_closest_marker("one_database") else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = again


def pytest_collection_finish() -> None:
    """Now all tests are imported, and the first is about to begin."""
    testing_speed.look_less_for_rubbish()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that we started."""
    server = config.stash.get(_SERVER, None)
    if server is not None:
        del os.environ[testing_databases.ADDRESS]
        server.communicate()  # closes its standard input


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Makes and drops databases of the kind that these tests run on."""
    made = testing_databases.connect()
    yield made
    made.close()


@pytest.fixture(scope="session")
def migrated(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database made by the migrations and filled with reference data; each test gets a copy."""
    folder = tmp_path_factory.mktemp("migrated")
    address = databases.empty(folder)
    app = create_app({**SETTINGS, "INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": address})
    with app.app_context():
        migrate.upgrade()
        load_reference_data()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()  # closes the last connection, which folds SQLite's write-ahead log into the file
    return address


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[Callable[[Path], str]]:
    """``empty_database(folder)`` gives the address of a database without tables, for an app with that instance."""
    made: list[str] = []

    def empty_database(folder: Path) -> str:
        made.append(databases.empty(folder))
        return made[-1]

    yield empty_database
    for address in made:
        databases.drop(address)


@pytest.fixture
def fresh_database(databases: Databases, migrated: str) -> Iterator[Callable[[Path], str]]:
    """``fresh_database(folder)`` gives the address of a database with all tables and the reference data."""
    made: list[str] = []

    def fresh_database(folder: Path) -> str:
        made.append(databases.copy(migrated, folder))
        return made[-1]

    yield fresh_database
    for address in made:
        databases.drop(address)


@pytest.fixture
def make_app(tmp_path: Path, fresh_database: Callable[[Path], str]) -> Iterator[Callable[..., Flask]]:
    """A factory of apps on a fresh database: ``make_app(PLUGINS=())``; ``plugins=[…]`` mounts just those.

    With an ``INSTANCE`` of your own the app takes the database that is in there.
    """
    apps: list[Flask] = []

    def make_app(plugins: Any = None, **overrides: Any) -> Flask:
        settings = {**SETTINGS, **overrides}
        if "INSTANCE" not in overrides:
            settings["INSTANCE"] = folder = tmp_path / f"instance{len(apps)}"
            folder.mkdir()
            if "SQLALCHEMY_DATABASE_URI" not in overrides:
                settings["SQLALCHEMY_DATABASE_URI"] = fresh_database(folder)
        app = create_app(settings, plugins)
        app.test_client_class = Browser
        testing_speed.hasten(app)
        apps.append(app)
        return app

    yield make_app
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The app with all plugins, its context open, so that tests can read the database."""
    app = make_app()
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Person], FlaskClient]:
    """``sign_in(person)`` gives a browser in which that person is signed in."""

    def sign_in(person: Person) -> FlaskClient:
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = person.get_id()
            session["_fresh"] = True
            session["key"] = f"key{next(_numbers)}"
        return client

    return sign_in


@pytest.fixture
def lms_command(app: Flask) -> Callable[..., Result]:
    """``lms_command("course", "check", folder)`` runs ``lms course check …``, with a database session of its own.

    ``site`` is another app to run it in; other options go to click's ``invoke`` (``input``, ``env``).
    """

    def run(*args: Any, site: Flask = app, **options: Any) -> Result:
        db.session.commit()
        runner = site.test_cli_runner()
        return contextvars.Context().run(runner.invoke, main, [str(arg) for arg in args], **options)

    return run


@pytest.fixture
def worker(app: Flask) -> Callable[[], int]:
    """``worker()`` does all jobs that are due; returns how many."""

    def work() -> int:
        db.session.commit()
        return run_due()

    return work


@pytest.fixture
def queries(app: Flask) -> Callable[[], Any]:
    """``with queries() as seen: …`` collects the SQL that was asked; ``len(seen)`` counts it."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return count


class Make:
    """Makes rows for a test, with as little said as possible: ``make.person()``, ``make.run(participants=3)``."""

    def person(self, name: str = "", *, library: str = "Bibliotheek Waterdorp", roles: tuple[str, ...] = ()) -> Person:
        """Somebody with an account; ``roles`` are for the site, or ``"role@library"`` for their own library."""
        number = next(_numbers)
        home = find_or_make(library)
        person = Person(name=name or f"Persoon {number}", email=f"persoon{number}@test.example", library=home)
        db.session.add(person)
        db.session.flush()
        for role in roles:
            key, _, scope = role.partition("@")
            grant = RoleGrant(person_id=person.id, role=key, library_id=home.id if scope == "library" else None)
            db.session.add(grant)
        db.session.flush()
        return person

    def course(self, *, activities: dict[str, str] | None = None, **settings: Any) -> Course:
        """A small course of four days in weeks 1, 4, 7 and 10 with one module.

        ``activities`` maps slugs to type keys; ``settings`` maps slugs (with ``_`` for ``-``) to their settings.
        """
        number = next(_numbers)
        course = Course(slug=f"cursus-{number}", title=f"Cursus {number}", hours_low=6, hours_high=8)
        course.days = [CourseDay(number=n, week=w, theme=f"Thema {n}") for n, w in ((1, 1), (2, 4), (3, 7), (4, 10))]
        db.session.add(course)
        db.session.flush()
        module = Module(course_id=course.id, slug="thema-1", title="Thema 1", position=1, day_number=1)
        db.session.add(module)
        db.session.flush()
        chosen = activities or {"les": "core.lesson", "opdracht": "core.assignment"}
        for position, (slug, kind) in enumerate(chosen.items(), 1):
            activity = Activity(
                course_id=course.id, module_id=module.id, slug=slug, type=kind, title=slug.capitalize(),
                position=position, week=1, minutes=30, body="Tekst.", body_html="<p>Tekst.</p>",
                settings=settings.get(slug.replace("-", "_"), {}),
            )  # fmt: skip
            if kind == "core.assignment":
                activity.due_day, activity.due_offset = 2, -7
                activity.settings = activity.settings or {"number": 1, "purpose": "Doel.", "rubric": RUBRIC}
                activity.steps = [Step(position=1, week=1, minutes=60, title="Stap 1", text="Begin.")]
            db.session.add(activity)
        db.session.flush()
        return course

    def page(self, course: Course, slug: str, kind: str, *, body: str = "Tekst.", **more: Any) -> CoursePage:
        """A page of a course, of lesson day 1 unless it is the glossary."""
        usual = {"title": slug.capitalize(), "orientation": "portrait", "position": 1}
        usual |= {"day_number": None if kind == "glossary" else 1}
        page = CoursePage(
            course_id=course.id, slug=slug, kind=kind, body=body,
            body_html=Prose(body).render({slug: kind}, {}),
            **usual | more,
        )  # fmt: skip
        db.session.add(page)
        db.session.flush()
        return page

    def run(
        self,
        course: Course | None = None,
        *,
        participants: int = 1,
        trainers: int = 1,
        first_day: date | None = None,
        name: str = "",
    ) -> Run:
        """A run of a course; its first lesson day lies a week ago unless ``first_day`` says otherwise."""
        course = course or self.course()
        first = first_day or clock.today() - timedelta(days=7)
        run = Run(course_id=course.id, name=name or f"Groep {next(_numbers)}")
        for number, weeks in ((1, 0), (2, 3), (3, 6), (4, 9)):
            on = first + timedelta(weeks=weeks)
            run.days.append(
                RunDay(
                    number=number,
                    starts_at=clock.at(on, time(9, 30)),
                    ends_at=clock.at(on, time(16, 30)),
                    place="Zaal 1",
                )
            )
        db.session.add(run)
        db.session.flush()
        for role, count in ((TRAINER, trainers), (PARTICIPANT, participants)):
            for _ in range(count):
                self.enrol(run, self.person(), role)
        return run

    def enrol(self, run: Run, person: Person, role: str = PARTICIPANT) -> Enrolment:
        """Put a person in a run."""
        enrolment = Enrolment(run_id=run.id, person_id=person.id, role=role)
        db.session.add(enrolment)
        db.session.flush()
        return enrolment

    def people(self, run: Run, role: str = PARTICIPANT) -> list[Person]:
        """The participants (or trainers) of a run, oldest first."""
        found = select(Person).join(Enrolment, Enrolment.person_id == Person.id)
        return list(
            db.session.scalars(found.where(Enrolment.run_id == run.id, Enrolment.role == role).order_by(Enrolment.id))
        )


RUBRIC = [
    {
        "slug": slug,
        "title": slug.capitalize(),
        "levels": {"nog_niet": "Ontbreekt.", "voldoende": "Is er.", "goed": "Is er, met bron."},
    }
    for slug in ("doelgroepen", "behoeften", "stakeholders", "bronnen")
]


@pytest.fixture
def make(app: Flask) -> Make:
    """The maker of rows."""
    return Make()
