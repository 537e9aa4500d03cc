"""Putting a backup back into an empty place: everything or nothing.

The tables are made by the migrations of this version, at the revisions of the archive; then the rows come in, and
then the tables are brought up to date. All of that is one transaction, so a failure leaves the place as it was.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import Connection, ForeignKeyConstraint, Table, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from .. import migrate
from ..db import db
from ..errors import ContractError
from ..files import store
from ..plugins import Plugin
from ..registry import Registry, discover, registry
from ..trouble import first_line
from . import archive, tables
from .manifest import BackupError, Manifest, TablePart


@dataclass
class Restored:
    """What was put back. ``replaced`` counts texts with NUL characters, which PostgreSQL cannot hold; ``off`` are
    plugins that have tables now and are switched off; ``secret`` tells whether the archive's secret is in use."""

    manifest: Manifest
    replaced: int = 0
    off: tuple[str, ...] = ()
    secret: bool = False


def restore(path: Path, *, without: Collection[str] = (), tell: archive.Tell) -> Restored:
    """Put an archive back into this site, which must have no people. ``without`` are plugins or tables to leave out.

    Raises BackupError with a sentence; then nothing has changed.
    """
    with archive.open_existing(path) as reader:
        manifest = reader.manifest
        parts = [part for part in manifest.tables if not _is_left_out(part, without)]
        chosen = _plugins(manifest, without)
        restored = Restored(manifest)
        try:
            with _place() as connection:
                _refuse_occupied(connection)
            reader.verify(tell)
            with ExitStack() as undo:
                with _place() as connection:
                    _refuse_occupied(connection)
                    tables.drop(connection, migrate.revisions(connection))
                    for plugin, revision in chosen:
                        migrate.upgrade_within(connection, plugin, revision)
                    restored.replaced = _load(connection, reader, parts, tell)
                    for plugin in registry().plugins:
                        if plugin.migrations is not None:
                            migrate.upgrade_within(connection, plugin)
                    _refuse_broken(connection)
                    _put_files(reader, undo, tell)
                    restored.secret = _put_secret(reader.secret(), undo)
                undo.pop_all()  # committed: nothing is undone any more
        except SQLAlchemyError as error:
            raise BackupError(f"The database refuses this: {first_line(error)}.") from error
        except (OSError, store.StoreError) as error:
            raise BackupError(f"The files cannot be put back: {first_line(error)}.") from error
    mounted = {plugin.name for plugin in registry().plugins}
    restored.off = tuple(plugin.name for plugin, _ in chosen if plugin.name not in mounted)
    return restored


def _is_left_out(part: TablePart, without: Collection[str]) -> bool:
    return part.name in without or part.name.startswith(tuple(f"{name}_" for name in without))


def _plugins(manifest: Manifest, without: Collection[str]) -> list[tuple[Plugin, str]]:
    """The plugins whose tables must be made, in their order, each with its revision; also those switched off."""
    revisions = {name: revision for name, revision in manifest.revisions.items() if name not in without}
    mounted = {plugin.name: plugin for plugin in registry().plugins}
    extra = []
    for name in revisions:
        if name not in mounted:
            try:
                extra += discover([name])
            except ContractError as error:
                raise BackupError(
                    f"The archive has tables of the plugin {name!r}, which is not installed here; install it, or "
                    f"leave its tables out with --without {name}."
                ) from error
    found = [plugin for plugin in Registry([*mounted.values(), *extra]).plugins if plugin.name in revisions]
    for plugin in found:
        if not migrate.knows(plugin, revisions[plugin.name]):
            raise BackupError(
                f"The tables of {plugin.name!r} in this archive are at {revisions[plugin.name]}, which is not known "
                f"here: it comes from a newer version. Take version {manifest.version} of Leerplein, or a newer one."
            )
    return [(plugin, revisions[plugin.name]) for plugin in found]


@contextmanager
def _place() -> Iterator[Connection]:
    with db.engine.connect() as connection, migrate.without_keys(connection), connection.begin():
        yield connection


