"""What others read of a worksheet: versions row by row, a form that has changed, and what leaves the run."""

from dataclasses import replace

import pytest

from lms.api import SheetField, worksheets
from lms.registry import registry

from .conftest import GOOD, partner, person


def test_private_words_stay_within_the_run(sheet):
    rows = {f"r{n}": partner(f"Partner {n}", resistance="Te duur") for n in range(3)}
    sheet.hand_in({"partners": rows}, "tweede")
    assert "Te duur" in sheet.judge.get(sheet.judging(version=sheet.versions("tweede")[-1])).text
    [one] = worksheets.handed_in(sheet.person, "toy.ask")
    assert (one.slug, one.version, one.passed) == ("tweede", 1, False)
    assert one.filled.rows("partners")[0]["resistance"] == "Te duur"
    public = one.filled.public()
    assert public.rows("partners")[0].values == {"name": "Partner 0", "they": "leerlingen", "we": "ruimte"}
    assert "Te duur" not in str(public.keep()) and "resistance" not in str(public.keep())


def test_versions_are_compared_row_by_row(sheet):
    sheet.hand_in({**GOOD, "people": {"r1": person(), "r2": person("Huisarts")}})
    sheet.hand_in({**GOOD, "people": {"r3": person("Kapper"), "r1": person(interest="5")}})
    for page in (sheet.browser.get(sheet.url(rest="/versies/2")).text, sheet.judge.get(sheet.judging()).text):
        assert page.count("is-added") == page.count("is-changed") == page.count("is-gone") == 1
        assert "Was: 4 van 5" in page
        assert "<s>Huisarts</s>" in page


@pytest.fixture
def newer(monkeypatch):
    """The first sheet in a second version: «Uren» has gone, «Belang» has another name, and there is a new field."""

    def change():
        known = registry().worksheets
        people = known["toy.around"].by_name["people"]
        fields = [one for one in people.fields if one.name != "hours"]
        fields[1] = replace(fields[1], label="Hoeveel belang")
        fields.append(SheetField("colour", "Kleur", required=True))
        parts = (known["toy.around"].parts[0], replace(people, fields=tuple(fields)))
        monkeypatch.setitem(known, "toy.around", replace(known["toy.around"], version=2, parts=parts))

    return change


def test_a_version_of_an_older_form_stays_readable(sheet, newer):
    sheet.hand_in({**GOOD, "people": {"r1": person(hours="12")}})
    newer()
    page = sheet.browser.get(sheet.url(rest="/versies/1")).text
    assert "<dt>Uren</dt>" in page and ">12<" in page and "<dt>Belang</dt>" in page and "Kleur" not in page
    assert "<dt>Uren</dt>" in sheet.judge.get(sheet.judging()).text
    filling = sheet.page()
    assert "Dit werkblad is vernieuwd." in filling and "<b>Uren</b> 12" in filling
    assert "Hoeveel belang" in filling and 'name="people-r1-colour"' in filling
    assert sheet.hand_in({**GOOD, "people": {"r1": person()}}).status_code == 422, "the new field is asked for"
    assert sheet.rows()[0]["hours"] == "12", "what has no field any more is not thrown away"
    sheet.hand_in({**GOOD, "people": {"r1": person(colour="rood", interest="5")}})
    first, second = sheet.versions()
    assert (first.sheet["form"].get("version"), second.sheet["form"].get("version")) == (1, 2)
    page = sheet.browser.get(sheet.url(rest="/versies/2")).text
    assert "Was: 4 van 5" in page and "<dt>Hoeveel belang</dt>" in page


def test_without_its_plugin_a_version_stays_readable(sheet, monkeypatch):
    sheet.hand_in(GOOD)
    monkeypatch.delitem(registry().worksheets, "toy.around")
    assert "<dt>Belang</dt>" in sheet.browser.get(sheet.url(rest="/versies/1")).text
    assert sheet.browser.get(sheet.url(rest="")).status_code == 200
    assert sheet.browser.get(sheet.url()).status_code == 404
