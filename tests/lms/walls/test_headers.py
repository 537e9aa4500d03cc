"""What every answer tells the browser. The checks are those of Mozilla's Observatory, one test for each."""

import re
from html.parser import HTMLParser

import pytest
from flask import url_for

from lms.headers import FOREVER

from .test_access import lines, path_of

HTTPS = "https://leren.example"
HALF_A_YEAR = 15_768_000


class Page(HTMLParser):
    """The parts of a page that a content policy is about."""

    def __init__(self, html):
        super().__init__()
        self.scripts, self.styles, self.inline, self.static = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, pairs):
        attrs = dict(pairs)
        self.inline += [f"{tag} {name}" for name in attrs if name.startswith("on") or name == "style"]
        self.inline += [tag] if tag in {"style", "iframe", "object", "embed", "base"} else []
        if tag == "script":
            self.scripts.append(attrs)
        self.static += [value for name, value in pairs if name in {"src", "href"} and "/static/" in (value or "")]


def policy(response):
    """The content policy: directive to its sources."""
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


@pytest.fixture
def secure(make_app):
    """A browser at a site on https."""
    app = make_app(BASE_URL=HTTPS, WTF_CSRF_ENABLED=True)
    with app.app_context():
        client = app.test_client()
        yield lambda path="/login", **options: client.open(path, base_url=HTTPS, **options)


@pytest.fixture
def answers(app, house, sign_in):
    """Every kind of answer there is, by what it is."""
    participant, trainer, admin = (sign_in(house.people[kind]) for kind in ("participant", "trainer", "admin"))
    run, version, file = (house.values[name] for name in ("run_id", "version_id", "file_id"))
    found = {
        "public": app.test_client().get("/login"),
        "signed in": participant.get("/vandaag"),
        "with a script": participant.get(f"/runs/{run}/opdracht"),
        "for a trainer": trainer.get(f"/runs/{run}/beoordelen/{version}"),
        "to sign in": app.test_client().get("/vandaag"),
        "401": app.test_client().post("/logout"),
        "403": participant.get("/beheer/"),
        "404": participant.get("/bestaat-niet"),
        "404 of a static file": participant.get("/static/bestaat-niet.css"),
        "405": participant.post("/vandaag"),
        "413": participant.post("/voorbeeld", data={"text": "a" * 5_000_000}),
        "422": admin.post("/beheer/uitvoeringen/nieuw?cursus=" + house.values["course"], data={}),
        "another address": participant.get(f"/runs/{run}"),
        "download": participant.get(f"/bestanden/{file}/x.pdf"),
        "zip": participant.get("/mijn-werk.zip"),
        "for a script": participant.post("/voorbeeld", data={"text": "x"}, headers={"Accept": "application/json"}),
        "machine": app.test_client().get("/healthz"),
        "static": participant.get("/static/css/base.css"),
        "logout": participant.post("/logout"),
    }
    yield found
    for answer in found.values():
        answer.close()


# --- the Observatory's checks -----------------------------------------------------------------------


def test_content_security_policy(answers):
    for what, answer in answers.items():
        found = policy(answer)
        sources = {source for values in found.values() for source in values}
        assert found["default-src"] == ["'none'"], what
        assert found["frame-ancestors"] == ["'none'"], what
        assert not any(word in source for source in sources for word in ("unsafe", "*", "http", "strict-dynamic")), what
        if "sandbox" not in found:
            assert (found["base-uri"], found["form-action"]) == (["'none'"], ["'self'"]), what
            assert len(found["script-src"]) == 1, what
            assert found["script-src"][0] == "'none'" or found["script-src"][0].startswith("'nonce-"), what
    assert "sandbox" in policy(answers["download"])
    assert "sandbox" in policy(answers["zip"])


