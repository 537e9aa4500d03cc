"""What somebody chose from a collection comes along, and goes with them."""

import json
import zipfile

import pytest
from sqlalchemy import func, select

from lms.api import Plugin, db
from plugins.kennisbank import plugin
from plugins.kennisbank.models import Choice, Pick

WHY = "Dit past, want onze ouders komen ook op school."


@pytest.fixture
def noor(make, sign_in):
    """Somebody who chose from a collection."""
    shelf = {"entries": ["nl-01", "nl-17"], "choose": 1}
    run = make.run(make.course(activities={"plank": "kennisbank.collection"}, plank=shelf))
    person = make.people(run)[0]
    form = {"chosen": ["nl-01"], "waarom-nl-01": WHY}
    assert sign_in(person).post(f"/kennisbank/collecties/{run.id}/plank", data=form).status_code == 302
    return person


def rows():
    return [db.session.scalar(select(func.count()).select_from(model)) for model in (Choice, Pick)]


def test_it_comes_along(noor, lms_command, tmp_path):
    done = lms_command("user", "export", noor.email, "--output", tmp_path / "noor.zip")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "noor.zip") as archive:
        (choice,) = json.loads(archive.read("data.json"))["kennisbank"]["keuzes"]
    assert (choice["gekozen"], choice["reden"]) == ("nl-01", WHY)


def test_it_goes(noor, lms_command):
    done = lms_command("user", "remove", noor.email, "--yes")
    assert "1  Keuzes uit de kennisbank" in done.output
    assert done.exit_code == 0, done.output
    assert rows() == [0, 0]


def test_it_goes_while_the_plugin_is_off_too(noor, make_app, lms_command, app):
    email = noor.email
    without = make_app(plugins=[], SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"])
    done = lms_command("user", "remove", email, "--yes", site=without)
    assert done.exit_code == 0, done.output
    db.session.expire_all()
    assert rows() == [0, 0]


def test_erasing_twice_does_no_harm(noor):
    assert isinstance(plugin, Plugin)
    (data,) = plugin.personal_data
    data.erase(noor)
    data.erase(noor)
    assert rows() == [0, 0]


def test_the_privacy_page_names_it(client):
    assert "wat u koos uit de kennisbank, en waarom" in client.get("/privacy").text
