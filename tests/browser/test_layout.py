"""How parts of a page stand beside each other, which only a real browser tells."""

import pytest

from lms.accounts.services import set_password
from lms.db import db

PASSWORD = "een-goed-wachtwoord"
LONG = "arbeidsongeschiktheidsverzekeringsmaatschappijmedewerker"
TOPS = "() => ['.lp-cols > div h2', '.lp-cols > aside h2'].map((it) => document.querySelector(it).offsetTop)"
HIDDEN = "(it) => it.scrollHeight - it.clientHeight"


@pytest.fixture
def signed_in(app, make, serve, open_page):
    run = make.run(name=f"Groep {LONG}")
    admin = make.person(roles=("admin",))
    set_password(admin, PASSWORD)
    run_id, email = run.id, admin.email
    db.session.commit()
    page = open_page(base_url=serve(app))
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/vandaag")
    return page, run_id


def test_a_menu_a_first_section_a_field_that_grows_and_a_long_word(signed_in):
    page, run_id = signed_in
    for width in (768, 800, 895, 900, 992):
        page.set_viewport_size({"width": width, "height": 800})
        tops = page.locator(".lp-nav li").evaluate_all("(all) => all.map((it) => it.offsetTop)")
        assert len(tops) >= 5 and len(set(tops)) == 1, (width, tops)
    page.goto(f"/runs/{run_id}/lesdagen/1")
    column, aside = page.evaluate(TOPS)
    assert abs(column - aside) < 16, "one begins as high as the other"
    page.goto(f"/beheer/uitvoeringen/{run_id}/lesdagen/1")
    field = page.locator("textarea[rows='2']").first
    short = field.evaluate("(it) => it.offsetHeight")
    field.fill("Tien minuten lopen van het station. " * 8)
    assert field.evaluate(HIDDEN) <= 0
    field.fill("")
    assert field.evaluate("(it) => it.offsetHeight") == short
    page.set_viewport_size({"width": 375, "height": 800})
    for path in (
        f"/runs/{run_id}/",
        f"/runs/{run_id}/lesdagen/1",
        f"/runs/{run_id}/lijst",
        f"/beheer/uitvoeringen/{run_id}",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 375, path