def _refuse_occupied(connection: Connection) -> None:
    if not inspect(connection).has_table("core_person"):
        return
    if connection.dialect.name == "postgresql":  # SQLite is locked as a whole already
        connection.execute(text("LOCK TABLE core_person IN ACCESS EXCLUSIVE MODE"))
    people = connection.scalar(text("SELECT count(*) FROM core_person"))
    if people:
        raise BackupError(
            f"There are {people} people in this site. A backup goes into an empty place only: "
            "choose another LMS_INSTANCE or LMS_DATABASE_URL."
        )


def _load(connection: Connection, reader: archive.Reader, parts: list[TablePart], tell: archive.Tell) -> int:
    made = _matching(tables.reflect(connection, migrate.revisions(connection)), parts)
    by_name = {part.name: part for part in parts}
    loader = tables.Loader(connection)
    with _late(connection, tables.late_keys(made)):
        for table in reversed(made):
            connection.execute(table.delete())  # what the migrations themselves put there is in the archive too
        for done, table in enumerate(made):
            tell("tables", done, len(made))
            part = by_name[table.name]
            with closing(reader.lines(part)) as lines:
                loader.load(table, lines)
            count = connection.scalar(select(func.count()).select_from(table))
            if count != part.rows:
                raise BackupError(f"Table {table.name!r} should have {part.rows} rows and got {count}.")
        _refuse_broken(connection)
    if connection.dialect.name == "postgresql":
        tables.reset_counters(connection, made)
        connection.execute(text("ANALYZE"))  # else it plans each question as for empty tables, until its own round
    return loader.replaced


def _matching(made: list[Table], parts: list[TablePart]) -> list[Table]:
    """The tables that the archive has rows for, in their order. Raises BackupError where the two do not fit."""
    columns = {table.name: {column.name for column in tables.stored(table)} for table in made}
    for part in parts:
        if part.name not in columns:
            raise BackupError(
                f"This version makes no table {part.name!r}, which the archive has; leave it out with "
                f"--without {part.name}."
            )
        if columns[part.name] != set(part.columns):
            differing = ", ".join(sorted(columns[part.name] ^ set(part.columns)))
            raise BackupError(f"Table {part.name!r} of the archive has other columns than here: {differing}.")
    names = {part.name for part in parts}
    return [table for table in made if table.name in names]


@contextmanager
def _late(connection: Connection, keys: list[ForeignKeyConstraint]) -> Iterator[None]:
    """Let PostgreSQL check these references when all rows are in; afterwards they are as they were."""
    if connection.dialect.name != "postgresql" or not keys:
        yield
        return
    quote = connection.dialect.identifier_preparer

    def alter(how: str) -> None:
        for key in keys:
            if not key.deferrable:
                name = quote.quote(str(key.name))
                connection.execute(text(f"ALTER TABLE {quote.format_table(key.table)} ALTER CONSTRAINT {name} {how}"))

    alter("DEFERRABLE")
    connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    yield
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    alter("NOT DEFERRABLE")


def _refuse_broken(connection: Connection) -> None:
    broken = migrate.broken_keys(connection)
    if broken:
        raise BackupError(
            f"{len(broken)} rows would refer to rows that are not there, the first in table {broken[0][0]!r}."
        )


def _put_files(reader: archive.Reader, undo: ExitStack, tell: archive.Tell) -> None:
    present = set(store.keys())
    files = reader.manifest.files
    for done, part in enumerate(files):
        tell("files", done, len(files))
        with closing(reader.pieces(part)) as pieces:
            store.put_back(part.key, pieces)
        if part.key not in present:  # else a restore was killed here before, and left it
            undo.callback(store.delete, part.key)


def _put_secret(secret: str | None, undo: ExitStack) -> bool:
    """Let the site use the archive's secret; False when there is none, or when the environment sets another."""
    if secret is None or os.environ.get("LMS_SECRET_KEY"):
        return secret == current_app.config["SECRET_KEY"]
    target = Path(current_app.config["INSTANCE"]) / "secret"
    if target.exists():
        undo.callback(_write_secret, target, target.read_text())
    else:
        undo.callback(target.unlink, missing_ok=True)
    _write_secret(target, secret)
    return True


def _write_secret(target: Path, secret: str) -> None:
    fresh = target.with_suffix(".part")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(secret)
    fresh.replace(target)
