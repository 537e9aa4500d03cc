"""One click for each role, in a demo and nowhere else."""

import re

import pytest

from lms.accounts.services import create_person
from lms.db import db
from lms.plugins import DemoAccount, Plugin
from lms.site.settings import set_demo

ACCOUNTS = (
    DemoAccount("gids1", "Gijs Gids", "Bibliotheek Waterdorp", offer="Gids"),
    DemoAccount("gids2", "Greet Gids", "Bibliotheek Waterdorp"),
    DemoAccount("gids3", "Nog niet gemaakt", "Bibliotheek Waterdorp", offer="Afwezig"),
)


@pytest.fixture
def make_site(make_app):
    def make_site(**overrides):
        guides = Plugin(name="gids", package="gids", title="Gids", demo_accounts=ACCOUNTS)
        app = make_app(plugins=[guides], **overrides)
        with app.app_context():
            for account in ACCOUNTS[:2]:
                create_person(account.name, f"{account.user}@demo.example", account.library, password="demo-wachtwoord")
            db.session.commit()
        return app

    return make_site


@pytest.fixture
def app(make_site):
    app = make_site()
    with app.app_context():
        set_demo()
        db.session.commit()
        yield app


def test_the_page_says_that_it_is_a_demo(client, queries):
    with queries() as seen:
        page = client.get("/login")
    assert "demo-wachtwoord" in page.text
    assert "gids1@demo.example" in page.text and "gids2@demo.example" in page.text
    assert re.findall(r'name="user" value="([^"]+)"', page.text) == ["gids1"]
    assert "Afwezig" not in page.text
    assert len(seen) <= 2


def test_one_click(client):
    answer = client.post("/login/demo", data={"user": "gids1"})
    assert answer.location == "/vandaag"
    assert "Gijs Gids" in client.get("/account").text


def test_the_password_works_too(client):
    answer = client.post("/login", data={"email": "gids2@demo.example", "password": "demo-wachtwoord"})
    assert answer.status_code == 302


def test_who_is_in_can_change_roles(client, make, sign_in):
    client = sign_in(make.person("Iemand Anders"))
    assert client.get("/login").status_code == 200
    client.post("/login/demo", data={"user": "gids1"})
    assert "Gijs Gids" in client.get("/account").text


def test_next_is_followed_inside_only(client):
    assert client.post("/login/demo", data={"user": "gids1", "next": "/account"}).location == "/account"
    assert client.post("/login/demo", data={"user": "gids1", "next": "//evil.example"}).location == "/vandaag"


@pytest.mark.parametrize("user", ["", "gids2", "gids3", "beheerder", "gids1@demo.example", "x" * 10_000])
def test_only_who_is_offered(client, user):
    assert client.post("/login/demo", data={"user": user}).status_code == 404
    assert client.get("/account").status_code == 302


def test_it_is_no_link(client):
    assert client.get("/login/demo?user=gids1").status_code == 405


def test_it_needs_its_token(make_site):
    app = make_site(WTF_CSRF_ENABLED=True)
    with app.app_context():
        set_demo()
        db.session.commit()
    client = app.test_client()
    assert client.post("/login/demo", data={"user": "gids1"}).status_code == 400
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)[1]
    assert client.post("/login/demo", data={"user": "gids1", "csrf_token": token}).status_code == 302


def test_a_real_site_offers_nothing(make_site):
    client = make_site().test_client()
    page = client.get("/login")
    assert "demo" not in page.text.lower()
    assert client.post("/login/demo", data={"user": "gids1"}).status_code == 404
    assert client.get("/account").status_code == 302
