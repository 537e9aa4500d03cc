"""Every page of the demo that links lead to, as every role: no page fails, and each has its frame."""

import re
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from lms import create_app
from lms.accounts.models import Person
from lms.db import db
from lms.demo.services import load
from lms.registry import discover
from lms.testing import SETTINGS, Browser
from lms.testing_databases import Databases

USERS = sorted(
    {"", "deelnemer1", "deelnemer5", "deelnemer9", "trainer1", "bibliothecaris", "beheerder"}
    | {account.user for plugin in discover() for account in plugin.demo_accounts}
)
NUMBERS = re.compile(r"\d+")
AT_MOST = 12  # pages of one pattern: the tenth person of a list tells nothing new


class Links(HTMLParser):
    """The addresses a page links to, and its first-level headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.headings = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.hrefs += [value for name, value in attrs if name == "href" and value]
        self.headings += tag == "h1"


@pytest.fixture(scope="module")
def demo(databases: Databases, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("demo")
    app = create_app({**SETTINGS, "INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": databases.copy(migrated, folder)})
    app.test_client_class = Browser
    with app.app_context():
        assert load()
        db.session.commit()
        assert not load()  # a second time does nothing
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("user", USERS)
def test_every_page_shows(demo, user):
    client = demo.test_client()
    if user:
        with demo.app_context():
            person = db.session.scalar(select(Person).where(Person.email == f"{user}@demo.example"))
            identity = person.get_id()
        with client.session_transaction() as session:
            session["_user_id"] = identity
    queue, seen, patterns, broken = deque(["/", "/login", "/over"]), set(), {}, []
    while queue:
        path = queue.popleft()
        pattern = NUMBERS.sub("#", path.partition("?")[0])
        patterns[pattern] = patterns.get(pattern, 0) + 1
        if path in seen or patterns[pattern] > AT_MOST:
            continue
        seen.add(path)
        response = client.get(path)
        html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        response.close()
        if response.status_code in (301, 302, 303):
            queue.append(urljoin(path, response.location))
            continue
        if response.status_code != 200:
            broken.append((path, response.status_code))
            continue
        if response.mimetype != "text/html":
            continue
        page = Links(html)
        if page.headings != 1:
            broken.append((path, f"{page.headings} h1"))
        for href in page.hrefs:
            target = urlsplit(urldefrag(urljoin(path, href))[0])
            if not target.netloc and target.path.startswith("/") and not target.path.startswith("/static/"):
                queue.append(target.path + (f"?{target.query}" if target.query else ""))
    assert not broken
    assert len(seen) > (4 if user else 2)
