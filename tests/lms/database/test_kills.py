"""Forty people press «Inleveren» in the same second, each twice, while the processes of the server are killed."""

import contextlib
import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.assignments.models import Draft, Submission, Version, version_file
from lms.db import db, read_first
from lms.files import store
from lms.files.models import StoredFile
from lms.notifications.models import Mail
from lms.runs.models import Enrolment
from lms.testing import SETTINGS

ROOT = Path(__file__).resolve().parents[3]
PEOPLE = 40
PROCESSES = 3
GIVE_UP = 300  # seconds, on a machine that has much else to do; some 20 are needed
BETWEEN = 6  # answers between two kills: paced by what is done, for a busy machine starts processes slowly
LOST = (ConnectionError, http.client.HTTPException, TimeoutError)


class Server:
    """A gunicorn on a port of its own, with the database and the files of an app."""

    def __init__(self, app):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LMS_")},
            "LMS_INSTANCE": str(app.config["INSTANCE"]),
            "LMS_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "LMS_SECRET_KEY": SETTINGS["SECRET_KEY"],
            "LMS_MAIL_URL": "memory:",
            "LMS_BIND": f"127.0.0.1:{self.port}",
            "LMS_BASE_URL": f"http://127.0.0.1:{self.port}",
            "WEB_CONCURRENCY": str(PROCESSES),
        }
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--log-level", "critical"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=env)

    def wait(self):
        """Until every process answers."""
        give_up = time.monotonic() + GIVE_UP
        while time.monotonic() < give_up:
            assert self.process.poll() is None, "the server stopped"
            with contextlib.suppress(*LOST):
                if len(self.workers()) == PROCESSES and self.ask("GET", "/readyz")[0] == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def workers(self):
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [int(number) for number in found.stdout.split()]

    def ask(self, method, path, body=None, headers=()):
        """One request on a connection of its own; gives status, headers and text."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=GIVE_UP)
        try:
            line.request(method, path, body, dict(headers))
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            line.close()

    def stop(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        for worker in self.workers():
            os.kill(worker, signal.SIGKILL)
        self.process.kill()
        self.process.wait()


class Participant:
    """Somebody with a browser in which the page of the assignment is open."""

    def __init__(self, server, app, person, path):
        self.server, self.path, self.name = server, path, person.name
        self.text = f"Dit is het werk van {person.name}: {secrets.token_hex(200)}"
        self.file = f"Bijlage van {person.name}".encode()
        session = {"_user_id": person.get_id(), "_fresh": True}
        self.cookie = f"leerplein={app.session_interface.get_signing_serializer(app).dumps(session)}"
        self.lost = 0

    def open_page(self):
        status, headers, page = self.server.ask("GET", self.path, headers={"Cookie": self.cookie})
        assert status == 200
        self.cookie = headers["Set-Cookie"].partition(";")[0]  # in which the token of the form is
        self.fields = {
            name: re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)[1] for name in ("csrf_token", "revision")
        }

    def press(self):
        """Send the form until there is an answer, as a person does: again when the connection is lost on the way, and
        when the page says that it is too busy just now."""
        mark = secrets.token_hex(16)
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {**self.fields, "text": self.text}.items()
        ]
        about = 'Content-Disposition: form-data; name="files"; filename="bijlage.txt"\r\nContent-Type: text/plain'
        parts += [f"--{mark}\r\n{about}\r\n\r\n".encode(), self.file, f"\r\n--{mark}--\r\n".encode()]
        kind = f"multipart/form-data; boundary={mark}"
        give_up = time.monotonic() + GIVE_UP
        while time.monotonic() < give_up:
            try:
                headers = {"Cookie": self.cookie, "Content-Type": kind}
                status, found, page = self.server.ask("POST", f"{self.path}/inleveren", b"".join(parts), headers)
            except LOST:
                self.lost += 1
                time.sleep(0.2)
                continue
            if status == 503:
                assert int(found["Retry-After"]) > 0
                time.sleep(1)
                continue
            assert (status, found.get("Location")) == (302, self.path), page
            return
        raise AssertionError(f"{self.name} never got an answer")


@pytest.fixture
def group(app, make):
    """The server and the people who have the page of their assignment open."""
    run = make.run(participants=PEOPLE)
    people = make.people(run)
    db.session.commit()
    server = Server(app)
    try:
        server.wait()
        group = [Participant(server, app, person, f"/runs/{run.id}/opdracht") for person in people]
        read_first()
        db.session.rollback()  # the test has no lock on the database, which those who hand in will want
        for participant in group:
            participant.open_page()
        yield server, group
    finally:
        server.stop()


@pytest.mark.slow
@pytest.mark.storm
def test_forty_people_hand_in_at_once(app, group):
    server, people = group
    together = threading.Barrier(2 * PEOPLE + 1)
    answered, problems = [], []

    def press(participant):
        together.wait()
        try:
            participant.press()
            answered.append(participant)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=press, args=(participant,)) for participant in people for _ in range(2)]
    for thread in threads:
        thread.start()
    together.wait()
    time.sleep(0.25)  # they are all under way
    killed, mark = 0, 0
    while any(thread.is_alive() for thread in threads):
        if len(answered) >= mark:
            # All but the youngest at first, and then the oldest: the others go on answering.
            for worker in server.workers()[: 1 if killed else PROCESSES - 1]:
                os.kill(worker, signal.SIGKILL)
                killed += 1
            mark = len(answered) + BETWEEN
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert not problems, problems[:3]
    assert killed >= 5
    assert sum(person.lost for person in people) > 0, "no kill hit anybody, so this shows nothing"
    assert_all_is_there(people)


def assert_all_is_there(people):
    """One version for each, with the text and the file of that person, and one receipt in the mail."""
    db.session.rollback()
    found = db.session.execute(
        select(Enrolment, Version)
        .join(Submission, Submission.enrolment_id == Enrolment.id)
        .join(Version, Version.submission_id == Submission.id)
    ).all()
    assert Counter((one.person.name, version.number) for one, version in found) == {(p.name, 1): 1 for p in people}
    by_name = {one.person.name: version for one, version in found}
    for person in people:
        version = by_name[person.name]
        assert version.text == person.text
        (file,) = version.files
        assert b"".join(store.read(file.key)) == person.file
    assert db.session.scalar(select(func.count()).select_from(version_file)) == PEOPLE
    receipts = db.session.scalars(select(Mail.person_id).where(Mail.kind == "receipt")).all()
    assert len(receipts) == len(set(receipts)) == PEOPLE
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == PEOPLE
    assert db.session.scalar(select(func.count()).select_from(Draft)) == PEOPLE
