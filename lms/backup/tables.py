"""The tables as they are in the database, also those of plugins that are switched off, and their values as JSON.

Moments are UTC («2026-11-21T22:40:00Z»), dates and times ISO 8601, bytes base64. JSON columns and exact numbers are
the text of their value in a string, so that SQL's NULL is not JSON's null and no digit is lost.
"""

import base64
import json
import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Column, Connection, ForeignKeyConstraint, MetaData, Select, Table
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.schema import sort_tables_and_constraints

from ..migrate import VERSION_TABLE
from ..trouble import first_line
from .manifest import BackupError

BATCH = 200  # rows at a time: a handed-in text may be a megabyte
Kind = Literal["plain", "text", "uuid", "moment", "date", "time", "bytes"]
# The first that fits; an Enum is a String and a Float may be a Numeric too.
_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (sa.Enum, "text"),
    (sa.Uuid, "uuid"),
    (sa.JSON, "text"),
    (sa.Float, "plain"),
    (sa.Numeric, "text"),
    (sa.Integer, "plain"),
    (sa.Boolean, "plain"),
    (sa.String, "plain"),
    (sa.DateTime, "moment"),
    (sa.Date, "date"),
    (sa.Time, "time"),
    (sa.LargeBinary, "bytes"),
)

_AS_TEXT = frozenset({"text", "uuid"})


def reflect(connection: Connection, plugins: Iterable[str]) -> list[Table]:
    """The tables of these plugins, each after those that it refers to where that can be."""
    prefixes = tuple(f"{plugin}_" for plugin in plugins)
    derived = set(_virtual(connection)) | set(_virtual(connection, "shadow"))
    names = [
        name
        for name in sa.inspect(connection).get_table_names()
        if name.startswith(prefixes) and not name.endswith(VERSION_TABLE) and name not in derived
    ]
    metadata = MetaData()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Did not recognize type")  # _kind says so with more words
        metadata.reflect(connection, only=names)
    ordered = sort_tables_and_constraints(sorted(metadata.tables.values(), key=lambda table: table.name))
    return [table for table, _constraints in ordered if table is not None and table.name in names]


def drop(connection: Connection, plugins: Iterable[str]) -> None:
    """Remove the tables of these plugins, with what remembers how far they are."""
    plugins = list(plugins)
    for name in _virtual(connection):
        if name.startswith(tuple(f"{plugin}_" for plugin in plugins)):
            connection.execute(sa.schema.DropTable(Table(name, MetaData())))
    tables = reflect(connection, plugins)
    versions = [Table(f"{plugin}{VERSION_TABLE}", MetaData()) for plugin in plugins]
    if tables and connection.dialect.name == "postgresql":
        tables[0].metadata.drop_all(connection, tables)  # with their circles of references and their types
        tables = []
    for table in [*tables, *versions]:  # on SQLite in any order: its foreign keys are off
        connection.execute(sa.schema.DropTable(table, if_exists=True))


def stored(table: Table) -> list[Column[Any]]:
    """The columns that hold something of their own; the database derives the others (a search index) from these."""
    return [c for c in table.columns if c.computed is None and not isinstance(c.type, TSVECTOR)]


