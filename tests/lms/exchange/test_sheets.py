"""What the assignments hand out: once released as enough, to their maker alone, and never what is private."""

import html
from pathlib import Path

import pytest

from lms import clock
from lms.api import Found, Offer, Plugin, Target
from lms.assignments.models import Submission, Version
from lms.courses.models import Activity
from lms.db import db
from lms.errors import NotFound
from lms.exchange import listing, services, sheets
from lms.grading.models import Assessment
from lms.registry import discover, registry
from lms.testing import RUBRIC
from lms.worksheets.filled import ONCE, Filled, Row
from plugins.course_cl import exchanges, worksheets

SECRET = "Zij zijn bang voor concurrentie"
PARTNER = {
    "name": "Buurthuis", "why": "Komen er", "they_bring": "zaal", "first_date": "2026-12-03", "resistance": SECRET,
    "answer": SECRET, "zwerver": SECRET,
}  # fmt: skip
TAKERS = {}


def take(person, target, rows):
    TAKERS.update({row.id: dict(row.values) for row in rows})
    return {row.id: row.id for row in rows}


def look(person, target, rows):
    return {row.id: Found(row.id, TAKERS[row.id]) for row in rows if row.id in TAKERS}


def taker(name):
    return Offer(
        name, exchanges.VERSION, f"taker.{name}", "Neem over", "core.use",
        targets=lambda person: [Target("t", "De plek")], look=look, take=take, undo=lambda person, target, rows: (),
    )  # fmt: skip


@pytest.fixture
def app(make_app):
    """Our plugins, and one that takes everything."""
    TAKERS.clear()
    names = [exchange.name for exchange in exchanges.ALL]
    course = discover(["course_cl"])
    app = make_app(plugins=[*course, Plugin("taker", "tests.taker", "Nemer", offers=tuple(map(taker, names)))])
    with app.app_context():
        yield app


@pytest.fixture
def work(make):
    """``work(sheet, rows)`` is somebody's sheet, handed in and judged; gives the person, its key and the judgement."""

    def work(sheet, rows, overall="voldoende"):
        settings = {"number": 1, "purpose": "Doel.", "rubric": RUBRIC, "worksheet": sheet.key}
        run = make.run(make.course(activities={"opdracht": "core.assignment"}, opdracht=settings))
        person = make.people(run)[0]
        enrolment = make.enrol(make.run(run.course, participants=0), person)
        activity = db.session.query(Activity).filter_by(course_id=run.course_id, slug="opdracht").one()
        kept = Filled(sheet, rows).keep()
        submission = Submission(enrolment=enrolment, activity=activity)
        version = Version(submission=submission, number=1, sheet=kept)
        judged = Assessment(version=version, overall=overall, released_at=clock.now())
        db.session.add_all([submission, version, judged])
        db.session.commit()
        return person, str(submission.id), judged

    return work


def partners(work, **given):
    return work(worksheets.partners, {"partners": (Row("r1", PARTNER), Row("r2", {"name": ""}))}, **given)


def test_partners_go_without_what_is_private(work, sign_in, queries):
    person, key, _judged = partners(work)
    browser = sign_in(person)
    browser.get("/vandaag")
    with queries() as seen:
        assert f"/overnemen/taker.partners/{key}" in browser.get("/vandaag").text
    assert len(seen) <= 12, seen
    page = browser.get(f"/overnemen/taker.partners/{key}").text
    assert "Buurthuis" in page and "3 december 2026" in page
    assert page.count('name="rows"') == 1, "an empty row is no partner"
    assert SECRET not in page
    stamp = page.partition('name="stand" value="')[2].partition('"')[0]
    done = browser.post(f"/overnemen/taker.partners/{key}", data={"naar": "t", "rows": "r1", "stand": stamp})
    assert done.status_code == 302
    assert TAKERS["r1"]["they_bring"] == "zaal" and TAKERS["r1"]["first_date"] == "2026-12-03"
    assert TAKERS["r1"].keys() == {field.key for field in registry().exchanges["partners"].fields}
    assert SECRET not in str(TAKERS)
    assert "/overnemen/" not in browser.get("/vandaag").text


@pytest.mark.parametrize("change", [{"overall": "nog_niet"}, {"released_at": None}])
def test_only_what_was_released_as_enough(app, work, sign_in, change):
    person, key, judged = partners(work)
    for name, value in change.items():
        setattr(judged, name, value)
    browser = sign_in(person)
    assert browser.get(f"/overnemen/taker.partners/{key}").status_code == 404
    assert "/overnemen/" not in browser.get("/vandaag").text


def test_only_to_its_maker_and_only_that_sheet(app, make, work, sign_in):
    person, key, _judged = partners(work)
    assert sign_in(make.person(roles=("admin",))).get(f"/overnemen/taker.partners/{key}").status_code == 404
    with app.test_request_context(), pytest.raises(NotFound):
        services.load_piece(person, registry().exchanges["stakeholders"], key)
    with app.test_request_context():
        assert [offered.piece.key for offered in listing.ready(person)] == [key]
        assert listing.ready(make.person()) == []


def test_stakeholders_have_words_and_figures(app, work):
    row = {"organisation": "Basisschool", "kind": "education", "interest": 4, "influence": 2}
    person, key, _judged = work(worksheets.surroundings, {"stakeholders": (Row("s1", row),)}, overall="goed")
    with app.test_request_context():
        piece = sheets.give(registry().exchanges["stakeholders"], person, key)
        assert piece.title == "Stakeholders uit «Opdracht»"
        values = piece.rows[0].values
        assert (values["kind"], values["interest"], values["relation"]) == ("onderwijs", 4, "")
        # One sheet, two exchanges: the target groups of this one are not filled in.
        assert sheets.give(registry().exchanges["target-groups"], person, key).rows == ()


def test_an_activity_is_one_row_with_its_lists(app, work, sign_in):
    rows = {
        "plan": (Row(ONCE, {"title": "Taalcafé", "costs": 125.5, "duration": 90}),),
        "script": (Row("a", {"what": "Klaarzetten", "time": "09:15", "who": "vrijwilliger"}), Row("b", {})),
        "otherwise": (Row(ONCE, {"plan_b": "Naar binnen"}),),
    }
    person, key, _judged = work(worksheets.activity, rows)
    with app.test_request_context():
        (row,) = sheets.give(registry().exchanges["activity-plan"], person, key).rows
    assert (row.values["title"], row.values["costs"], row.values["plan_b"]) == ("Taalcafé", 125.5, "Naar binnen")
    assert row.values["script"] == [{"what": "Klaarzetten", "time": "09:15", "who": "vrijwilliger", "needs": ""}]
    assert row.values["promotion"] == []
    assert set(row.values) == {field.key for field in registry().exchanges["activity-plan"].fields}
    page = sign_in(person).get(f"/overnemen/taker.activity-plan/{key}").text
    assert "Klaarzetten, 09:15, vrijwilliger" in html.unescape(page)


def test_the_docs_list_what_is_handed_out():
    docs = (Path(__file__).resolve().parents[3] / "docs" / "plugins.md").read_text(encoding="utf-8")
    for exchange in exchanges.ALL:
        line = next(line for line in docs.splitlines() if line.startswith(f"| `{exchange.name}` | {exchange.version}"))
        missing = [field.key for field in exchange.fields if f"`{field.key}`" not in line]
        assert not missing, exchange.name
