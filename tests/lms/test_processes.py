"""Two web servers on one database: neither keeps anything of a person, so either may go at any moment."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.accounts import passwords
from lms.assignments.models import Version
from lms.db import db

pytestmark = [pytest.mark.slow, pytest.mark.storm]  # each test waits for servers to start

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "drie losse woorden"
METRICS = "a-long-token-for-figures"


class Web:
    """One gunicorn with one process, on a port of its own."""

    def __init__(self, app):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        env = {
            **os.environ,
            "LMS_INSTANCE": str(app.config["INSTANCE"]),
            "LMS_SECRET_KEY": app.config["SECRET_KEY"],
            "LMS_DATABASE_URL": url,
            "LMS_METRICS_TOKEN": METRICS,
            "LMS_BIND": f"127.0.0.1:{self.port}",
            "LMS_BASE_URL": self.url,
            "LMS_LOG": "json",
            "WEB_CONCURRENCY": "1",
        }
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--log-level", "warning"]
        self.log = Path(app.config["INSTANCE"]) / f"{self.port}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=log)

    def wait(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                assert answer.status == 200
                return
            time.sleep(0.1)
        raise AssertionError("the server did not answer within a minute")

    def lines(self):
        """What it wrote, when it has stopped: a JSON object on each line, and nothing else."""
        self.stop()
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def workers(self):
        """The process numbers of its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in children.read_text().split()]

    def kill(self):
        """End it as a power cut would: the workers first, so that none is left behind."""
        workers = self.workers()
        self.process.kill()
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
        self.process.kill()
        self.process.wait(10)


class Person:
    """A browser: cookies are for the host, so they go to both servers, as behind a proxy."""

    def __init__(self):
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def get(self, web, path, **headers):
        return self.ask(urllib.request.Request(web.url + path, headers=headers))

    def post(self, web, path, page, **form):
        """Send a form with the token that stands in ``page``."""
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
        data = urllib.parse.urlencode({"csrf_token": token, **form}).encode()
        return self.ask(urllib.request.Request(web.url + path, data=data))

    def ask(self, request):
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()


@pytest.fixture
def webs(app):
    """Two servers on the database of the test."""
    with contextlib.ExitStack() as started:
        both = []
        for _number in range(2):
            web = Web(app)
            started.callback(web.stop)
            both.append(web)
        for web in both:
            web.wait()
        yield both


def texts():
    """What was handed in; ends its own transaction, which would hold up the servers."""
    found = list(db.session.scalars(select(Version.text).order_by(Version.number)))
    db.session.rollback()
    return found


def test_two_servers_are_one_site(app, make, webs):
    first, second = webs
    course = make.course(activities={"opdracht": "core.assignment"})
    run = make.run(course, participants=2)
    noor, stranger = make.people(run)
    for person in (noor, stranger):
        person.password_hash = passwords.make_hash(PASSWORD)
    email, other, path = noor.email, stranger.email, f"/runs/{run.id}/opdracht"
    db.session.commit()
    browser = Person()

    # In at the one, writing at the other, handed in at the first: session, token and draft are nobody's own.
    _status, login = browser.get(first, "/login")
    status, page = browser.post(first, "/login", login, email=email, password=PASSWORD)
    assert status == 200
    assert "/logout" in page
    _status, page = browser.get(second, path)
    status, page = browser.post(second, f"{path}/concept", page, text="Half af", revision="0")
    assert status == 200
    assert "Half af" in page
    status, page = browser.get(first, path)
    assert "Half af" in page
    status, page = browser.post(first, f"{path}/inleveren", page, text="Helemaal af", revision="1")
    assert status == 200
    assert "Helemaal af" in page
    assert texts() == ["Helemaal af"]

    # Tries are counted in the database: five in all, and not five at each.
    thief = Person()
    statuses = []
    for number in range(6):
        web = webs[number % 2]
        _status, login = thief.get(web, "/login")
        statuses.append(thief.post(web, "/login", login, email=other, password="fout fout fout")[0])
    assert statuses == [422, 422, 422, 422, 422, 429]

    # Asking for a new password likewise, which is done by the other page.
    statuses = []
    for number in range(6):
        web = webs[number % 2]
        _status, form = thief.get(web, "/wachtwoord-vergeten")
        statuses.append(thief.post(web, "/wachtwoord-vergeten", form, email=other)[0])
    assert statuses == [200, 200, 200, 200, 200, 429]

    # The one falls over: who was served by it goes on at the other, without signing in again.
    first.kill()
    status, page = browser.get(second, path)
    assert status == 200
    assert "Helemaal af" in page
    status, page = browser.post(second, f"{path}/inleveren", page, text="Nog beter", revision="2")
    assert "Nog beter" in page
    assert status == 200
    assert texts() == ["Helemaal af", "Nog beter"]


def test_a_killed_worker_is_replaced_and_its_figures_and_lines_stay(app, webs):
    web, _other = webs
    visitor = Person()
    ids = [f"request-{number}" for number in range(3)]
    for number in ids:
        assert visitor.get(web, "/over", **{"X-Request-ID": number})[0] == 200
    (worker,) = web.workers()
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 60
    status = 0
    while status != 200 and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            status, _page = visitor.get(web, "/over")
    assert worker not in web.workers()
    status, text = visitor.get(web, "/metrics", Authorization=f"Bearer {METRICS}")
    assert status == 200
    counted = re.search(r'leerplein_requests_total\{endpoint="core.site.about",method="GET",status="200"\} (\S+)', text)
    assert float(counted[1]) == 4
    written = [line.get("request_id") for line in web.lines()]
    assert [number for number in written if number in ids] == ids, "one line for each request"


def test_a_header_moves_no_address(app, webs):
    """What a stranger says of a proxy in front: neither where the site begins, nor that the line is safe, nor who."""
    web, _other = webs
    visitor = Person()
    assert visitor.get(web, "/elders/login", SCRIPT_NAME="/elders")[0] == 404
    says = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/elders"}
    with urllib.request.urlopen(urllib.request.Request(f"{web.url}/login", headers=says), timeout=30) as answer:
        assert "Strict-Transport-Security" not in answer.headers
        page = answer.read().decode()
    assert "evil.example" not in page
    assert "/elders" not in page
    _status, login = visitor.get(web, "/login")
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', login)[1]
    statuses = []
    for number in range(31):
        form = {"csrf_token": token, "email": f"a{number}@test.example", "password": "fout"}
        says = {"X-Forwarded-For": f"192.0.2.{number}", "X-Real-IP": f"192.0.2.{number}", "Forwarded": f"for={number}"}
        request = urllib.request.Request(f"{web.url}/login", data=urllib.parse.urlencode(form).encode(), headers=says)
        statuses.append(visitor.ask(request)[0])
    assert statuses == [422] * 30 + [429]
