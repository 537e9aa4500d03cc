"""From a lesson to a judged assignment and a new version, by people in a real browser, with axe looking along."""

import re

import pytest
from playwright.sync_api import Page, expect

from lms.accounts.services import set_password
from lms.db import db

pytestmark = pytest.mark.slow  # whole walks; the same steps go over HTTP in tests/lms

PASSWORD = "een-goed-wachtwoord"
WORK = "## Doelgroepen\n\nJonge ouders in wijk Oost van Waterdorp."


def sign_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    expect(page).to_have_url(re.compile("/vandaag$"))


def people(app, make):
    """The id of a run, and the addresses of one participant and one trainer who can sign in."""
    run = make.run()
    participant, trainer = make.people(run)[0], make.people(run, "trainer")[0]
    for person in (participant, trainer):
        set_password(person, PASSWORD)
    known = run.id, participant.email, trainer.email
    db.session.commit()  # and touch no row after it: an open transaction here would lock the server out
    return known


def test_from_lesson_to_release_and_a_new_version(app, make, serve, open_page, assert_accessible):
    run_id, participant, trainer = people(app, make)
    base = serve(app)
    page = open_page("phone", base_url=base)
    assert_accessible(_at(page, "/login"))
    sign_in(page, participant)
    assert_accessible(page)

    # a lesson
    page.get_by_role("link", name="Begin").first.click()
    assert_accessible(page)
    page.get_by_role("button", name="Markeer als afgerond").click()
    expect(page.get_by_text("Afgerond op")).to_be_visible()

    # a draft that saves itself and survives a closed browser
    page.goto(f"/runs/{run_id}/opdracht")
    page.locator("textarea[name=text]").fill(WORK)
    expect(page.locator("[data-draft-state]").first).to_contain_text("Concept bewaard om")
    assert_accessible(page)
    assert not page.problems
    page.close()
    page = open_page("desk", base_url=base)
    sign_in(page, participant)
    page.goto(f"/runs/{run_id}/opdracht")
    assert page.locator("textarea[name=text]").input_value().replace("\r\n", "\n") == WORK

    # hand in
    page.get_by_role("button", name="Inleveren").click()
    expect(page.get_by_text("ingeleverd op").first).to_be_visible()
    assert_accessible(page)

    # judge, save, release
    desk = open_page("desk", dark=True, base_url=base)
    sign_in(desk, trainer)
    assert_accessible(desk)
    desk.get_by_role("link", name="Beoordeel").first.click()
    assert_accessible(desk)
    for group in desk.locator("fieldset").all():
        group.locator("input[value=nog_niet]").check()
    desk.locator("textarea").last.fill("Noem ook een bron.")
    desk.get_by_role("button", name="Opslaan").click()
    page.reload()
    assert "Noem ook een bron." not in page.content()  # nothing before the release
    desk.get_by_role("button", name="Vrijgeven").click()
    expect(desk).not_to_have_url(re.compile("inleveren"))
    assert_accessible(desk)

    # sent back: the old judgement beside a new version
    page.goto("/vandaag")
    expect(page.get_by_text("Maak opnieuw")).to_be_visible()
    page.goto(f"/runs/{run_id}/opdracht")
    expect(page.get_by_text("Noem ook een bron.").first).to_be_visible()
    page.locator("textarea[name=text]").fill(WORK + "\n\nBron: gemeente Waterdorp.")
    page.get_by_role("button", name="Inleveren").click()
    expect(page.get_by_text("Versie 2").first).to_be_visible()
    assert_accessible(page)
    assert not page.problems


def test_a_second_tab_is_told_and_nothing_is_overwritten(app, make, serve, open_page):
    run_id, participant, _trainer = people(app, make)
    first = open_page("desk", base_url=serve(app))
    sign_in(first, participant)
    first.goto(f"/runs/{run_id}/opdracht")
    second = first.context.new_page()
    second.goto(f"/runs/{run_id}/opdracht")
    first.locator("textarea[name=text]").fill("Uit het eerste venster.")
    expect(first.locator("[data-draft-state]").first).to_contain_text("Concept bewaard om")
    second.locator("textarea[name=text]").fill("Uit het tweede venster.")
    expect(second.get_by_text("in een ander venster gewijzigd")).to_be_visible()
    third = first.context.new_page()
    third.goto(f"/runs/{run_id}/opdracht")
    assert third.locator("textarea[name=text]").input_value() == "Uit het eerste venster."
    second.get_by_role("button", name="Bewaar mijn tekst").click()
    expect(second.locator("[data-draft-state]").first).to_contain_text("Concept bewaard om")


def test_everything_works_without_script(app, make, serve, open_page):
    run_id, participant, trainer = people(app, make)
    base = serve(app)
    page = open_page("phone", script=False, base_url=base)
    sign_in(page, participant)
    page.goto(f"/runs/{run_id}/opdracht")
    page.locator("textarea[name=text]").fill(WORK)
    page.get_by_role("button", name="Concept bewaren").click()
    page.get_by_role("button", name="Inleveren").click()
    expect(page.get_by_text("ingeleverd op").first).to_be_visible()
    desk = open_page("phone", script=False, base_url=base)
    sign_in(desk, trainer)
    desk.get_by_role("link", name="Beoordeel").first.click()
    for group in desk.locator("fieldset").all():
        group.locator("input[value=goed]").check()
    desk.get_by_role("button", name="Vrijgeven").click()
    page.goto("/vandaag")
    expect(page.get_by_text("Beoordeeld: goed.")).to_be_visible()


def test_signing_out_leaves_nothing_readable_behind(app, make, serve, open_page):
    run_id, participant, _trainer = people(app, make)
    page = open_page("desk", base_url=serve(app))
    sign_in(page, participant)
    page.goto(f"/runs/{run_id}/opdracht")
    page.locator("textarea[name=text]").fill("Iets persoonlijks.")
    expect(page.locator("[data-draft-state]").first).to_contain_text("Concept bewaard om")
    page.locator(".lp-account summary").click()
    page.get_by_role("button", name="Afmelden").click()
    expect(page).to_have_url(re.compile("/login"))
    page.go_back()
    assert "Iets persoonlijks." not in page.content()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def _at(page: Page, path: str) -> Page:
    page.goto(path)
    return page
