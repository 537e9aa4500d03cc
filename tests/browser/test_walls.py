"""Cleaning alone and the content policy alone each stop every script, in a real browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request
from playwright.sync_api import Browser, Page

from lms.assignments import routes as assignments
from lms.db import db
from lms.runs.models import RunDay

from ..lms.walls.conftest import House, build
from ..lms.walls.payloads import EVERYTHING, PAYLOADS, POLYGLOT
from ..lms.walls.planting import plant
from ..lms.walls.test_access import lines, path_of
from ..lms.walls.test_payloads import settings

KINDS = ("participant", "trainer", "admin", "member")
AT_ONCE = [pytest.param(EVERYTHING, marks=pytest.mark.slow)]
ONE_BY_ONE = [pytest.param(text, marks=pytest.mark.exhaustive) for text in PAYLOADS[:9]]
# What a person could still set off: attributes that listen, and addresses that run.
DANGERS = """() => [...document.querySelectorAll('*')].flatMap((element) => {
  const listening = [...element.attributes].filter((a) => /^on|^srcdoc$|^style$/i.test(a.name));
  const leading = ['href', 'src', 'action', 'formAction', 'data'].map((name) => element[name])
    .map((value) => String(value?.baseVal ?? value ?? ''))
    .filter((value) => /^(javascript|vbscript|data:text)/i.test(value));
  return [...listening.map((a) => `${element.tagName} ${a.name}`), ...leading];
})"""
TOUCH = """() => { for (const element of document.querySelectorAll('main *')) {
  if (/^(javascript|data):/.test(element.protocol)) element.click();
  for (const name of ['mouseover', 'pointerrawupdate', 'focus', 'toggle', 'animationstart', 'error', 'load'])
    element.dispatchEvent(new Event(name));
} }"""


@pytest.fixture
def house(app: Flask, make) -> House:
    with app.test_request_context():
        return build(make)


@pytest.fixture
def visitor(app: Flask, house: House, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """``visitor("trainer", base)`` gives a page of somebody who is signed in; with ``bypass_csp`` no policy holds."""
    contexts = []

    def visitor(kind: str, base: str, **options) -> Page:
        identity = {"_user_id": house.people[kind].get_id(), "_fresh": True}
        db.session.commit()  # an open transaction here would lock the server out
        cookie = app.session_interface.get_signing_serializer(app).dumps(identity)
        context = chromium.new_context(base_url=base, **options)
        context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": base}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.said = []
        page.on("dialog", lambda dialog: (page.said.append(f"dialog {dialog.message}"), dialog.accept()))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
        return page

    yield visitor
    for context in contexts:
        context.close()


@pytest.fixture
def addresses(app: Flask, house: House, sign_in) -> dict[str, list[str]]:
    """For each kind of person the pages that they alone may see, or that they see first."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    seen = set()
    for kind in KINDS:
        client = sign_in(house.people[kind])
        for address, cells in lines():
            path = path_of(address, house.values)
            if address.startswith("GET") and cells[kind] == "ok" and (path not in seen or "/runs/" in path):
                with client.get(path) as answer:
                    whole = answer.data.startswith(b"<!doctype")  # and no part that a script puts in a page
                    if (answer.status_code, answer.mimetype) == (200, "text/html") and whole:
                        seen.add(path)
                        found[kind].append(path)
    assert len(seen) > 40
    return found


def hostile(app: Flask, text: str, render: Callable[[str], str] | None = None) -> None:
    with app.test_request_context():
        settings(POLYGLOT)
        options = {"render": render} if render else {}
        assert plant(lambda place: text, **options) > 200


def pwned(page: Page) -> bool:
    return bool(page.evaluate("() => window.pwned")) or any(line.startswith("dialog") for line in page.said)


@pytest.mark.slow
def test_every_page_keeps_to_the_policy(app, house, serve, visitor, addresses):
    """No page asks for what the policy forbids, and the scripts of the house run."""
    base = serve(app)
    for kind in KINDS:
        page = visitor(kind, base)
        for path in addresses[kind]:
            page.goto(path)
            assert not page.said, (path, page.said)
    page = visitor("participant", base)
    page.goto(f"/runs/{house.values['run_id']}/opdracht")
    page.get_by_role("button", name="Voorbeeld").click()
    page.locator(".lp-editor__view").wait_for()  # editor.js, and what it imports, ran by the nonce alone
    assert not page.said


@pytest.mark.parametrize("text", [POLYGLOT, EVERYTHING], ids=["short", "everything"])
@pytest.mark.slow
def test_cleaning_alone_stops_every_script(app, house, serve, visitor, addresses, text):
    hostile(app, text)
    base = serve(app)
    for kind in KINDS:
        page = visitor(kind, base, bypass_csp=True)
        for path in addresses[kind]:
            page.goto(path)
            page.evaluate(TOUCH)
            assert not pwned(page), path
            assert not page.evaluate(DANGERS), path


