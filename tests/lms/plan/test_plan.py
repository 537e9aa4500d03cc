"""The plan: all worksheets in one document, on a page and as a PDF that a screen reader can read."""

import io
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from lms import clock
from lms.assignments.models import Draft, Submission, Version
from lms.courses.models import Activity
from lms.db import db
from lms.plan import letters, pdf
from lms.plan.services import load_plan
from lms.runs.visits import load_run
from lms.testing import RUBRIC
from lms.worksheets.filled import ONCE, Filled, Row
from plugins.course_cl import worksheets

SECRET = "Zij zijn bang voor concurrentie"
HOSTILE = '#panic("x") *vet* = kop $ x $ \\ ]] #read("/etc/passwd") // ) <label> @ref `code` "'
FIRST = {
    "area": (Row(ONCE, {"area": "Wijk Oost", "impression": f"Eerste regel\nTweede regel {HOSTILE}"}),),
    "stakeholders": (
        Row("a", {"organisation": "Basisschool De Brug", "kind": "education", "interest": 4, "influence": 2}),
        Row("b", {"organisation": HOSTILE, "kind": "welfare", "interest": "5", "influence": "5"}),
        Row("c", {}),
    ),
}
THIRD = {
    "partners": (Row("p", {"name": "Buurthuis", "they_bring": "een zaal", "resistance": SECRET, "answer": SECRET}),)
}


@pytest.fixture
def taking_part(app, make):
    """A participant of a course with the sheets of assignments 1 and 3."""
    settings = {"purpose": "Doel.", "rubric": RUBRIC}
    course = make.course(
        activities={"les": "core.lesson", "drie": "core.assignment", "een": "core.assignment"},
        drie={**settings, "number": 3, "worksheet": worksheets.partners.key},
        een={**settings, "number": 1, "worksheet": worksheets.surroundings.key},
    )
    course.plan_title = "Mijn proefplan"
    run = make.run(course)
    return make.people(run)[0], run


def activity(run, slug):
    return db.session.query(Activity).filter_by(course_id=run.course_id, slug=slug).one()


def enrolment(person, run):
    return load_run(person, run.id).enrolment


def hand_in(person, run, slug, sheet, rows, number=1):
    own = db.session.query(Submission).filter_by(
        enrolment_id=enrolment(person, run).id, activity_id=activity(run, slug).id
    )
    submission = own.one_or_none() or Submission(enrolment=enrolment(person, run), activity=activity(run, slug))
    db.session.add(Version(submission=submission, number=number, sheet=Filled(sheet, rows).keep()))
    db.session.flush()


def draft(person, run, slug, sheet, rows):
    kept = Filled(sheet, rows).keep()
    at = clock.now()
    db.session.add(
        Draft(enrolment_id=enrolment(person, run).id, activity_id=activity(run, slug).id, sheet=kept, updated_at=at)
    )
    db.session.flush()


@pytest.fixture
def written(app, taking_part):
    person, run = taking_part
    with app.test_request_context():
        hand_in(person, run, "een", worksheets.surroundings, FIRST)
        draft(person, run, "drie", worksheets.partners, THIRD)
    return person, run