def test_cookies(secure):
    answer = secure()
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 1
    name, *attributes = (part.strip() for part in cookies[0].split(";"))
    assert name.startswith("__Host-leerplein=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
    assert not [attribute for attribute in attributes if attribute.startswith("Domain")]


def test_cookies_without_https(make_app):
    client = make_app(WTF_CSRF_ENABLED=True).test_client()
    cookie = client.get("/login").headers["Set-Cookie"]
    assert cookie.startswith("leerplein=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie


def test_cross_origin_resource_sharing(app, house, sign_in):
    client = sign_in(house.people["participant"])
    for method in ("GET", "OPTIONS", "POST"):
        asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answer = client.open("/vandaag", method=method, headers=asks)
        assert not [name for name, _value in answer.headers if name.lower().startswith("access-control")]


def test_redirection(answers, secure):
    """Every redirect stays on the host; that http leads to https is the proxy's part (docs/operate.md)."""
    for what in ("to sign in", "another address", "logout"):
        assert re.match("/[a-z]", answers[what].headers["Location"]), what
    assert secure("/vandaag").headers["Location"].startswith("/login")


def test_referrer_policy(answers, app, house):
    assert {answer.headers["Referrer-Policy"] for answer in answers.values()} == {"same-origin"}
    for token in ("invitation", "reset"):
        path = {"invitation": "/uitnodiging/", "reset": "/wachtwoord/"}[token]
        with app.test_client().get(path + house.values[token]) as page:
            assert page.headers["Referrer-Policy"] == "no-referrer"  # the address is a key


def test_strict_transport_security(secure, client):
    for path in ("/login", "/bestaat-niet", "/static/css/base.css"):
        with secure(path) as answer:
            age = int(re.search(r"max-age=(\d+)", answer.headers["Strict-Transport-Security"])[1])
        assert age >= HALF_A_YEAR
        with client.get(path) as answer:
            assert "Strict-Transport-Security" not in answer.headers


def test_subresource_integrity(app, house, sign_in):
    """Every script and style comes from the site itself, so there is nothing to check the integrity of."""
    for address, cells in lines():
        if address.startswith("GET") and cells["participant"] == "ok":
            with sign_in(house.people["participant"]).get(path_of(address, house.values)) as answer:
                if answer.mimetype != "text/html":
                    continue
                page = Page(answer.text)
            assert not [attrs["src"] for attrs in page.scripts if not attrs["src"].startswith("/")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_one_word_headers(answers, name, value):
    assert {what: answer.headers.get(name) for what, answer in answers.items()} == dict.fromkeys(answers, value)


def test_permissions_policy(answers):
    for answer in answers.values():
        for what in ("camera", "geolocation", "microphone", "payment"):
            assert f"{what}=()" in answer.headers["Permissions-Policy"]


# --- scripts by nonce alone -------------------------------------------------------------------------


def test_every_script_has_the_nonce_of_its_own_answer(still, house, sign_in):
    """On every page, for everybody: scripts by nonce, and nothing that would want ``unsafe-inline``."""
    nonces, seen = [], 0
    for kind in ("participant", "trainer", "admin", "member", "coach"):
        client = sign_in(house.people[kind])
        for address, cells in lines():
            if not address.startswith("GET") or cells[kind] != "ok":
                continue
            with client.get(path_of(address, house.values)) as answer:
                if answer.mimetype != "text/html":
                    continue
                page, source = Page(answer.text), policy(answer)["script-src"][0]
            assert not page.inline, (address, page.inline)
            assert {f"'nonce-{attrs.get('nonce')}'" for attrs in page.scripts} <= {source}, address
            assert bool(page.scripts) == (source != "'none'"), address
            if page.scripts:
                nonces.append(source)
                assert len(page.scripts[0]["nonce"]) >= 22  # 128 bits
            seen += 1
    assert seen > 50
    assert len(nonces) > 4
    assert len(set(nonces)) == len(nonces)


# --- what may be kept -------------------------------------------------------------------------------


def test_nothing_of_a_person_is_kept(answers):
    for what, answer in answers.items():
        kept = answer.headers.get("Cache-Control", "")
        assert kept == ("no-cache" if what == "static" else "no-store"), what
    assert answers["logout"].headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_static_file_is_kept_by_its_content(app, house, sign_in):
    client = sign_in(house.people["participant"])
    page = Page(client.get("/vandaag").text)
    assert len(page.static) > 5
    for path in page.static:
        assert re.search(r"/static/v-[0-9a-f]{12}/", path), path
        with client.get(path) as file:
            assert (file.status_code, file.headers["Cache-Control"]) == (200, FOREVER)
            # What a proxy may hand to others carries nobody's session.
            assert "Set-Cookie" not in file.headers
            assert "Cookie" not in file.headers.get("Vary", "")
    # A style sheet names its fonts, and a module what it imports, beside itself: those have the stamp as well.
    style = next(path for path in page.static if path.endswith("css/base.css"))
    font = style.replace("css/base.css", "fonts/source-sans-3-latin-wght-normal.woff2")
    assert font in page.static
    for path, expected in ((font, FOREVER), (re.sub("v-[0-9a-f]+", "v-000000000000", font), "no-cache")):
        with client.get(path) as file:
            assert (file.status_code, file.headers["Cache-Control"]) == (200, expected)
    for path in ("/static/v-000000000000/../../config.py", "/static/v-000000000000/", "/static/v-1/css/base.css"):
        with client.get(path) as file:
            assert (file.status_code, file.headers["Cache-Control"]) == (404, "no-store")


def test_another_content_has_another_address(make_app, tmp_path):
    addresses, content = [], tmp_path / "x.css"
    for text in ("a{}", "b{}"):
        content.write_text(text)
        app = make_app()  # as after an upgrade
        app.static_folder = str(tmp_path)
        with app.test_request_context():
            addresses.append(url_for("static", filename="x.css"))
    before, after = addresses
    assert before != after
    # Who still has the old page gets the new file, and does not keep it under the old name.
    for path, kept in ((before, "no-cache"), (after, FOREVER)):
        with app.test_client().get(path) as file:
            assert (file.text, file.headers["Cache-Control"]) == ("b{}", kept)


CLAIMS = {
    "Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/x", "Forwarded": "host=evil.example", "X-Original-URL": "/beheer/",
}  # fmt: skip


def test_no_page_builds_on_the_host_that_a_request_claims(app, house, sign_in):
    client, run = sign_in(house.people["participant"]), house.values["run_id"]
    for path in ("/vandaag", f"/runs/{run}/", f"/runs/{run}", f"//runs/{run}", "/bestaat-niet", "/account", "/login"):
        answer = client.get(path, headers=CLAIMS)
        assert "evil.example" not in f"{answer.headers}{answer.text}", path
        assert answer.headers.get("Location", "/a")[:2] != "//", path