@pytest.mark.parametrize("wall", ["cleaning", "policy"])
def test_on_one_page_each_wall_alone_stops_every_script(app, house, serve, visitor, wall):
    """What the tests below see on every page and with every text."""
    if wall == "policy":
        unescaped(app)
    hostile(app, EVERYTHING, render=(lambda text: text) if wall == "policy" else None)
    page = visitor("participant", serve(app), bypass_csp=wall == "cleaning")
    page.goto(f"/runs/{house.values['run_id']}/opdracht", wait_until="domcontentloaded")
    page.evaluate(TOUCH)
    assert not pwned(page)


@pytest.mark.slow
def test_cleaning_alone_stops_every_script_in_an_example(app, house, serve, visitor):
    page = visitor("participant", serve(app), bypass_csp=True)
    page.goto(f"/runs/{house.values['run_id']}/opdracht")
    for payload in (*PAYLOADS, EVERYTHING):
        example(page, payload)
        assert not pwned(page), payload
        assert not page.evaluate(DANGERS), payload


@pytest.mark.parametrize("text", [*AT_ONCE, *ONE_BY_ONE], ids=lambda text: text[:20])
def test_the_policy_alone_stops_every_script(app, house, serve, visitor, addresses, text):
    """Without cleaning, and without escaping either: what somebody wrote stands in the page as it is."""
    unescaped(app)
    hostile(app, text, render=lambda text: text)
    base = serve(app)
    for kind in KINDS if text == EVERYTHING else KINDS[:1]:
        page = visitor(kind, base)
        for path in addresses[kind]:
            page.goto(path, wait_until="domcontentloaded")
            if page.url.startswith(base):
                page.evaluate(TOUCH)
            assert not pwned(page), path


@pytest.mark.slow
def test_the_policy_alone_stops_every_script_in_an_example(app, house, serve, visitor, monkeypatch):
    monkeypatch.setattr(assignments, "from_markdown", lambda text: text)
    page = visitor("participant", serve(app))
    page.goto(f"/runs/{house.values['run_id']}/opdracht")
    for payload in PAYLOADS:
        if "http-equiv=refresh" not in payload:
            example(page, payload)
            page.evaluate(TOUCH)
            assert not pwned(page), payload


def test_with_both_walls_down_the_scripts_do_run(app, house, serve, visitor):
    """So the tests above can fail."""
    unescaped(app)
    hostile(app, EVERYTHING, render=lambda text: text)
    page = visitor("participant", serve(app), bypass_csp=True)
    page.goto(f"/runs/{house.values['run_id']}/opdracht", wait_until="domcontentloaded")
    assert pwned(page)


def test_an_address_that_runs_is_stopped_by_the_policy_too(app, house, serve, visitor):
    """Should a link of that kind ever come into the database."""
    for day in db.session.query(RunDay):
        day.video_url = "javascript:window.pwned=1"
    base, path = serve(app), f"/runs/{house.values['run_id']}/lesdagen/1"
    for bypass in (False, True):
        page = visitor("participant", base, bypass_csp=bypass)
        page.goto(path)
        page.get_by_role("link", name="Doe online mee").click()
        page.wait_for_timeout(200)
        assert pwned(page) == bypass


def test_a_file_is_downloaded_whatever_it_holds(app, house, serve, visitor):
    page = visitor("participant", serve(app))
    page.goto("/vandaag")
    with page.expect_download() as started:
        page.evaluate(f"() => {{ location.href = '/bestanden/{house.values['file_id']}/x.html' }}")
    assert started.value.suggested_filename == "werk.pdf"
    assert page.url.endswith("/vandaag")


def test_a_second_page_fetches_no_file_again(app, house, serve, visitor):
    asked = []
    app.before_request(lambda: asked.append(request.path))
    base, run = serve(app), house.values["run_id"]
    page = visitor("participant", base)
    page.goto(f"/runs/{run}/opdracht", wait_until="networkidle")
    files = [path for path in asked if "/static/" in path]
    assert len(files) > 10
    assert all(re.match("/static/v-[0-9a-f]{12}/", path) for path in files)
    assert any(path.endswith("/js/csrf.js") for path in files)  # which only a module names
    assert len(files) == len(set(files))  # the font that is fetched ahead is the one that the style sheet names
    asked.clear()
    page.goto(f"/runs/{run}/", wait_until="networkidle")
    page.goto(f"/runs/{run}/opdracht", wait_until="networkidle")
    assert asked == [f"/runs/{run}/", f"/runs/{run}/opdracht"]


def unescaped(app: Flask) -> None:
    """Print everything as it is, as if a template forgot to escape."""
    app.jinja_env.bytecode_cache = None
    app.jinja_env.autoescape = False
    app.jinja_env.cache.clear()


def example(page: Page, text: str) -> None:
    """Type a text and look at the example of it."""
    button, view = page.get_by_role("button", name="Voorbeeld"), page.locator(".lp-editor__view")
    back = page.get_by_role("button", name="Verder schrijven")
    if back.is_visible():
        back.click()
    page.locator("textarea[name=text]").evaluate("(field, text) => { field.value = text }", text)
    with page.expect_response("**/voorbeeld"):
        button.click()
    view.wait_for()
