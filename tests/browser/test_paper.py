"""What has to fit on one A4 does, on the paper that it asks for; and a lesson's answers, words and drawings."""

import io
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from pypdf import PageObject, PdfReader
from sqlalchemy import select

from lms.accounts.services import set_password
from lms.courses.drawings import read_drawings
from lms.courses.models import Activity, Course
from lms.courses.prose import Prose
from lms.courses.report import Report
from lms.db import db
from lms.pages.services import paper_of
from lms.runs.visits import load_run
from lms.testing import RUBRIC

PASSWORD = "een-goed-wachtwoord"
LONG_SIDE, SHORT_SIDE = 842, 595  # of an A4, in points
TABLE = "| Regel | Hoe ging het? |\n| --- | --- |\n" + "| Iedereen krijgt een beurt |  |\n" * 6
LESSON = """\
Een [doelgroep](../paginas/begrippen.md#doelgroep) is meer dan een leeftijd.

![Een lijn die schuin omhoog loopt.](../tekeningen/lijn.svg "Zo groeit een leesclub (2024)")

## Weet u het nog?

**1. Voor wie is dit?**

::: antwoord
Voor iemand die *nooit* komt.
:::
"""
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 340 160">
<rect class="fl-zone" x="0" y="0" width="340" height="160"/><path class="st-ink" d="M20 140L320 20"/>
<text class="br-t" x="30" y="40">meer lezers</text></svg>
"""


@pytest.fixture
def visit(app, make, tmp_path):
    """A trainer of a run of a course with pages of each kind."""
    (tmp_path / "tekeningen").mkdir()
    (tmp_path / "tekeningen" / "lijn.svg").write_text(SVG)
    settings = {"number": 1, "purpose": "Doel.", "rubric": RUBRIC, "worksheet": "course_cl.surroundings"}
    course = make.course(activities={"les": "core.lesson", "opdracht": "core.assignment"}, opdracht=settings)
    kinds = {"begrippen": "glossary", "dag-1": "programme", "draaiboek-1": "script"}
    kinds |= {"staand": "handout", "liggend": "handout"}
    for position, (slug, kind) in enumerate(kinds.items(), 1):
        body = TABLE if kind in {"handout", "programme"} else "## Doelgroep\n\nVoor wie u het doet.\n"
        orientation = "landscape" if slug == "liggend" else "portrait"
        make.page(course, slug, kind, body=body, position=position, orientation=orientation)
    lesson = db.session.scalars(select(Activity).filter_by(course_id=course.id, slug="les")).one()
    lesson.body, lesson.body_html = LESSON, Prose(LESSON).render(kinds, read_drawings(tmp_path, Report()))
    return opened(make, course)


@pytest.fixture
def delivered(app, make):
    """A trainer of a run of the course that comes with the house."""
    return opened(make, db.session.scalars(select(Course).where(Course.slug == "community-librarian")).one())


@dataclass
class Known:
    """``sheets`` are the addresses of all that has to fit on one A4, and whether it lies flat."""

    run_id: int
    email: str
    sheets: dict[str, bool]


def opened(make, course):
    run = make.run(course)
    trainer = make.people(run, "trainer")[0]
    set_password(trainer, PASSWORD)
    looking = load_run(trainer, run.id)
    known = Known(run.id, trainer.email, one_sheet(looking))
    db.session.commit()  # and nothing is asked after it, which would keep the server waiting
    return known


def sign_in(page: Page, visit) -> None:
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(visit.email)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/vandaag")


def printed(page: Page, address: str) -> tuple[int, bool]:
    """How many sheets the page takes, and whether they lie flat."""
    sheets = sheets_of(page, address)
    sides = sorted(round(float(side)) for side in (sheets[0].mediabox.width, sheets[0].mediabox.height))
    assert sides == pytest.approx([SHORT_SIDE, LONG_SIDE], abs=2), "the paper is A4"
    return len(sheets), sheets[0].mediabox.width > sheets[0].mediabox.height


def sheets_of(page: Page, address: str) -> list[PageObject]:
    page.goto(address)
    return list(PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages)


def one_sheet(visit) -> dict[str, bool]:
    papers = [paper_of(visit, day.number) for day in visit.contents.days]
    handouts = [page for paper in papers for page in paper.handouts]
    flat = {f"/runs/{visit.run.id}/materiaal/{page.slug}": page.orientation == "landscape" for page in handouts}
    sheets = [activity.slug for paper in papers for activity, _sheet in paper.sheets]
    upright = [f"{slug}/werkblad/leeg" for slug in sheets]
    upright += [f"lesdagen/{day.number}" for day in visit.contents.days]
    return flat | {f"/runs/{visit.run.id}/{path}": False for path in upright}


@pytest.mark.parametrize("course", ["visit", "delivered"])
def test_each_hand_out_empty_worksheet_and_lesson_day_is_one_a4(request, app, serve, open_page, course):
    visit = request.getfixturevalue(course)
    wanted = visit.sheets
    assert wanted
    page = open_page(base_url=serve(app))
    sign_in(page, visit)
    assert {address: printed(page, address) for address in wanted} == {
        address: (1, flat) for address, flat in wanted.items()
    }


def test_a_lesson_day_on_paper_says_where_and_with_whom(app, serve, open_page, visit):
    page = open_page(base_url=serve(app))
    sign_in(page, visit)
    (sheet,) = sheets_of(page, f"/runs/{visit.run_id}/lesdagen/1")
    words = sheet.extract_text()
    assert words.index("Zaal 1") < words.index(visit.email) < words.index("Programma")


def test_the_list_of_a_group_to_sign_is_one_a4(app, make, serve, open_page):
    course = make.course()
    run = make.run(course, participants=16)
    trainer = make.people(run, "trainer")[0]
    set_password(trainer, PASSWORD)
    known = Known(run.id, trainer.email, {})
    db.session.commit()
    page = open_page(base_url=serve(app))
    sign_in(page, known)
    assert printed(page, f"/runs/{known.run_id}/lijst") == (1, False)


def test_an_exercise_goes_on_over_the_edge_of_the_paper(app, make, serve, open_page):
    line, part = "Vraag in de buurt na wat er al is.", "## {}\n\n{}"
    long = "\n\n".join([line] * 20)
    body = "\n\n".join((long, part.format("Toepassen in uw bibliotheek", long), part.format("Meenemen", line)))
    course = make.course(activities={"les": "core.lesson"})
    lesson = db.session.scalars(select(Activity).filter_by(course_id=course.id, slug="les")).one()
    lesson.body, lesson.body_html = body, Prose(body).render({}, {})
    visit = opened(make, course)
    page = open_page(base_url=serve(app))
    sign_in(page, visit)
    sheets = [sheet.extract_text() for sheet in sheets_of(page, f"/runs/{visit.run_id}/les/afdruk")]
    assert "Toepassen in uw bibliotheek" in sheets[0], "kept whole it leaves a gap"


@pytest.mark.parametrize("which", ["materiaal/begrippen", pytest.param("lessons", marks=pytest.mark.slow)])
def test_the_licence_takes_no_sheet_of_its_own(app, serve, open_page, delivered, which):
    lessons = select(Activity.slug).where(Activity.type == "core.lesson", Activity.archived_at.is_(None))
    paths = [which] if which != "lessons" else [f"{slug}/afdruk" for slug in db.session.scalars(lessons)]
    db.session.commit()
    page = open_page(base_url=serve(app))
    sign_in(page, delivered)
    for path in paths:
        last = sheets_of(page, f"/runs/{delivered.run_id}/{path}")[-1].extract_text()
        assert not last.startswith("Deze tekst mag u hergebruiken"), path
        assert "Deze tekst mag u hergebruiken" in last


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_lesson_with_answers_and_drawings_and_the_pages(app, serve, open_page, visit, assert_accessible, size, dark):
    page = open_page(size, dark=dark, script=False, base_url=serve(app))
    sign_in(page, visit)
    page.goto(f"/runs/{visit.run_id}/les")
    expect(page.get_by_role("img", name="Een lijn die schuin omhoog loopt.")).to_be_visible()
    words = page.get_by_text("Voor iemand die")
    expect(words).to_be_hidden()
    page.get_by_text("Antwoord", exact=True).click()
    expect(words).to_be_visible()
    height = page.evaluate("document.querySelector('.lp-drawing text').getBoundingClientRect().height")
    assert height >= 13
    page.get_by_role("link", name="doelgroep").click()
    expect(page.get_by_role("heading", name="Doelgroep")).to_be_visible()


@pytest.mark.slow
def test_the_pages_are_accessible(app, serve, open_page, visit, assert_accessible):
    for size, dark in (("phone", True), ("desk", False)):
        page = open_page(size, dark=dark, base_url=serve(app))
        sign_in(page, visit)
        pages = (f"materiaal/{slug}" for slug in ("begrippen", "draaiboek-1", "liggend"))
        for path in ("les", "materiaal", "lesdagen/1", *pages):
            page.goto(f"/runs/{visit.run_id}/{path}")
            assert_accessible(page)
