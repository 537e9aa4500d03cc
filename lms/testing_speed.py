"""What every app of a test would make anew although it is always the same: made once for each process.

An app and a database for each test keep tests apart, so making them must cost next to nothing. Kept are the functions
that write addresses, the SQL of statements, the code of templates, and what is installed; nothing that a test did.
"""

import gc
from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import event
from sqlalchemy.dialects import registry as dialects
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from . import registry
from .db import db
from .templating import LinkingFlask

MOST_STATEMENTS = 2000


class KnownRule(Rule):
    """A rule whose function that writes its address comes from an equal rule of an earlier app.

    Compiling these is half of what it takes to make an app.
    """

    _known: dict[Any, Callable[..., tuple[str, str]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:  # they become part of the function
            return super()._compile_builder(append_unknown)
        key = self.rule, tuple(self._trace), append_unknown
        if key not in self._known:
            self._known[key] = super()._compile_builder(append_unknown)
        return self._known[key]


class _Alike:
    """A dialect that equals others of its kind, so that SQL which was written for one app serves the next."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _version(self) == _version(other)

    def __hash__(self) -> int:
        return hash(type(self))


class AlikeSqlite(_Alike, SQLiteDialect_pysqlite):
    """SQLite for the apps of tests."""

    supports_statement_cache = True


class AlikePostgres(_Alike, PGDialect_psycopg):
    """PostgreSQL for the apps of tests."""

    supports_statement_cache = True


class KnownTemplates(BytecodeCache):
    """The code of templates by the hash of their text, so it never goes stale."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._known[bucket.key, bucket.checksum] = bucket.code


_statements: LRUCache[Any, Any] = LRUCache(MOST_STATEMENTS)
_templates = KnownTemplates()


def install() -> None:
    """Let all apps of this process share what they may; once, before the first is made."""
    LinkingFlask.url_rule_class = KnownRule
    dialects.register("sqlite", __name__, AlikeSqlite.__name__)
    dialects.register("postgresql.psycopg", __name__, AlikePostgres.__name__)
    registry.entry_points = cache(entry_points)  # type: ignore[assignment]


def look_less_for_rubbish() -> None:
    """Let Python look for rubbish now and then: call it when all is imported.

    Apps make so much that it would look every few milliseconds, and each time at all that is imported: a third of what
    the tests cost.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)


def hasten(app: Flask) -> None:
    """Let one app of a test share SQL and templates, and not wait for its disk: no test outlives a power cut."""
    app.jinja_env.bytecode_cache = _templates
    with app.app_context():
        engine = db.engine
    engine.update_execution_options(compiled_cache=_statements)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _trust_disk)


def _trust_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _version(dialect: Any) -> Any:
    return getattr(dialect, "server_version_info", None)
