"""The promise of the outbox, with real processes: workers that are killed at random lose no mail.

A real SMTP server on loopback keeps what it was given in a Maildir; two workers share the work.
"""

import mailbox
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from lms.db import db, read_first
from lms.jobs.models import Job
from lms.notifications.models import Mail
from lms.notifications.services import send

STORM = (pytest.mark.slow, pytest.mark.storm)
LEASE = 5  # seconds after which another worker takes up the job of a dead one
PATIENCE = 240.0  # seconds; some 25 are needed when the machine has nothing else to do
WORKER = [sys.executable, "-c", "from lms.cli import main; main()", "worker"]


@pytest.fixture
def letterbox(tmp_path):
    """The address of a mail server in a process of its own, and the folder in which it keeps what came."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    folder = tmp_path / "letterbox"
    command = ["-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Mailbox", str(folder)]
    server = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(port), 30)
        yield f"smtp://127.0.0.1:{port}", folder
    finally:
        server.kill()
        server.wait()


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(done, seconds):
    give_up = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < give_up, f"not done within {seconds} seconds"
        time.sleep(0.05)


@contextmanager
def workers(app, url, count):
    """Worker processes of this site: a list that may be changed, and a function that starts one more."""
    env = os.environ | {
        "LMS_INSTANCE": str(app.config["INSTANCE"]),
        "LMS_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "LMS_SECRET_KEY": "only-for-tests",
        "LMS_MAIL_URL": url,
        "LMS_PLUGINS": "",
        "LMS_JOB_LEASE": str(LEASE),
    }
    running = []

    def start():
        running.append(subprocess.Popen(WORKER, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))

    for _ in range(count):
        start()
    try:
        yield running, start
    finally:
        for worker in running:
            worker.kill()
            worker.communicate()


def down_to(mark, running):
    """Is no more left than this? It never will be when a worker stops by itself."""
    assert [worker.poll() for worker in running] == [None] * len(running), running[0].stderr.read(2000)
    return left() <= mark


def write(make, count):
    """So many mails to twenty people, of which the worker knows nothing yet."""
    people = [make.person() for _ in range(20)]
    ids = {
        send(people[n % 20], "announcement", f"Bericht {n}", f"Dit is bericht {n}.").message_id for n in range(count)
    }
    db.session.commit()
    read_first()  # from here on the test only looks, without the lock that the workers need
    assert len(ids) == count
    return ids


def left():
    """How many jobs are not done."""
    count = db.session.scalar(select(func.count()).select_from(Job).where(Job.state != "done"))
    db.session.rollback()
    return count


def arrived(folder):
    """How often each mail arrived, by message id, after a look at whether repeats are equal."""
    texts = {}
    for message in mailbox.Maildir(folder, create=False):
        texts.setdefault(message["Message-ID"], []).append((message["To"], message["Subject"], message.get_payload()))
    for message_id, copies in texts.items():
        assert len(set(copies)) == 1, message_id
    return Counter({message_id: len(copies) for message_id, copies in texts.items()})


def attempts():
    """How often each mail was taken up, by message id."""
    db.session.expire_all()
    return {job.payload["message_id"]: job.attempts for job in db.session.scalars(select(Job))}


@pytest.mark.parametrize(("due", "kills"), [(30, 1), pytest.param(1000, 6, marks=STORM)])
def test_workers_that_are_killed_lose_nothing(app, make, letterbox, due, kills):
    """Each of a thousand mails arrives. One arrives twice only if a kill fell between its sending and the noting of
    it, and then as the same mail: under the same message id."""
    url, folder = letterbox
    ids = write(make, due)
    marks = sorted(random.sample(range(due // 20, due - due // 10), kills), reverse=True)  # jobs left at each kill
    with workers(app, url, 2) as (running, start):
        for mark in marks:
            wait_until(lambda mark=mark: down_to(mark, running), PATIENCE)
            time.sleep(random.uniform(0, 0.03))  # at any point of a job, which takes about as long
            victim = running.pop(random.randrange(len(running)))
            victim.send_signal(signal.SIGKILL)
            victim.communicate()
            start()
        wait_until(lambda: down_to(0, running), PATIENCE)
    seen, taken = arrived(folder), attempts()
    assert set(seen) == ids
    assert seen.total() - due <= kills
    for message_id, times in seen.items():
        assert times <= taken[message_id], "it was sent more often than it was taken up"
    assert sum(taken.values()) - due <= kills, "a job was taken up again although nobody had died with it"
    assert db.session.scalar(select(func.count()).select_from(Mail).where(Mail.sent_at.is_(None))) == 0


def test_a_worker_that_is_asked_to_stop_does_so_in_good_order(app, make, letterbox):
    url, folder = letterbox
    ids = write(make, 3)
    with workers(app, url, 1) as (running, _start):
        wait_until(lambda: down_to(0, running), PATIENCE)
        running[0].terminate()
        assert running[0].wait(30) == 0
    assert arrived(folder) == dict.fromkeys(ids, 1)
