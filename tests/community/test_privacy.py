"""The community is the library's: it stays when somebody leaves, without the name."""

import json
import zipfile

import pytest

from lms.api import db
from plugins.community.models import Community

NAME = "Noor Achterberg"


@pytest.fixture
def noor(make, sign_in, filled):
    """Somebody who began the community of her library and finished its first step."""
    person = make.person(NAME)
    browser = sign_in(person)
    form = {"name": "Taalcafé Oost", "target_group": f"Vraag het {NAME}, zij kent de buurt."}
    assert browser.post("/community/begin", data=form).status_code == 302
    community = db.session.query(Community).one()
    filled(community)
    form = {"step": "inventarisatie", "note": f"Twaalf gesprekken door {NAME} aan de leestafel."}
    assert browser.post(f"/community/{community.id}/klaar", data=form).status_code == 302
    return person


def test_it_comes_along(noor, lms_command, tmp_path):
    done = lms_command("user", "export", noor.email, "--output", tmp_path / "noor.zip")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "noor.zip") as archive:
        data = json.loads(archive.read("data.json"))["community"]
    assert data["begonnen"][0]["naam"] == "Taalcafé Oost"
    assert data["stappen"][0]["notitie"].startswith("Twaalf gesprekken")


def test_it_stays_without_the_name(noor, make, sign_in, lms_command):
    library = noor.library.name
    done = lms_command("user", "remove", noor.email, "--yes")
    assert done.exit_code == 0, done.output
    stays = done.output.partition("This stays, without the name:")[2]
    assert "1  Communities die deze persoon begon" in stays
    assert "1  Stappen die deze persoon afrondde" in stays
    db.session.expire_all()
    community = db.session.query(Community).one()
    (record,) = community.records
    assert (community.created_by_id, record.done_by_id) == (None, None)
    assert record.done_at is not None
    assert record.note == "Twaalf gesprekken door iemand die is vertrokken aan de leestafel."
    page = sign_in(make.person(library=library)).get(f"/community/{community.id}/stappen").text
    assert "Taalcafé Oost" in page
    assert NAME not in page
