"""A site with pages that stand still half-way, so that a test can look at who waits for whom."""

import contextvars
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Blueprint, flash, request
from sqlalchemy import func, select, text

from lms.api import Plugin, db, public
from lms.db import keep, reads_first, write_now
from lms.libraries.models import Library

PATIENCE = 20  # seconds that something may take on a busy machine before it counts as stuck


class Pause:
    """A place where one request stands still until the test lets it go on."""

    def __init__(self):
        self.reached, self.open = threading.Event(), threading.Event()

    def here(self):
        self.reached.set()
        assert self.open.wait(2 * PATIENCE), "nobody let it go on"


class Halting:
    """The site; ``site.get`` and ``site.post`` ask at once, ``site.start`` asks in a thread."""

    def __init__(self, app, pool):
        self.app, self.pool, self.pauses, self.begun = app, pool, {}, 0

    def pause(self, name) -> Pause:
        return self.pauses.setdefault(name, Pause())

    def get(self, path, **options):
        return self.app.test_client().get(path, **options)

    def post(self, path, name="", **options):
        return self.app.test_client().post(path, data={"name": name}, **options)

    def start(self, ask, *args, **options) -> Future:
        return self.pool.submit(contextvars.Context().run, ask, *args, **options)

    @contextmanager
    def standing(self, ask, path, *args, **options):
        """Within, the request stands still at its pause; afterwards it has been answered, with ``.result()``."""
        pause = self.pauses[path] = Pause()
        running = self.start(ask, path, *args, **options)
        assert pause.reached.wait(PATIENCE), running
        try:
            yield running
        finally:
            pause.open.set()
            running.result(PATIENCE)

    def names(self):
        """The libraries that are really stored."""
        with self.app.app_context():
            return set(db.session.scalars(select(Library.name)))


@pytest.fixture
def halting(make_app):
    """``halting(DATABASE_WAIT=1)`` makes such a site."""
    pool = ThreadPoolExecutor(8)

    def make(**settings):
        bp = Blueprint("toy", __name__, url_prefix="/toy")
        site = Halting(None, pool)

        def count():
            return db.session.scalar(select(func.count()).select_from(Library))

        def stop():
            if request.path in site.pauses:
                site.pauses[request.path].here()

        @bp.get("/read")
        @public
        def read():
            first = count()
            stop()
            return f"{first} {count()}"

        @bp.post("/write")
        @public
        def write():
            db.session.add(Library(name=request.form["name"]))
            db.session.flush()
            stop()
            flash("bewaard")
            return "ok"

        @bp.post("/rename")
        @public
        @reads_first
        def rename():
            found = db.session.scalars(select(Library)).one()
            stop()
            write_now()
            found.name = f"{found.name} {request.form['name']}"
            return "ok"

        @bp.post("/hash")
        @public
        @reads_first
        def hash_():
            count()
            stop()
            write_now()
            db.session.add(Library(name=request.form["name"]))
            return "ok"

        @bp.post("/overtaken/<int:times>")
        @public
        def overtaken(times):
            """Somebody else makes the same row, so many times before this one sees it."""
            site.begun += 1
            flash("bewaard")
            keep()
            if site.begun <= times:
                db.session.add_all([Library(name="poging"), Library(name="poging")])
            db.session.add(Library(name=request.form["name"]))
            return "ok"

        @bp.post("/refused")
        @public
        def refused():
            db.session.add(Library(name=request.form["name"]))
            if "keep" in request.args:
                keep()
            return "nee", 422

        @bp.get("/flashes")
        @public
        def flashes():
            from flask import get_flashed_messages

            return ",".join(get_flashed_messages())

        toy = Plugin(name="toy", package="tests.toy", title="Speelgoed", blueprint=bp)
        site.app = make_app(plugins=[toy], **settings)
        return site

    yield make
    pool.shutdown()


@pytest.fixture
def somebody_else():
    """``with somebody_else(app): …`` holds the lock that a writer of libraries needs, from outside the site."""

    @contextmanager
    def hold(app):
        with app.app_context():
            connection = db.engine.connect()
            if db.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("SELECT 1")  # begins, and immediately: this is no request
            else:
                connection.execute(text("LOCK TABLE core_library IN EXCLUSIVE MODE"))
            try:
                yield
            finally:
                connection.rollback()
                connection.close()

    return hold
