"""What somebody takes along of their worksheets, and what is left of a trainer who goes."""

import io
import zipfile

from lms.db import db
from lms.grading.models import RowRemark
from lms.privacy.services import pack, remove

from .conftest import GOOD, person


def texts(answer):
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_own_work_and_own_data_hold_the_sheet(sheet):
    sheet.hand_in({**GOOD, "people": {"r1": person(on="3-12-2026")}})
    sheet.assess(**{"rij-people-r1": "Wie is uw contact?"})
    sheet.save({**GOOD, "people": {"r1": person("De nieuwe school")}})
    work = texts(sheet.browser.get("/mijn-werk.zip"))
    [version] = [text for name, text in work.items() if "versie 1/werkblad.md" in name]
    assert "## Mensen" in version and "### 1. De school" in version and "Datum: 3 december 2026" in version
    assert any("De nieuwe school" in text for name, text in work.items() if "concept/werkblad.md" in name)
    assert any("De school:\nWie is uw contact?" in text for name, text in work.items() if name.endswith("oordeel.txt"))
    with pack(sheet.person) as whole, zipfile.ZipFile(whole) as archive:
        data = archive.read("data.json").decode()
    for words in ("De nieuwe school", "De school", "Wie is uw contact?", "2026-12-03"):
        assert words in data, "what is held about somebody has it too"


def test_the_name_of_a_trainer_goes_out_of_what_they_said(sheet):
    sheet.hand_in(GOOD)
    sheet.assess(**{"rij-people-r1": f"Bel mij, {sheet.trainer.name}."})
    remove(sheet.trainer)
    db.session.commit()
    [remark] = db.session.query(RowRemark)
    assert remark.words.startswith("Bel mij") and "Persoon" not in remark.words
    assert "Een oud-trainer" in sheet.browser.get(sheet.url(rest="/versies/1")).text
