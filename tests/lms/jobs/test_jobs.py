"""The outbox: once, later again after a failure, given up visibly, and never half."""

import contextvars
import functools
import logging
import signal
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms.cli import main
from lms.db import db
from lms.jobs import services, worker
from lms.jobs.models import Job
from lms.jobs.services import MAX_ATTEMPTS, enqueue, run_due, run_one
from lms.libraries.models import Library
from lms.plugins import JobKind, Plugin

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


class Work:
    """What the job does: writes a row, and fails as often as told."""

    def __init__(self):
        self.failures = 0
        self.done = []

    def __call__(self, payload):
        db.session.add(Library(name=f"{payload['name']} {len(self.done)}"))
        db.session.flush()
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the shelf is full")
        self.done.append(payload["name"])


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def app(make_app, work):
    app = make_app(plugins=[plugin(work)])
    app.config["CLOCK"] = lambda: app.config["MOMENT"]
    app.config["MOMENT"] = START
    with app.app_context():
        yield app


def plugin(work):
    return Plugin(name="klus", package="klus", title="Klus", jobs=(JobKind("klus.do", work),))


def later(app, **by):
    app.config["MOMENT"] += timedelta(**by)


def lms(app, *args):
    db.session.commit()
    start = functools.partial(CliRunner().invoke, main, list(args), obj=ScriptInfo(create_app=lambda: app))
    return contextvars.Context().run(start)  # as in a process of its own


def libraries():
    return db.session.scalars(select(Library.name)).all()


def the_job():
    return db.session.scalar(select(Job))


def test_a_job_is_done_once(app, work):
    enqueue("klus.do", name="boek")
    db.session.commit()
    assert run_due() == 1
    assert run_due() == 0
    assert work.done == ["boek"]
    assert (the_job().state, the_job().attempts, the_job().done_at) == ("done", 1, START)


def test_a_job_vanishes_with_its_transaction(app, work):
    enqueue("klus.do", name="boek")
    db.session.rollback()
    assert run_due() == 0
    assert work.done == []


def test_oldest_first(app, work):
    for name in ("een", "twee", "drie"):
        enqueue("klus.do", name=name)
    db.session.commit()
    run_due()
    assert work.done == ["een", "twee", "drie"]


def test_an_unknown_kind_is_refused_where_it_is_planned(app):
    with pytest.raises(LookupError):
        enqueue("klus.undo")


def test_a_failure_leaves_nothing_and_waits_longer_each_time(app, work):
    work.failures = 2
    enqueue("klus.do", name="boek")
    db.session.commit()
    waits = []
    for _ in range(2):
        assert run_due() == 1
        assert libraries() == [], "what a failed job wrote is not kept"
        assert the_job().state == "waiting"
        assert the_job().error == "RuntimeError: the shelf is full"
        waits.append(the_job().due_at - app.config["MOMENT"])
        assert run_due() == 0, "not yet"
        later(app, seconds=waits[-1].total_seconds())
    assert waits == [timedelta(seconds=30), timedelta(seconds=60)]
    assert run_due() == 1
    assert (the_job().state, the_job().error) == ("done", "")
    assert libraries() == ["boek 0"]


def test_it_is_given_up_visibly_and_can_be_tried_again(app, work, caplog):
    work.failures = MAX_ATTEMPTS
    enqueue("klus.do", name="boek")
    db.session.commit()
    patience = timedelta()
    with caplog.at_level(logging.CRITICAL, logger="lms.jobs.services"):
        for _ in range(MAX_ATTEMPTS):
            assert run_due() == 1
            if the_job().state == "waiting":
                patience += the_job().due_at - app.config["MOMENT"]
            later(app, hours=7)
    assert timedelta(days=1) < patience < timedelta(days=2), "a night without a mail server costs nobody a mail"
    assert run_due() == 0
    assert (the_job().state, the_job().attempts) == ("failed", MAX_ATTEMPTS)
    listed = lms(app, "jobs").output
    assert "klus.do" in listed and "the shelf is full" in listed and "1 jobs failed" in listed
    assert "1 jobs will be tried again" in lms(app, "jobs", "--retry").output
    assert run_due() == 1
    assert the_job().state == "done"
    assert "0 jobs failed" in lms(app, "jobs").output


def test_one_failure_does_not_hold_up_the_rest(app, work):
    work.failures = 1
    enqueue("klus.do", name="een")
    enqueue("klus.do", name="twee")
    db.session.commit()
    assert run_due() == 2
    assert work.done == ["twee"]


def test_a_job_that_breaks_the_session_is_a_failure_too(app):
    def broken(payload):
        db.session.add(Library(name=None))

    app.extensions["lms"].plugins[1].jobs[0].__dict__["run"] = broken
    enqueue("klus.do")
    db.session.commit()
    assert run_due() == 1
    assert the_job().state == "waiting"
    assert "IntegrityError" in the_job().error
    assert libraries() == []


def test_a_slow_job_holds_nobody_up(app, work):
    """While a job runs, somebody else can write, and a second worker leaves it alone."""
    seen = []

    def slow(payload):
        db.session.rollback()
        with app.app_context():
            db.session.add(Library(name="van een ander"))
            db.session.commit()
            seen.append(run_one())

    app.extensions["lms"].plugins[1].jobs[0].__dict__["run"] = slow
    enqueue("klus.do")
    db.session.commit()
    assert run_due() == 1
    assert seen == [False]
    assert libraries() == ["van een ander"]


def test_a_job_whose_worker_died_is_taken_up_again(app, work):
    def die(payload):
        db.session.add(Library(name="half"))
        db.session.flush()
        raise KeyboardInterrupt  # like a kill: no except clause of ours sees it

    app.extensions["lms"].plugins[1].jobs[0].__dict__["run"] = die
    enqueue("klus.do", name="boek")
    db.session.commit()
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            run_due()
        db.session.rollback()
        assert libraries() == []
        assert run_due() == 0, "it is still thought to be at work"
        later(app, minutes=11)
    assert run_due() == 0
    assert the_job().state == "failed", "what takes its worker along each time is given up too"


def test_work_of_a_plugin_that_is_off_waits(app, work, make_app):
    enqueue("klus.do", name="boek")
    db.session.commit()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    without = make_app(plugins=[], SQLALCHEMY_DATABASE_URI=url)
    without.config["CLOCK"] = lambda: START + timedelta(days=400)
    with without.app_context():
        assert run_due() == 0
    assert the_job().state == "waiting"
    assert run_due() == 1
    assert work.done == ["boek"]


def test_worker_once(app, work):
    enqueue("klus.do", name="een")
    enqueue("klus.do", name="twee")
    done = lms(app, "worker", "--once")
    assert done.exit_code == 0
    assert done.output == "2 jobs done\n"
    assert work.done == ["een", "twee"]


def test_worker_goes_on_when_the_database_was_away_and_stops_at_a_signal(app, work, monkeypatch):
    real, calls = services.run_one, []

    def shaky():
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("SELECT", {}, Exception("away"))
        if work.done:
            signal.raise_signal(signal.SIGTERM)
        return real()

    monkeypatch.setattr(services, "run_one", shaky)
    monkeypatch.setattr(worker, "PAUSE_AFTER_FAULT", 0.01)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    enqueue("klus.do", name="boek")
    try:
        done = lms(app, "worker")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert done.exit_code == 0, done.output
    assert work.done == ["boek"]
    assert len(calls) == 3
