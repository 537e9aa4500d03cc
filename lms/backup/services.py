"""Making a backup while the site is in use.

First the rows, in one reading transaction that holds nobody up; then the files. A file is stored before the row that
names it is committed and never changes, so every file that the rows name is still there, unless somebody removed it
in between.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

from flask import current_app, g
from sqlalchemy import Connection, column, select, table
from sqlalchemy.exc import SQLAlchemyError

from .. import clock, migrate
from ..db import db, read_first
from ..files import store
from ..trouble import first_line
from . import archive, tables
from .manifest import BackupError, Manifest, is_key

FOLDER = "backups"
BEFORE = "before-"
KEPT = 5
"""How many of the backups that are made before an upgrade are kept."""


@dataclass(frozen=True)
class Made:
    """A backup that was made, and sentences about what is not right in the file store."""

    path: Path
    manifest: Manifest
    size: int
    problems: tuple[str, ...] = ()


def back_up(path: Path, *, force: bool = False, with_secret: bool = False, tell: archive.Tell) -> Made:
    """Write everything of this site to an archive at ``path``: all rows, all files, and the secret if asked for.

    Raises BackupError with a sentence; then there is no new file at ``path`` and an old one is untouched.
    """
    made_at = clock.now().astimezone(UTC).replace(microsecond=0)
    try:
        with archive.create(path, force=force) as writer:
            with _snapshot() as connection:
                revisions = migrate.revisions(connection)
                if "core" not in revisions:
                    raise BackupError("This site has no tables yet, so there is nothing to back up.")
                named = _add_tables(writer, connection, revisions, tell)
            problems, missing = _add_files(writer, named, tell)
            if with_secret:
                writer.add_secret(current_app.config["SECRET_KEY"])
            manifest = Manifest(
                version=version("leerplein"),
                made_at=made_at.isoformat().replace("+00:00", "Z"),
                database=db.engine.dialect.name,
                revisions=revisions,
                tables=tuple(writer.tables),
                files=tuple(writer.files),
                missing=missing,
                secret=with_secret,
            )
            writer.finish(manifest)
    except SQLAlchemyError as error:
        raise BackupError(f"The database cannot be read: {first_line(error)}.") from error
    except store.StoreError as error:
        raise BackupError(f"The files cannot be read: {first_line(error)}.") from error
    return Made(path, manifest, path.stat().st_size, problems)


def before_upgrade(tell: archive.Tell) -> Made | None:
    """Back up into the instance if an upgrade is going to change tables, and keep the last five of these.

    Raises BackupError when that fails; then one should not upgrade.
    """
    if migrate.is_new() or not migrate.pending():
        return None
    folder = Path(current_app.config["INSTANCE"]) / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        made = back_up(folder / f"{BEFORE}{clock.now().astimezone(UTC):%Y%m%d-%H%M%S}.zip", force=True, tell=tell)
    except (BackupError, OSError) as error:
        raise BackupError(f"Nothing was upgraded, for want of a backup. {error} (--no-backup goes without.)") from error
    for old in sorted(folder.glob(f"{BEFORE}*.zip"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return made


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """The database as it is at this moment, however long one reads; others go on writing meanwhile."""
    read_first()
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection
    finally:
        g.pop("read_first", None)


def _add_tables(
    writer: archive.Writer, connection: Connection, revisions: dict[str, str], tell: archive.Tell
) -> dict[str, str]:
    """Add all rows; returns the keys of the files that they name, each with its sha256."""
    found = tables.reflect(connection, revisions)
    for done, one in enumerate(found):
        tell("tables", done, len(found))
        columns = tuple(c.name for c in tables.stored(one))
        writer.add_table(one.name, columns, tables.read(connection, one))
    return _named_files(connection)


def _add_files(
    writer: archive.Writer, named: dict[str, str], tell: archive.Tell
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Add all files; returns sentences about what is not right, and the keys of what is missing."""
    present = sorted(store.keys())
    problems = [
        f"{key!r} in the file store is none of Leerplein's and stays out." for key in present if not is_key(key)
    ]
    absent = set(named) - set(present)
    keys = [key for key in present if is_key(key)]
    for done, key in enumerate(keys):
        tell("files", done, len(keys))
        try:
            pieces = store.read(key)
        except FileNotFoundError:  # removed since a moment ago
            absent.add(key)
            continue
        part = writer.add_file(key, pieces)
        if named.get(key, part.sha256) != part.sha256:
            problems.append(f"File {key} is not what it was when it was handed in: its bytes have changed.")
    missing = tuple(sorted(absent & set(named)))
    return (*problems, *_about(missing)), missing


def _about(missing: tuple[str, ...]) -> Iterator[str]:
    if not missing:
        return
    with _snapshot() as connection:
        now_named = _named_files(connection)
    for key in missing:
        if key in now_named:
            yield f"File {key} is missing: a row names it, and it is not in the file store."
        else:
            yield f"File {key} was removed while the backup was made; its row is in the backup, its bytes are not."


def _named_files(connection: Connection) -> dict[str, str]:
    files = table("core_file", column("key"), column("sha256"))
    return {row.key: row.sha256 for row in connection.execute(select(files.c.key, files.c.sha256))}
