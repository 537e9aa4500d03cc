"""A worksheet with the keyboard alone, on a phone: filled in, handed in, judged with words about a row."""

import re

import pytest
from playwright.sync_api import Page, expect

from lms.accounts.services import set_password
from lms.db import db
from lms.testing import RUBRIC

pytestmark = pytest.mark.slow  # whole walks; the same steps go over HTTP in tests/lms/worksheets

PASSWORD = "een-goed-wachtwoord"
SAID = "Met wie hebt u daar contact?"
HERE = """() => {
  const it = document.activeElement;
  return {tag: it.tagName.toLowerCase(), type: it.type ?? '', name: it.name ?? '', text: it.innerText?.trim() ?? '',
          value: it.value ?? '', checked: Boolean(it.checked), part: it.dataset.do ?? ''};
}"""
WORDS = {"kind": "onderwijs", "interest": 4, "influence": 2}


@pytest.fixture
def group(app, make):
    """The id of a run whose assignment asks for the first worksheet, and who is in it."""
    settings = {"number": 1, "purpose": "Doel.", "rubric": RUBRIC, "worksheet": "course_cl.surroundings"}
    run = make.run(make.course(activities={"opdracht": "core.assignment"}, opdracht=settings))
    participant, trainer = make.people(run)[0], make.people(run, "trainer")[0]
    for person in (participant, trainer):
        set_password(person, PASSWORD)
    known = run.id, participant.email, trainer.email
    db.session.commit()
    return known


def sign_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/vandaag$"))


def walk(page: Page, meet, until: str, *, most: int = 400) -> None:
    """Press Tab and let ``meet`` answer each place, until a button with this text has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here["tag"] == "button" and here["text"] == until:
            return
        meet(here)
    pytest.fail(f"«{until}» was not met")


def choose(page: Page, number: int) -> None:
    page.keyboard.press("Space")
    for _ in range(number - 1):
        page.keyboard.press("ArrowRight")


def test_filled_handed_in_and_judged_with_the_keyboard_alone(group, app, serve, open_page, assert_accessible):
    run_id, participant, trainer = group
    base = serve(app)
    page = open_page("phone", base_url=base)
    sign_in(page, participant)
    page.goto(f"/runs/{run_id}/opdracht/werkblad")
    assert_accessible(page)
    met = {"rows": 0, "added": False}

    def fill(here):
        field = here["name"].rpartition("-")[2]
        if here["type"] == "radio":
            choose(page, WORDS.get(field, 3))
        elif here["tag"] == "select":
            page.keyboard.type(WORDS["kind"])
        elif here["part"] == "add" and "Stakeholder" in here["text"] and not met["added"]:
            met["added"] = True
            page.keyboard.press("Enter")  # the new row has the focus, in its first field
            assert page.evaluate(HERE)["name"].endswith("-organisation")
            page.keyboard.type("Te veel")
        elif here["tag"] in {"input", "textarea"} and here["type"] not in {"file", "radio"} and not here["value"]:
            met["rows"] += field == "organisation"
            page.keyboard.type(f"School {met['rows']}" if field == "organisation" else "onbekend")

    walk(page, fill, "Concept bewaren")
    drawn = page.locator("[data-dots] text").all_text_contents()
    assert drawn == ["7×"], "seven rows on one point, drawn while filling in"
    assert "informeren: 1 School 1" in page.locator("[data-grid] desc").text_content()
    # the last row again: up, and away
    last = page.locator("[data-part=stakeholders] [data-row]").last
    last.locator("[data-do=up]").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(HERE)["part"] == "up", "the focus stays with the button"
    names = page.locator("[data-part=stakeholders] [data-name]").all_inner_texts()
    assert names[-2:] == ["Te veel", "School 6"]
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("[data-part=stakeholders] [data-row]").count() == 6
    expect(page.get_by_text("Weggehaald: Te veel.").last).to_be_visible()
    expect(page.locator("[data-draft-state]").first).to_contain_text("Concept bewaard om")
    assert_accessible(page)
    walk(page, lambda here: None, "Inleveren")
    page.keyboard.press("Enter")
    expect(page.get_by_text("ingeleverd op").first).to_be_visible()
    assert_accessible(page)

    desk = open_page("phone", dark=True, base_url=base)
    sign_in(desk, trainer)
    desk.get_by_role("link", name="Beoordeel").first.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Stakeholders")).to_be_visible()
    said = []

    def judge(here):
        if here["tag"] == "summary" and "School 2" in here["text"] and not said:
            desk.keyboard.press("Enter")
            desk.keyboard.press("Tab")
            desk.keyboard.type(SAID)
            said.append(here)
        elif here["type"] == "radio" and not here["checked"]:
            desk.keyboard.press("Space")  # «Nog niet»

    walk(desk, judge, "Opslaan")
    assert_accessible(desk)
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Vrijgegeven.").first).to_be_visible()
    page.goto(f"/runs/{run_id}/opdracht/werkblad")
    row = page.get_by_role("group", name="2 School 2")
    expect(row.get_by_text(SAID)).to_be_visible()
    assert_accessible(page)
    page.goto(f"/runs/{run_id}/opdracht/versies/1")
    assert_accessible(page)
    assert not page.problems and not desk.problems


def test_two_tabs_without_script_and_with(group, app, serve, open_page, assert_accessible):
    run_id, participant, _trainer = group
    base = serve(app)
    first = open_page("desk", base_url=base)
    sign_in(first, participant)
    first.goto(f"/runs/{run_id}/opdracht/werkblad")
    second = first.context.new_page()
    second.goto(f"/runs/{run_id}/opdracht/werkblad")
    first.get_by_label("Welk gebied kiest u?").fill("Uit het eerste venster")
    expect(first.locator("[data-draft-state]").first).to_contain_text("Concept bewaard om")
    second.get_by_label("Welk gebied kiest u?").fill("Uit het tweede venster")
    second.get_by_role("button", name="Bekijk de verschillen en kies").click()
    expect(second.get_by_text("Was: Uit het eerste venster")).to_be_visible()
    assert_accessible(second)
    second.get_by_role("button", name="Bewaar mijn werkblad").click()
    expect(second.get_by_label("Welk gebied kiest u?")).to_have_value("Uit het tweede venster")
    plain = open_page("phone", script=False, base_url=base)
    sign_in(plain, participant)
    plain.goto(f"/runs/{run_id}/opdracht/werkblad")
    plain.get_by_role("button", name="Stakeholder toevoegen").click()
    assert plain.locator("[data-part=stakeholders] [data-row]").count() == 7
    plain.get_by_role("button", name="Inleveren").click()
    expect(plain.get_by_text("Er is nu niets ingeleverd.")).to_be_visible()
    for path in ("leeg", "afdruk"):
        second.goto(f"/runs/{run_id}/opdracht/werkblad/{path}")
        assert_accessible(second)
