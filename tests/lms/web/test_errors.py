"""What somebody sees when something is wrong: a sentence, a status, what they typed, and never a traceback."""

import io
import logging
import socket
import time

import pytest
from flask import Blueprint
from gunicorn.http.errors import InvalidChunkSize, NoMoreData
from sqlalchemy import NullPool, create_engine, select, text

from lms.api import Plugin, db, public, requires
from lms.db import PATIENCE
from lms.libraries.models import Library


@pytest.fixture
def shaky(make_app):
    """An app with pages that fail in several ways."""
    bp = Blueprint("shaky", __name__, url_prefix="/shaky")

    @bp.get("/fault")
    @public
    def fault():
        raise RuntimeError("secret detail")

    @bp.post("/half")
    @public
    def half():
        db.session.add(Library(name="Half opgeslagen"))
        db.session.flush()
        raise RuntimeError("after the write")

    @bp.get("/sneaky")
    @public
    def sneaky():
        db.session.add(Library(name="Door een GET"))
        return "gelezen"

    @bp.post("/write")
    @requires("core.use")
    def write():
        db.session.add(Library(name="Echt opgeslagen"))
        return "ok"

    app = make_app(plugins=[Plugin(name="shaky", package="tests.shaky", title="Wankel", blueprint=bp)])
    with app.app_context():
        yield app


def test_a_fault_shows_its_id_and_logs_it(shaky, caplog):
    with caplog.at_level(logging.ERROR):
        page = shaky.test_client().get("/shaky/fault")
    assert page.status_code == 500
    assert "secret detail" not in page.text
    assert "Traceback" not in page.text
    code = caplog.records[-1].getMessage().split()[1]
    assert code in page.text


def test_a_fault_keeps_nothing_of_what_it_wrote(shaky):
    assert shaky.test_client().post("/shaky/half").status_code == 500
    assert db.session.scalars(select(Library)).all() == []


def test_a_get_never_writes(shaky):
    assert shaky.test_client().get("/shaky/sneaky").status_code == 200
    assert db.session.scalars(select(Library)).all() == []


def test_an_expired_session_gives_the_typed_text_back(shaky):
    text = "Een lang verhaal dat ik niet nog een keer wil typen, echt niet."
    page = shaky.test_client().post("/shaky/write", data={"text": text})
    assert page.status_code == 401
    assert text in page.text
    answer = shaky.test_client().post("/shaky/write", data={"text": text}, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "message" in answer.json


def test_unknown_pages_and_methods(client, make, sign_in):
    assert client.get("/bestaat-niet").status_code == 404
    assert "niet op de plank" in client.get("/bestaat-niet").text
    assert sign_in(make.person()).post("/vandaag").status_code == 405


NOWHERE = {
    "sqlite": "sqlite:///{folder}/no/such/folder/x.sqlite",
    "postgresql": "postgresql+psycopg://postgres@127.0.0.1:1/none",
}


@pytest.mark.one_database
@pytest.mark.parametrize("url", NOWHERE.values(), ids=NOWHERE)
def test_when_the_database_is_gone_the_site_says_so(make_app, tmp_path, caplog, url):
    client = make_app(SQLALCHEMY_DATABASE_URI=url.format(folder=tmp_path)).test_client()
    visits = [("GET", "/login"), ("POST", "/login")]
    asked = 0
    for signed_in in (False, True):
        if signed_in:
            with client.session_transaction() as session:
                session.update(_user_id="1:1", _fresh=True, key="of this session")
            visits += [("GET", "/vandaag"), ("GET", "/over"), ("POST", "/account/mails"), ("GET", "/bestaat-niet")]
        assert client.get("/healthz").json == {"status": "ok"}
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json) == (503, {"status": "database"})
        for method, path in visits:
            page = client.open(path, method=method)
            assert (page.status_code, page.headers["Retry-After"]) == (503, "15"), path
            assert "De database antwoordt niet. Wacht even en probeer het nog een keer." in page.text
            assert "lp-main" in page.text, "a whole page of the site"
            asked += 1
    assert asked == len(caplog.records), "one line for each"
    assert not any(record.exc_info for record in caplog.records), "and a wall of traceback for none"


@pytest.mark.one_database
def test_a_server_that_says_nothing_is_given_up_soon(make_app, monkeypatch):
    monkeypatch.setitem(PATIENCE, "connect_timeout", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        client = make_app(SQLALCHEMY_DATABASE_URI=f"postgresql+psycopg://postgres@127.0.0.1:{port}/none").test_client()
        begun = time.monotonic()
        assert client.get("/login").status_code == 503
    assert time.monotonic() - begun < 10


def test_a_connection_that_was_cut_is_made_anew(app, make, sign_in):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite is a file: there is no connection that could be cut")
    browser = sign_in(make.person())
    assert browser.get("/vandaag").status_code == 200
    db.session.rollback()
    with db.engine.connect() as kept:
        number = kept.scalar(text("SELECT pg_backend_pid()"))
    outside = create_engine(db.engine.url, poolclass=NullPool)
    with outside.connect() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
    assert db.engine.pool.checkedin() == 1, "it lies ready for the next who asks"
    assert browser.get("/vandaag").status_code == 200
    assert browser.post("/account/mails").status_code == 302


def test_headers_on_every_page(client):
    headers = client.get("/login").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_form_without_its_token_is_refused(make_app, make):
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        person = make.person()
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = person.get_id()
        page = client.post("/logout")
        assert page.status_code == 400
        assert "formulier is verlopen" in page.text


class BrokenLine(io.RawIOBase):
    """A body that gunicorn cannot read: its pieces are not what they say."""

    def __init__(self, error):
        self.error = error

    def readable(self):
        return True

    def readinto(self, _buffer):
        raise self.error


@pytest.mark.parametrize("error", [InvalidChunkSize(b"ZZ"), NoMoreData(b"")])
def test_a_body_that_cannot_be_read_is_no_fault_of_ours(client, caplog, error):
    answer = client.post(
        "/login",
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input": BrokenLine(error), "wsgi.input_terminated": True},
    )
    assert answer.status_code == 400
    assert answer.headers["Connection"] == "close", "what follows on the line is not to be trusted"
    assert caplog.records == []