def text_of(document):
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def tags(document):
    """The kinds of all elements in the tree of tags."""
    found, todo = [], [document.trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        one = todo.pop().get_object()
        if isinstance(one, list):
            todo += one
        elif hasattr(one, "get"):
            found += [str(one["/S"])] if "/S" in one else []
            todo += [one["/K"]] if "/K" in one and not isinstance(one["/K"], int) else []
    return found


def test_the_page_says_of_each_sheet_what_it_is(written, sign_in, queries):
    person, run = written
    browser = sign_in(person)
    browser.get(f"/runs/{run.id}/mijn-plan")
    with queries() as seen:
        page = browser.get(f"/runs/{run.id}/mijn-plan")
    assert len(seen) <= 8, seen
    text = page.text
    assert text.index("Opdracht 1: Een") < text.index("Opdracht 3: Drie")
    places = re.findall('href="#(opdracht-[^"]+)"', text[text.index('class="lp-contents"') : text.index("<article")])
    assert places and all(f'id="{place}"' in text for place in places)
    assert "Ingeleverd op" in text and "versie 1" in text
    assert "Concept van" in text and "nog niet ingeleverd" in text
    assert "Basisschool De Brug" in text and "een zaal" in text
    assert SECRET not in text and "Welk bezwaar verwacht u?" not in text
    for address in ("/vandaag", f"/runs/{run.id}/"):
        assert f'href="/runs/{run.id}/mijn-plan"' in browser.get(address).text, address


def test_the_pdf_is_tagged_dutch_titled_and_whole(written, sign_in):
    person, run = written
    answer = sign_in(person).get(f"/runs/{run.id}/mijn-plan.pdf")
    assert answer.mimetype == "application/pdf"
    assert "mijn-proefplan-" in answer.headers["Content-Disposition"]
    document = PdfReader(io.BytesIO(answer.data))
    root = document.trailer["/Root"]
    assert root["/Lang"].lower().startswith("nl")
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata.title == "Mijn proefplan"
    assert b"pdfuaid:part" in document.trailer["/Root"]["/Metadata"].get_data()
    kinds = tags(document)
    for kind in ("/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/Figure", "/P"):
        assert kind in kinds, kind
    words = text_of(document)
    for expected in (
        "Opdracht 1: Een",
        "Wijk Oost",
        "Basisschool De Brug",
        "onderwijs",
        "Ingeleverd op",
        "Concept van",
    ):
        assert expected in words, expected
    # What people wrote is text, whatever it looks like to a compiler.
    assert 'panic("x")' in words and "*vet* = kop" in words and "@ref" in words
    assert "root:" not in words
    assert SECRET not in words and SECRET.encode() not in answer.data


def test_the_newest_counts_and_a_draft_says_so(app, written):
    person, run = written
    with app.test_request_context():
        draft(person, run, "een", worksheets.surroundings, FIRST)
        same = load_plan(load_run(person, run.id)).chapters[0]
        assert (same.state, same.version) == ("handed_in", 1), "the draft holds nothing that was not handed in"
        newer = {**FIRST, "area": (Row(ONCE, {"area": "Wijk West"}),)}
        hand_in(person, run, "een", worksheets.surroundings, newer, number=2)
        changed = load_plan(load_run(person, run.id)).chapters[0]
        assert changed.state == "draft", "it has something else than the last version"
        assert changed.filled.row("area", ONCE)["area"] == "Wijk Oost"


def test_who_has_a_plan(app, taking_part, make, sign_in):
    person, run = taking_part
    for address in (f"/runs/{run.id}/mijn-plan", f"/runs/{run.id}/mijn-plan.pdf"):
        assert "Nog niet ingevuld" in sign_in(person).get(f"/runs/{run.id}/mijn-plan").text
        assert sign_in(person).get(address).status_code == 200, "an empty plan is a plan"
        assert sign_in(make.people(run, "trainer")[0]).get(address).status_code == 403
        assert sign_in(make.people(make.run())[0]).get(address).status_code == 404
    other = make.run()
    browser = sign_in(make.people(other)[0])
    assert browser.get(f"/runs/{other.id}/mijn-plan").status_code == 404, "its course has no worksheets"
    assert "mijn-plan" not in browser.get("/vandaag").text


def test_the_largest_plan_takes_bounded_time_or_is_refused_in_words(app, taking_part, sign_in):
    person, run = taking_part
    rows = tuple(Row(f"r{n}", {"organisation": f"Organisatie {n}", "activities": "woord " * 33}) for n in range(60))
    with app.test_request_context():
        hand_in(person, run, "een", worksheets.surroundings, {"stakeholders": rows})
    begin = time.perf_counter()
    answer = sign_in(person).get(f"/runs/{run.id}/mijn-plan.pdf")
    assert answer.status_code == 200
    assert time.perf_counter() - begin < 5, "under a second on a quiet machine"
    too_much = tuple(Row(f"t{n}", {"name": "Groep", "need_felt": "woord " * 1000}) for n in range(60))
    with app.test_request_context():
        hand_in(person, run, "drie", worksheets.surroundings, {"target_groups": too_much})
    refused = sign_in(person).get(f"/runs/{run.id}/mijn-plan.pdf")
    assert refused.status_code == 409
    assert "Uw plan is te lang voor een pdf" in refused.text


def described(words):
    part = {"title": f"Deel {words}", "grid": None, "table": {"head": ["", words], "rows": [["1", words]]}, "rows": []}
    row = {"title": words, "facts": [[words, words]], "sides": None}
    chapter = {"title": f"Opdracht {words}", "state": words, "parts": [part, {**part, "table": None, "rows": [row]}]}
    return {
        "title": "Plan",
        "author": words,
        "lead": [words],
        "course": words,
        "page": "p",
        "chapters": [chapter],
        "nothing": "",
        "missing": "",
    }


@given(st.text(max_size=200))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_makes_a_pdf(words):
    assert pdf.compiled(pdf.fitting(described(words))).startswith(b"%PDF")


def test_every_letter_that_we_promise_is_in_the_fonts():
    every = "".join(letters.fit(chr(c)) for low, high in letters.BLOCKS for c in range(low, high + 1))
    assert len(every) > 1800
    assert pdf.compiled(pdf.fitting(described(every))).startswith(b"%PDF")
    assert letters.fit("Zoë 🐝 مرحبا\u200d\x07\n€") == "Zoë □ □□□□□\n€"
