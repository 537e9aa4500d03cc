"""What somebody chose from a collection comes along, and goes with them."""

import json
import zipfile

import pytest
from sqlalchemy import func, select

from lms.api import Plugin, db
from plugins.kennisbank import plugin
from plugins.kennisbank.models import Choice, Confirmation, Entry, Pick, Revision, TakeOver, Vote

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


def test_what_the_library_shared_stays_without_the_name(make, sign_in, lms_command, tmp_path):
    person = make.person("Noor van der Plas", library="Bibliotheek Waterdorp")
    browser = sign_in(person)
    start = browser.post("/kennisbank/bijdragen", data={"kind": "actie", "title": "Verhalen van Noor van der Plas"})
    slug = start.location.split("/")[2]
    done = {"title": "Verhalen van Noor van der Plas", "done": "Noor van der Plas vertelde.", "revision": "0"}
    assert browser.post(f"/kennisbank/{slug}/bewerken", data=done | {"based_on": "0"}).status_code == 302
    browser.post("/kennisbank/nl-01/bruikbaar", data={"answer": "yes"})
    browser.post("/kennisbank/nl-01/klopt", data={"note": "Noor van der Plas denkt van niet."})
    browser.post("/kennisbank/nl-01/overgenomen", data={"changed": "Door Noor van der Plas."})
    assert lms_command("user", "export", person.email, "--output", tmp_path / "n.zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "n.zip") as archive:
        held = json.loads(archive.read("data.json"))["kennisbank"]
    assert {"bijdragen", "wijzigingen", "overgenomen", "antwoorden", "klopt_dit_nog"} <= set(held)
    assert lms_command("user", "remove", person.email, "--yes").exit_code == 0
    db.session.expire_all()
    entry = db.session.scalar(select(Entry).where(Entry.slug == slug))
    left = [entry.title, entry.done, *(str(row.data) for row in db.session.scalars(select(Revision)))]
    left += [row.note for row in db.session.scalars(select(Confirmation))]
    left += [row.changed for row in db.session.scalars(select(TakeOver))]
    assert not [text for text in left if "Plas" in text]
    assert entry.created_by_id is None and db.session.scalar(select(Vote.answer)) == "yes"
