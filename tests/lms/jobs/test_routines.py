"""What comes back by itself: once a period, by one worker, again soon after a failure."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from lms.db import db
from lms.jobs import routines
from lms.libraries.models import Library
from lms.plugins import Plugin, Routine

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def trouble():
    """Put something in it, and the routine fails after it wrote."""
    return []


@pytest.fixture
def app(make_app, trouble):
    def tidy():
        db.session.add(Library(name=f"Bibliotheek {routines.now().isoformat()}"))
        db.session.flush()
        if trouble:
            raise RuntimeError(trouble[0])

    routine = Routine("klus.tidy", tidy, every=timedelta(hours=1))
    app = make_app(plugins=[Plugin(name="klus", package="klus", title="Klus", routines=(routine,))])
    app.config["CLOCK"] = lambda: app.config["MOMENT"]
    app.config["MOMENT"] = START
    with app.app_context():
        yield app


def done():
    return db.session.scalar(select(func.count()).select_from(Library))


def test_once_each_period(app):
    before = done()
    routines.run_due()
    routines.run_due()
    assert done() - before == 1
    app.config["MOMENT"] += timedelta(minutes=59)
    routines.run_due()
    assert done() - before == 1
    app.config["MOMENT"] += timedelta(minutes=1)
    routines.run_due()
    assert done() - before == 2


def test_a_failure_leaves_nothing_and_is_tried_again_soon(app, trouble, caplog):
    before = done()
    trouble.append("no paper")
    routines.run_due()
    assert done() == before, "what it wrote is not kept"
    assert "routine klus.tidy failed" in caplog.text
    trouble.clear()
    routines.run_due()
    assert done() == before, "not at once"
    app.config["MOMENT"] += routines.AGAIN
    routines.run_due()
    assert done() - before == 1


def test_the_worker_does_them(lms_command, app, make_app):
    before = done()
    lms_command("worker", "--once")
    assert done() - before == 1
