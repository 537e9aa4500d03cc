"""The database: one session, one commit for each request, moments stored in UTC."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, has_app_context, has_request_context, request, session
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import DateTime, Executable, MetaData, TypeDecorator, event, func, select
from sqlalchemy.engine import Dialect, Engine, make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.exc import StaleDataError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 20_000}
"""How long PostgreSQL gets to answer a new connection (seconds), and its machine to confirm what it was sent (ms)."""
ATTEMPTS = 3
"""How often a view may begin that others were ahead of."""
View = TypeVar("View", bound=Callable[..., Any])
Statement = TypeVar("Statement", bound=Executable)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC: SQLite forgets zones, so we put ours back on reading."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a zone cannot be stored; use lms.clock.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The base of every model. Tables begin with their plugin's name, so each history knows its own."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}


class Database(SQLAlchemy):
    """Flask-SQLAlchemy, with one thing of our own."""

    def paginate(self, select: Any, *, page: int | None = None, **options: Any) -> Pagination:
        """A page of rows; which one is in the address. A number beyond what a database can count is the first."""
        if page is None and has_request_context():
            page = request.args.get("page", 1, type=int)
        return super().paginate(select, page=page, **options)


db = Database(metadata=Base.metadata, disable_autonaming=True)


def init_app(app: Flask) -> None:
    """Bind the database to the app and give each writing request its one commit.

    ``DATABASE_WAIT`` (seconds) is how long a statement waits for a lock of somebody else.
    """
    wait = app.config.setdefault("DATABASE_WAIT", 20)
    sqlite = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    options = {"connect_args": {"timeout": wait}} if sqlite else _postgres_options(app)
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    with app.app_context():
        if sqlite:
            _prepare_sqlite(db.engine)
        else:
            _prepare_postgres(db.engine, wait)
    dispatch = app.dispatch_request

    def view_and_commit() -> Response:
        _begin_view()
        response = app.make_response(dispatch())
        _commit_if(response.status_code < 400)
        return response

    def dispatch_and_commit() -> Response:
        for _attempt in range(ATTEMPTS - 1):
            try:
                return view_and_commit()
            except (IntegrityError, StaleDataError):
                if not _may_begin_again():
                    raise
                _forget()
        return view_and_commit()

    # Around the view, and not after the request: a commit that fails is then a refusal like any other, and its page
    # goes out with the headers and the session that belong to it.
    app.dispatch_request = dispatch_and_commit  # type: ignore[method-assign]
    app.after_request(_finish)


def once(build: Callable[[], Statement]) -> Callable[[], Statement]:
    """Build a statement at its first use and keep it: building costs more than asking, on the pages asked most.

    What differs from time to time is a ``bindparam("name")`` in it; its values go to ``execute`` as a dictionary.
    """
    return cache(build)


def keep() -> None:
    """Commit at the end of this request even if it is refused: a failed attempt must be counted."""
    g.keep = True


def reads_first(view: View) -> View:
    """Put under ``@requires`` of a writing page that receives files: it begins by reading, so that a slow line
    holds no lock while the form comes in. The page calls :func:`write_now` before its first write."""
    view.lms_reads_first = True  # type: ignore[attr-defined]
    return view


def read_first() -> None:
    """Let this writing request begin by reading: slow work (a password hash) then holds no lock.

    Follow it with :func:`write_now` before the first write. A command that calls it only reads.
    """
    g.read_first = True


def write_now() -> None:
    """End the reading transaction, so that the next statement begins a writing one."""
    db.session.rollback()
    g.read_first = False
    _wait_for_oneself()


def only_read() -> None:
    """Forget what this request did to the database and let it read on: an error page writes nothing."""
    g.pop("keep", None)
    g.read_first = True
    db.session.rollback()


def _wait_for_oneself() -> None:
    # What one person sends waits for what they sent before, as everything does on SQLite: a second press of a button
    # sees what the first one did, and sends nothing twice.
    whose = session.get("_user_id", "").partition(":")[0] if has_request_context() else ""
    if whose and db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"writes:{whose}", 0))))


def _begin_view() -> None:
    # Who asks was read without a lock. Only now that the whole form is here may the view hold one.
    if request.method in SAFE_METHODS:
        return
    if not _reads_first():
        _ = request.form
        write_now()


def _may_begin_again() -> bool:
    """On PostgreSQL two people write at the same time, and both make the row that was not there yet. Who is late begins
    once more, and then finds what the other did. Not where files came in: they were read already."""
    return request.method not in SAFE_METHODS and not _reads_first()


def _reads_first() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "lms_reads_first", False)


def _forget() -> None:
    db.session.rollback()
    g.pop("keep", None)
    session.pop("_flashes", None)  # they say that something was done


def _commit_if(good: bool) -> None:
    if request.method in SAFE_METHODS:
        # A GET never writes: whatever a page did to its objects is forgotten. Closed and not rolled back, which would
        # mark every object as to be read again.
        db.session.close()
        return
    if not (good or g.pop("keep", False)):
        db.session.rollback()
        return
    try:
        db.session.commit()
    except Exception:
        session.pop("_flashes", None)  # they say that something was done
        raise
    g.read_first = True


def _finish(response: Response) -> Response:
    # What the view did is settled; left are refusals that were raised, of which some want to be counted.
    _commit_if(False)
    return response


def _wants_write() -> bool:
    if has_request_context():
        return request.method not in SAFE_METHODS and not g.get("read_first", True)
    return not (has_app_context() and g.get("read_first"))  # a command or the worker


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # sqlite3 must not begin transactions of its own
        # As PostgreSQL does it: É is a capital é, and LIKE tells capitals from small letters.
        for name, function in (("lower", str.lower), ("upper", str.upper)):
            connection.create_function(name, 1, _text_only(function), deterministic=True)
        cursor = connection.cursor()
        # secure_delete: what was removed is overwritten, and not only marked as free in the file.
        for pragma in (
            *("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"),
            *("secure_delete=ON", "case_sensitive_like=ON"),
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # IMMEDIATE: a write that began as a read would fail instead of waiting its turn.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _wants_write() else "BEGIN")


def _text_only(function: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda value: function(value) if isinstance(value, str) else value


def _postgres_options(app: Flask) -> dict[str, Any]:
    # A server that does not answer at all is given up soon; by itself that takes minutes, and all threads with it.
    given = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).query
    patience = {name: value for name, value in PATIENCE.items() if name not in given}
    # Pre-ping: after a restart of the server, its old connections are found out before a person notices.
    return {"pool_pre_ping": True, "connect_args": {"client_encoding": "utf8", **patience}}


def _prepare_postgres(engine: Engine, wait: float) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = '{int(wait * 1000)}ms'")
        connection.execute("SET jit = off")  # our questions are short: compiling one takes longer than answering it
        connection.commit()
