"""Feedback that keeps itself: in a real browser, twice, and in two windows."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.accounts.services import set_password
from lms.db import db
from lms.peer.models import Remark

from ..lms.peer.conftest import START, Group

pytestmark = pytest.mark.slow  # whole walks; the same steps go over HTTP in tests/lms/peer

PASSWORD = "een-goed-wachtwoord"


@pytest.fixture
def reading(app, make, sign_in):
    """The e-mail address of somebody who reads, and the address of the page on which they give feedback."""
    app.config["MOMENT"] = START
    app.config["CLOCK"] = lambda: app.config["MOMENT"]
    four = Group(app, make, sign_in)
    four.hand_in()
    four.at(23)
    set_password(four.people[0], PASSWORD)
    known = four.people[0].email, f"{four.url}/feedback/{four.reviews(0)[0].token}"
    db.session.commit()
    return known


def begin(page: Page, email: str, url: str) -> None:
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/vandaag$"))
    page.goto(url)


def kept() -> list[tuple[int, str]]:
    rows = [tuple(row) for row in db.session.execute(select(Remark.id, Remark.text).order_by(Remark.position))]
    db.session.rollback()  # an open transaction here would lock the server out
    return rows


def test_it_keeps_itself_twice_and_asks_between_two_windows(reading, app, serve, open_page, assert_accessible):
    base = serve(app)
    page = open_page("phone", base_url=base)
    begin(page, *reading)
    assert_accessible(page)
    state = page.locator("[data-draft-state]")
    texts = page.get_by_label("Uw opmerking")
    texts.nth(1).fill("Bel eerst.")
    expect(state).to_contain_text("Concept bewaard")
    [(number, _text)] = kept()
    expect(page.locator("[data-guide] > li").nth(1)).to_contain_text("U geeft een tip.")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        texts.nth(0).fill("Mooi gedaan.")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        texts.nth(1).fill("Bel eerst op.")
    rows = kept()
    assert [text for _number, text in rows] == ["Mooi gedaan.", "Bel eerst op."]
    assert rows[1][0] == number, "an answer to this tip would still hang on it"

    other = page.context.new_page()
    other.goto(reading[1])
    with other.expect_response(lambda answer: answer.request.method == "POST"):
        other.get_by_label("Uw opmerking").nth(0).fill("Uit het andere venster.")
    texts.nth(0).fill("Uit dit venster.")
    take = page.get_by_role("button", name="Neem de andere tekst over")
    take.click()
    expect(page.get_by_label("Uw opmerking").nth(0)).to_have_value("Uit het andere venster.")
    assert [text for _number, text in kept()] == ["Uit het andere venster.", "Bel eerst op."]
