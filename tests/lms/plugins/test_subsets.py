"""The site runs with any subset of the plugins that it is delivered with, and a plugin can be switched off and on."""

import itertools
import shutil
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, select

from lms import config, create_app, migrate
from lms.accounts.models import Person
from lms.accounts.services import create_person
from lms.cli import main
from lms.courses.models import Activity
from lms.db import db
from lms.demo.services import load as load_demo
from lms.demo.site import DOMAIN
from lms.registry import discover, registry
from lms.runs.models import Enrolment, Run
from lms.runs.outline import Outline
from lms.runs.visits import load_run
from lms.setup import load_reference_data
from lms.testing import SETTINGS, Browser

DELIVERED = tuple(plugin.name for plugin in discover())
SUBSETS = [subset for size in range(len(DELIVERED) + 1) for subset in itertools.combinations(DELIVERED, size)]
EACH_SUBSET = [
    pytest.param(
        subset, id="+".join(subset) or "none", marks=() if len(subset) in {0, len(DELIVERED)} else pytest.mark.slow
    )
    for subset in SUBSETS
]


def lms(folder, subset, *command):
    """Do a command in an instance with these plugins; it must do without an error."""
    settings = {"LMS_INSTANCE": str(folder), "LMS_PLUGINS": ",".join(subset), "LMS_MAIL_URL": "memory:"}
    done = CliRunner().invoke(main, command, env={**settings, "LMS_DATABASE_URL": None, "LMS_SECRET_KEY": None})
    assert done.exit_code == 0, (subset, command, done.output, done.exception)
    return done.output


def make_demo(folder, subset):
    """What `lms demo` does, with the cheap passwords of the tests."""
    with site(folder, subset):
        migrate.upgrade()
        load_reference_data()
        load_demo()
        db.session.commit()


@contextmanager
def site(folder, subset):
    """The app of an instance with these plugins."""
    app = create_app({**SETTINGS, "INSTANCE": folder, "PLUGINS": subset})
    app.test_client_class = Browser
    try:
        with app.app_context():
            yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def browser_of(app, person):
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = person.get_id()
    return client


def menu(client):
    """The addresses of the menu, read from the page itself."""
    text = client.get("/vandaag").text
    block = text[text.index('<ul class="lp-nav">') : text.index("</nav>")]
    return [part.partition('"')[0] for part in block.split('href="')[1:]]


def look_around(app, person):
    """Open all that the menu leads to; nothing may be a fault or closed to who sees it in the menu."""
    client = browser_of(app, person)
    addresses = ["/vandaag", *menu(client)]
    answers = {address: client.get(address, follow_redirects=True).status_code for address in addresses}
    assert set(answers.values()) == {200}, answers
    return addresses


def test_there_are_plugins_to_leave_out():
    assert len(DELIVERED) >= 1
    assert len(SUBSETS) == 2 ** len(DELIVERED)


@pytest.mark.parametrize("subset", EACH_SUBSET)
def test_an_empty_site_runs(tmp_path, subset):
    lms(tmp_path, subset, "init")
    listed = [line.partition(":")[0] for line in lms(tmp_path, subset, "plugins").splitlines() if line[0] != " "]
    assert set(listed) == {"core", *subset}
    with site(tmp_path, subset) as app:
        assert app.test_client().get("/login").status_code == 200
        assert app.test_client().get("/readyz").status_code == 200
        admin = create_person("Bea Beheer", "bea@test.example", "Bibliotheek Waterdorp", roles=("admin",))
        addresses = look_around(app, admin)
        assert len(addresses) > len(registry().plugins[0].nav)  # «Vandaag» and what the core itself has


@pytest.mark.parametrize("subset", EACH_SUBSET)
def test_the_demo_loads(tmp_path, subset):
    make_demo(tmp_path, subset)
    with site(tmp_path, subset) as app:
        assert app.test_client().get("/login").status_code == 200
        for account in registry().all("demo_accounts"):
            if account.offer:
                person = db.session.scalars(select(Person).where(Person.email == f"{account.user}@{DOMAIN}")).one()
                look_around(app, person)


def activity_of(plugin):
    """An activity of a type that this plugin brings, or None; and a participant in a run with it."""
    keys = [kind.key for kind in plugin.activity_types]
    return db.session.execute(
        select(Activity.slug, Run.id, Enrolment.person_id)
        .join(Run, Run.course_id == Activity.course_id)
        .join(Enrolment, Enrolment.run_id == Run.id)
        .where(Activity.type.in_(keys), Enrolment.role == "participant")
        .limit(1)
    ).first()


def tables():
    return set(inspect(db.engine).get_table_names())


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """An instance with the demo and all plugins; each test takes a copy."""
    folder = tmp_path_factory.mktemp("demo")
    make_demo(folder, DELIVERED)
    return folder


@pytest.mark.parametrize("name", DELIVERED)
def test_a_plugin_is_switched_off_and_on_again(tmp_path, demo, name):
    shutil.copytree(demo, tmp_path, dirs_exist_ok=True)
    config.ensure_instance({"LMS_INSTANCE": str(tmp_path)})
    with site(tmp_path, DELIVERED):
        before = tables()
        found = activity_of(next(plugin for plugin in registry().plugins if plugin.name == name))
        counted = len(_outline(found).counted) if found else 0
    rest = tuple(other for other in DELIVERED if other != name)
    lms(tmp_path, rest, "upgrade")
    with site(tmp_path, rest) as app:
        assert tables() == before
        assert app.test_client().get("/readyz").status_code == 200
        if found:
            slug, run_id, person_id = found
            client = browser_of(app, db.session.get_one(Person, person_id))
            page = client.get(f"/runs/{run_id}/{slug}")
            assert page.status_code == 200
            assert "Dit onderdeel is nu niet beschikbaar." in page.text
            assert client.get(f"/runs/{run_id}/").status_code == 200
            assert len(_outline(found).counted) < counted
    lms(tmp_path, DELIVERED, "upgrade")
    with site(tmp_path, DELIVERED) as app:
        assert tables() == before
        if found:
            slug, run_id, person_id = found
            page = browser_of(app, db.session.get_one(Person, person_id)).get(f"/runs/{run_id}/{slug}")
            assert "Dit onderdeel is nu niet beschikbaar." not in page.text
            assert len(_outline(found).counted) == counted


def _outline(found):
    _slug, run_id, person_id = found
    return Outline(load_run(db.session.get_one(Person, person_id), run_id))
