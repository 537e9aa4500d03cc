"""The database: one session, one commit for each request, moments stored in UTC."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, has_app_context, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, TypeDecorator, event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])


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


db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)


def init_app(app: Flask) -> None:
    """Bind the database to the app and give each writing request its one commit."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {"connect_args": {"timeout": 20}})
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
    app.after_request(_commit)


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


def _commit(response: Response) -> Response:
    # A GET never writes: whatever a page did to its objects is forgotten.
    writes = request.method not in SAFE_METHODS and (response.status_code < 400 or g.get("keep"))
    if writes:
        db.session.commit()
    else:
        db.session.rollback()
    return response


def _wants_write() -> bool:
    if not has_request_context():  # a command or the worker
        return not (has_app_context() and g.get("read_first"))
    return request.method not in SAFE_METHODS and not g.get("read_first", _begins_by_reading())


def _begins_by_reading() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "lms_reads_first", False)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # sqlite3 must not begin transactions of its own
        cursor = connection.cursor()
        # secure_delete: what was removed is overwritten, and not only marked as free in the file.
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # IMMEDIATE: a write that began as a read would fail instead of waiting its turn.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _wants_write() else "BEGIN")