def read(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows as lines of JSON, in the order of the primary key. Raises BackupError for what JSON cannot hold."""
    columns = stored(table)
    kinds = [(column.name, _kind(table, column)) for column in columns]
    sqlite = connection.dialect.name == "sqlite"
    query: Select[Any] = sa.select(*(_selected(c, kind, sqlite) for c, (_, kind) in zip(columns, kinds, strict=True)))
    query = query.order_by(*table.primary_key.columns)
    try:
        with connection.execute(query, execution_options={"yield_per": BATCH}) as rows:
            for row in rows:
                values = {name: _encode(kind, value) for (name, kind), value in zip(kinds, row, strict=True)}
                yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except (ValueError, TypeError) as error:  # SQLite takes anything in any column
        raise BackupError(f"Table {table.name!r} has a value that does not fit its column: {error}.") from error


class Loader:
    """Writes lines of JSON into tables. ``replaced`` counts the texts whose NUL characters PostgreSQL cannot hold;
    they get U+FFFD in their place."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._strict = connection.dialect.name == "postgresql"
        self.replaced = 0

    def load(self, table: Table, lines: Iterable[bytes]) -> int:
        """Insert the rows; returns how many. Raises BackupError for a row that does not fit."""
        columns = [(column, _kind(table, column)) for column in stored(table)]
        target = sa.table(table.name, *(sa.column(c.name, _bound(c, kind)) for c, kind in columns))
        insert, count, batch = target.insert(), 0, []
        for line in lines:
            try:
                row = json.loads(line)
                batch.append({c.name: self._decode(c, kind, row[c.name]) for c, kind in columns})
            except KeyError as error:
                raise BackupError(f"Row {count + len(batch) + 1} of {table.name!r} has no {error}.") from error
            except (ValueError, TypeError) as error:
                raise BackupError(f"Row {count + len(batch) + 1} of {table.name!r} is not sound: {error}.") from error
            if len(batch) == BATCH:
                count += self._insert(table, insert, batch)
                batch = []
        return count + (self._insert(table, insert, batch) if batch else 0)

    def _insert(self, table: Table, insert: Any, batch: list[dict[str, Any]]) -> int:
        try:
            self._connection.execute(insert, batch)
        except OperationalError:
            raise  # a full disk and the like: nothing is wrong with the rows
        except (StatementError, OverflowError) as error:
            raise BackupError(f"The rows of {table.name!r} do not fit this database: {first_line(error)}.") from error
        return len(batch)

    def _decode(self, column: Column[Any], kind: Kind, value: Any) -> Any:
        if value is None or kind in _AS_TEXT:
            return value
        if kind == "moment":
            moment = datetime.fromisoformat(value)
            return moment if getattr(column.type, "timezone", False) else moment.astimezone(UTC).replace(tzinfo=None)
        if kind == "date":
            return date.fromisoformat(value)
        if kind == "time":
            return time.fromisoformat(value)
        if kind == "bytes":
            return base64.b64decode(value, validate=True)
        return self._fitting(column, value) if self._strict and isinstance(value, str) else value

    def _fitting(self, column: Column[Any], text: str) -> str:
        if "\0" in text:
            self.replaced += 1
            text = text.replace("\0", "\ufffd")
        most = getattr(column.type, "length", None)
        if most is not None and len(text) > most:
            raise ValueError(f"its {column.name!r} has {len(text)} characters, and at most {most} fit")
        return text


def late_keys(tables: list[Table]) -> list[ForeignKeyConstraint]:
    """The references to a table that comes no earlier: to itself, or in a circle."""
    place = {table.name: number for number, table in enumerate(tables)}
    return [
        key
        for table in tables
        for key in table.foreign_key_constraints
        if place.get(key.referred_table.name, -1) >= place[table.name]
    ]


def reset_counters(connection: Connection, tables: list[Table]) -> None:
    """Let PostgreSQL number new rows after those that are there; SQLite does so by itself."""
    quoted = connection.dialect.identifier_preparer.format_table
    for table in tables:
        for column in table.columns:
            counter = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(quoted(table), column.name)))
            if counter is not None:
                last = sa.func.max(column)
                connection.execute(sa.select(sa.func.setval(counter, sa.func.coalesce(last, 1), last.is_not(None))))


def _virtual(connection: Connection, kind: str = "virtual") -> list[str]:
    """SQLite's search indexes: what looks like a table and is derived from others, or (shadow) the insides of one."""
    if connection.dialect.name != "sqlite":
        return []
    return [row.name for row in connection.exec_driver_sql("PRAGMA table_list") if row.type == kind]


def _kind(table: Table, column: Column[Any]) -> Kind:
    for type_, kind in _KINDS:
        if isinstance(column.type, type_):
            return kind
    raise BackupError(
        f"Column {column.name!r} of table {table.name!r} is of the type {column.type!r}, which a backup cannot hold."
    )


def _selected(column: Column[Any], kind: Kind, sqlite: bool) -> Any:
    if kind not in _AS_TEXT:
        return column
    # SQLite keeps a number as a number, of which its own cast shows no more than 15 digits.
    return sa.type_coerce(column, sa.types.NullType()) if sqlite else sa.cast(column, sa.Text)


def _bound(column: Column[Any], kind: Kind) -> Any:
    # Text without a type: PostgreSQL then reads it as what the column is.
    return sa.types.NullType() if kind in _AS_TEXT else column.type


def _encode(kind: Kind, value: Any) -> Any:
    if value is None or kind == "plain":
        return value
    if kind == "text":
        return repr(value) if isinstance(value, int | float) else value
    if kind == "uuid":
        return value.replace("-", "")  # as SQLite keeps it; PostgreSQL reads both
    if kind == "moment":
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment.isoformat().replace("+00:00", "Z")
    if kind == "bytes":
        return base64.b64encode(value).decode()
    return value.isoformat()
