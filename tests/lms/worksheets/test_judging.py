"""Judging a worksheet: on the screen of every judgement, with words about a row that stay with the row."""

from lms.db import db
from lms.grading.models import RowRemark

from .conftest import GOOD, person

SAID = "Wie is daar uw contact?"


def test_words_about_a_row_are_hidden_until_the_release_and_stay_with_the_row(sheet):
    sheet.hand_in({**GOOD, "people": {"r1": person(), "r2": person("Huisarts")}})
    assert 'form="oordeel" id="rij-people-r2"' in sheet.judge.get(sheet.judging()).text
    sheet.assess("opslaan", **{"rij-people-r2": SAID})
    assert SAID in sheet.judge.get(sheet.judging()).text
    assert all(SAID not in sheet.browser.get(sheet.url(rest=rest)).text for rest in ("", "/werkblad", "/versies/1"))
    assert sheet.assess(revision=1, **{"rij-people-r2": SAID}).status_code == 302
    for rest in ("/werkblad", "/versies/1"):
        assert sheet.browser.get(sheet.url(rest=rest)).text.count(SAID) == 1
    sheet.hand_in({**GOOD, "people": {"r2": person("De huisarts"), "r1": person()}})
    page = sheet.judge.get(sheet.judging()).text
    row = page[page.index("De huisarts</h4>") if "De huisarts</h4>" in page else page.index("De huisarts") :]
    assert SAID in row and "bij versie 1" in row, "it moved along with its row"
    assert SAID in sheet.browser.get(sheet.url(rest="/versies/2")).text


def test_retracting_hides_the_words_about_rows(sheet):
    sheet.hand_in(GOOD)
    sheet.assess(**{"rij-people-r1": SAID})
    sheet.judge.post(sheet.judging("/intrekken"), data={"reason": "Verkeerd gelezen."})
    assert SAID not in sheet.browser.get(sheet.url(rest="/versies/1")).text
    sheet.assess(revision=2, **{"rij-people-r1": ""})
    assert db.session.query(RowRemark).count() == 0, "empty words are no words"


def test_too_many_words_about_a_row_come_back(sheet):
    sheet.hand_in(GOOD)
    answer = sheet.assess(**{"rij-people-r1": "x" * 10_001})
    assert answer.status_code == 422 and "Er passen 10.000 tekens. Haal er 1 weg." in answer.text
    assert 'href="#rij-people-r1"' in answer.text and "x" * 10_001 in answer.text


def test_two_trainers_are_told_of_each_others_words(sheet):
    sheet.hand_in(GOOD)
    sheet.assess("opslaan", **{"rij-people-r1": SAID})
    answer = sheet.assess("opslaan", revision=0, **{"rij-people-r1": "Iets anders."})
    assert answer.status_code == 409 and SAID in answer.text and "Iets anders." in answer.text


def test_a_row_of_somebody_elses_sheet_is_ignored(sheet):
    sheet.hand_in(GOOD)
    assert sheet.assess(**{"rij-people-zz": SAID}).status_code == 302
    assert db.session.query(RowRemark).count() == 0


def test_sixty_rows_with_words_cost_no_more(sheet, queries):
    many = {f"r{number}": person(f"Wie {number}") for number in range(60)}
    sheet.hand_in({**GOOD, "people": many})
    sheet.assess(**{f"rij-people-{row_id}": SAID for row_id in many})
    sheet.hand_in({**GOOD, "people": dict(reversed(many.items())) | {"r1": person("Anders")}})
    db.session.commit()
    sheet.browser.get(sheet.url(rest=""))  # what the course holds is read once and kept
    for browser, address in (
        (sheet.judge, sheet.judging()),
        (sheet.browser, sheet.url()),
        (sheet.browser, sheet.url(rest="/versies/2")),
        (sheet.browser, sheet.url(rest="")),
    ):
        with queries() as seen:
            page = browser.get(address)
        assert page.status_code == 200
        assert len(seen) <= 12, (address, len(seen), seen)
