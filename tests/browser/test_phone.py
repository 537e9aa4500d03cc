"""What a page is on a phone beside a desk: where its list stands, and that nothing runs over its edge."""

import pytest
from playwright.sync_api import expect

from lms.accounts.services import set_password
from lms.courses.models import Activity
from lms.db import db
from lms.html import from_markdown
from lms.testing import RUBRIC

PASSWORD = "een-goed-wachtwoord"
LONG = "Lang genoeg om een regel te vullen. " * 9
TEXT = f"## Eerst\n\n{LONG}\n\n| Wat | Hoe |\n| --- | --- |\n| {LONG} | {LONG} |"
WIDTHS = """() => [...document.querySelectorAll('.lp-read > p, .lp-read > table')].map((it) => it.offsetWidth)"""
CORNERS = """() => {
  const middle = document.querySelector('.lp-grid .dr-tint').getBoundingClientRect();
  const [left, right] = [...document.querySelectorAll('.dr-corner')].map((it) => it.getBoundingClientRect());
  return {before: middle.left - left.right, after: right.left - middle.left};
}"""


@pytest.fixture
def known(app, make):
    settings = {"number": 1, "purpose": "Doel.", "rubric": RUBRIC, "worksheet": "course_cl.surroundings"}
    run = make.run(make.course(opdracht=settings))
    for activity in db.session.query(Activity).filter_by(course_id=run.course_id):
        activity.body_html = from_markdown(TEXT, anchors=True)
    person = make.people(run)[0]
    set_password(person, PASSWORD)
    found = run.id, person.email
    db.session.commit()
    return found


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_lists_to_jump_by_and_the_width_of_tables_and_names(known, app, serve, open_page, assert_accessible, size):
    run_id, email = known
    page = open_page(size, dark=size == "phone", base_url=serve(app))
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/vandaag")
    for path, name in (("les", "In deze les"), ("opdracht", "In deze opdracht")):
        page.goto(f"/runs/{run_id}/{path}")
        assert_accessible(page)
        expect(page.get_by_role("navigation", name=name)).to_have_count(1)  # the other is not there for anybody
        if size == "phone":
            page.get_by_text(name, exact=True).first.click()
        page.get_by_role("navigation", name=name).get_by_role("link", name="Eerst").click()
        expect(page.get_by_role("heading", name="Eerst")).to_be_in_viewport()
        words, table = page.evaluate(WIDTHS)
        assert table <= words
    page.goto(f"/runs/{run_id}/opdracht/werkblad")
    expect(page.locator("#delen").get_by_role("link", name="3. Stakeholders")).to_be_visible(visible=size == "phone")
    expect(page.locator(".lp-bar").get_by_role("link")).to_be_visible(visible=size == "phone")
    gap = page.evaluate(CORNERS)
    assert gap["before"] > 2 and gap["after"] > 2, gap
