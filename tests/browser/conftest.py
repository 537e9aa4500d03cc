"""A real browser on a real server. Without Chromium these tests skip, unless LMS_REQUIRE_BROWSER is set."""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"phone": (375, 800), "desk": (1280, 900)}
# Rules of WCAG 2.2 A and AA, and what axe calls good practice.
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.one_database)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    if CHROMIUM is None:
        if os.environ.get("LMS_REQUIRE_BROWSER"):
            pytest.fail("LMS_REQUIRE_BROWSER is set, but Chromium is not installed.")
        pytest.skip("Chromium is not installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """``serve(app)`` runs the app on a free port of this machine and gives its address."""
    running = []

    def serve(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, _whole(app), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


def _whole(app: Flask) -> Callable[..., list[bytes]]:
    """The app with each answer read to its end: werkzeug leaves a file open when the browser hangs up half-way."""

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        with contextlib.closing(app(environ, start_response)) as parts:
            return [b"".join(parts)]

    return answer


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """``open_page(size="phone", dark=True, script=False)`` gives a page in a browser of its own."""
    contexts = []

    def open_page(size: str = "desk", *, dark: bool = False, script: bool = True, base_url: str = "") -> Page:
        width, height = WIDTHS[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
            base_url=base_url or None,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.problems = problems  # type: ignore[attr-defined]
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """``assert_accessible(page)`` fails with what axe finds, or when the page is wider than the screen."""

    def assert_accessible(page: Page) -> None:
        # As high as its content: else the bar that stays in view covers what happens to lie under it.
        size = page.viewport_size
        page.set_viewport_size({"width": size["width"], "height": page.evaluate("document.body.scrollHeight") + 50})
        found: Any = Axe().run(page, options=AXE)
        page.set_viewport_size(size)
        broken = [
            f"{v['id']}: {v['help']} at {[n['target'] for n in v['nodes'][:3]]}" for v in found.response["violations"]
        ]
        assert not broken, f"{page.url}: {broken}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide"

    return assert_accessible
