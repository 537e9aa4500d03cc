"""One Alembic history and one version table for each plugin, so that any of them can be switched off.

Run from Python, in registry order and all in one transaction: a failed migration leaves the old state of everything.
A migration of a plugin says in ``needs_core`` which revision of the core it was written for; an older core is refused.
"""

import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import autogenerate
from alembic.config import Config
from alembic.operations import ops
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from flask import g
from sqlalchemy import Connection, column, inspect, select, text
from sqlalchemy import table as sql_table
from sqlalchemy.exc import DBAPIError

from .db import Base, db
from .errors import ConfigError, LmsError
from .plugins import Plugin
from .registry import registry, tables_of
from .trouble import first_line

VERSION_TABLE = "_schema_version"
_TEMPLATE = Path(__file__).parent / "migrations"
log = logging.getLogger(__name__)


class MigrationError(LmsError):
    """A migration went wrong; whoever began the transaction undoes it. The log has the traceback for its maker."""


def version_table(plugin: Plugin) -> str:
    """The table that remembers how far this plugin's history has run."""
    return f"{plugin.name}{VERSION_TABLE}"


def is_new() -> bool:
    """Has nobody initialised this database yet?"""
    return not inspect(db.engine).has_table("core_person")


def pending() -> list[str]:
    """The names of the plugins whose tables are behind their history."""
    with db.engine.connect() as connection:
        return [p.name for p in _with_tables() if _current(connection, p) != _script(p).get_current_head()]


def upgrade() -> list[str]:
    """Bring every plugin's tables up to date; returns the names of those that changed.

    Raises ConfigError when this version cannot do it, and MigrationError when it goes wrong on the way. Whatever is
    raised, no table has changed.
    """
    with alone():
        check()
        changed = pending()
        if changed:
            with db.engine.connect() as connection, without_keys(connection), connection.begin():
                for plugin in _with_tables():
                    if plugin.name in changed:
                        upgrade_within(connection, plugin)
                broken = broken_keys(connection)
                if broken:
                    raise MigrationError(
                        f"The migrations of {', '.join(changed)} would leave {len(broken)} references that lead "
                        f"nowhere, the first in table {broken[0][0]!r}; nothing has changed."
                    )
    return changed


def _unseen(connection: Connection) -> dict[str, tuple[int, set[str]]]:
    """What Alembic does not see when it rebuilds a table of SQLite, and so leaves out unless it is told.

    For each table where it begins in the file, which changes when it is rebuilt, and what it has of that kind.
    """
    if connection.dialect.name != "sqlite":
        return {}
    found: dict[str, tuple[int, set[str]]] = {}
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master ORDER BY type")
    for kind, name, table, page, sql in rows:
        if kind == "table":
            found[name] = page, {"AUTOINCREMENT"} if "AUTOINCREMENT" in sql.upper() else set()
        elif kind == "trigger":
            found[table][1].add(f"the trigger {name}")
    return found


def _lost(before: dict[str, tuple[int, set[str]]], after: dict[str, tuple[int, set[str]]]) -> list[str]:
    return [
        f"{thing} of {table}"
        for table in sorted(before.keys() & after.keys())
        if before[table][0] != after[table][0]
        for thing in sorted(before[table][1] - after[table][1])
    ]


def check() -> None:
    """Raise ConfigError with a sentence if this version cannot bring the tables up to date."""
    core = {step.revision for step in history(_core())}
    with db.engine.connect() as connection:
        for plugin in _with_tables():
            current = _current(connection, plugin)
            if current is not None and not knows(plugin, current):
                raise ConfigError(
                    f"The tables of {plugin.name!r} are at {current}, which this version does not know: a newer "
                    "version made them. Take that version, or restore a backup from before."
                )
            for step in _script(plugin).iterate_revisions("head", current or "base"):
                needed = getattr(step.module, "needs_core", None)
                if needed is not None and needed not in core:
                    raise ConfigError(
                        f"Migration {step.revision!r} needs {needed!r} of the core, which this version does not have; "
                        f"take a newer version of Leerplein, or an older one of the plugin {plugin.name!r}."
                    )


@contextmanager
def alone(tell: Callable[[str], object] = lambda _sentence: None) -> Iterator[None]:
    """Let one process at a time bring this site up to date; another waits here until that is done.

    ``tell`` hears that we wait. Inside another :func:`alone` it does nothing.
    """
    if g.get("lms_alone"):
        yield
        return
    with (_alone_on_sqlite if db.engine.dialect.name == "sqlite" else _alone_on_postgres)(tell):
        g.lms_alone = True
        try:
            yield
        finally:
            g.lms_alone = False


_WAITING = "Another process is bringing this site up to date; waiting for it …"
_UPGRADING = 20_261_121  # the number of our lock among those of a PostgreSQL database: any, and always the same


@contextmanager
def _alone_on_sqlite(tell: Callable[[str], object]) -> Iterator[None]:
    # On the folder and not on a file beside the database, which would stay behind.
    place = Path(str(db.engine.url.database)).parent
    try:
        folder = os.open(place, os.O_RDONLY)
    except FileNotFoundError as error:
        raise ConfigError(f"The folder {place} for the database is not there.") from error
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(_WAITING)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def _alone_on_postgres(tell: Callable[[str], object]) -> Iterator[None]:
    # A lock of a transaction and not of a session, which a pooler in between may keep open, with the lock, for ever.
    with db.engine.connect() as connection:
        for patience in ("lock_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {patience} = 0"))
        if not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": _UPGRADING}):
            tell(_WAITING)
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _UPGRADING})
        _refuse_unfit(connection)
        try:
            yield
        finally:
            with suppress(DBAPIError):  # a lock that was lost meanwhile says nothing of what was done
                connection.rollback()


def _refuse_unfit(connection: Connection) -> None:
    """A database that cannot hold our texts, or does not know that É is a capital: then names would be told apart."""
    encoding, small = connection.execute(text("SELECT current_setting('server_encoding'), lower('É')")).one()
    if encoding != "UTF8" or small != "é":
        raise ConfigError(
            f"The database {connection.engine.url.database!r} does not fit: it has the encoding {encoding}, and for it "
            f"the small letter of É is {small}. Make it anew: "
            "createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0 NAME"
        )


def revisions(connection: Connection) -> dict[str, str]:
    """How far each plugin's tables are, also of plugins that are switched off: names to revisions."""
    found = {}
    for table in sorted(inspect(connection).get_table_names()):
        if table.endswith(VERSION_TABLE):
            revision = connection.scalar(select(column("version_num")).select_from(sql_table(table)))
            if revision:
                found[table.removesuffix(VERSION_TABLE)] = revision
    return found


def knows(plugin: Plugin, revision: str) -> bool:
    """Is this revision in the plugin's history?"""
    return any(known.revision == revision for known in history(plugin))


def history(plugin: Plugin) -> list[Script]:
    """The plugin's migrations, newest first."""
    return [] if plugin.migrations is None else list(_script(plugin).walk_revisions())


def upgrade_within(connection: Connection, plugin: Plugin, revision: str = "head") -> None:
    """Bring one plugin's tables to a revision in the caller's transaction (see :func:`without_keys`).

    Raises MigrationError for one that goes wrong.
    """
    script = _script(plugin)
    unseen = _unseen(connection)
    running = revision

    def steps(current: Any, _context: Any) -> Any:
        nonlocal running
        for step in script._upgrade_revs(revision, current):
            running = step.revision.revision
            yield step

    def compare(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
        # After each one: what a step of this same run made, a later one can lose too.
        nonlocal unseen
        before, unseen = unseen, _unseen(connection)
        lost = _lost(before, unseen)
        if lost:
            raise MigrationError(
                f"Migration {running!r} would lose {', '.join(lost)}; say it in batch_alter_table. Nothing has changed."
            )

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(
            connection=connection,
            version_table=version_table(plugin),
            target_metadata=Base.metadata,  # for the names of constraints
            transactional_ddl=True,
            on_version_apply=compare,
        )
        try:
            environment.run_migrations()
        except MigrationError:
            raise
        except Exception as error:  # a migration is its maker's own code, and may raise anything
            log.exception("migration %s failed", running)
            raise MigrationError(
                f"Migration {running!r} of {plugin.name!r} failed: {_cause(error)}. Nothing has changed."
            ) from error


def new_revision(plugin: Plugin, message: str) -> Path | None:
    """Write a migration that brings the tables of one plugin to its models; None if they are equal."""
    if plugin.migrations is None:
        raise ValueError(f"Plugin {plugin.name!r} names no folder for migrations.")
    plugin.migrations.mkdir(parents=True, exist_ok=True)
    script = _script(plugin)
    upgrade_ops = differences(plugin)
    if upgrade_ops.is_empty():
        return None
    number = len(history(plugin)) + 1
    context: dict[str, Any] = {"upgrades": "", "downgrades": "", "imports": ""}
    with db.engine.connect() as connection:
        migration = ops.MigrationScript("", upgrade_ops, upgrade_ops.reverse())
        autogenerate.render._render_python_into_templatevars(
            autogenerate.api.AutogenContext(
                _context(connection, plugin),
                opts={
                    "sqlalchemy_module_prefix": "sa.",
                    "alembic_module_prefix": "op.",
                    "render_item": _render_item,
                    "user_module_prefix": None,
                    "render_as_batch": True,
                    "target_metadata": Base.metadata,
                },
            ),
            migration,
            context,
        )
    made = script.generate_revision(
        f"{plugin.name}_{number:04d}",
        message,
        head="head",
        needs_core=None if plugin.name == "core" else _script(_core()).get_current_head(),
        **{k: v for k, v in context.items() if k != "config"},
    )
    return Path(made.path) if made else None


def differences(plugin: Plugin) -> ops.UpgradeOps:
    """What must change in the database before the plugin's tables equal its models."""
    with db.engine.connect() as connection:
        produced = autogenerate.produce_migrations(_context(connection, plugin), Base.metadata)
    assert produced.upgrade_ops is not None
    return produced.upgrade_ops


def _with_tables() -> list[Plugin]:
    return [plugin for plugin in registry().plugins if plugin.migrations is not None]


def _core() -> Plugin:
    return next(plugin for plugin in registry().plugins if plugin.name == "core")


def _script(plugin: Plugin) -> ScriptDirectory:
    script = ScriptDirectory(str(_TEMPLATE), version_locations=[str(plugin.migrations)])
    try:
        script.get_heads()  # reads them all
    except Exception as error:
        raise ConfigError(f"The migrations of {plugin.name!r} cannot be read: {_cause(error)}.") from error
    return script


def _cause(error: Exception) -> str:
    return f"{type(getattr(error, 'orig', error)).__name__}: {first_line(error)}"


def _current(connection: Connection, plugin: Plugin) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": version_table(plugin)}).get_current_revision()


def _context(connection: Connection, plugin: Plugin) -> MigrationContext:
    own = set(tables_of(plugin))
    own |= {t.name for t in Base.metadata.tables.values() if t.name.startswith(f"{plugin.name}_")}

    def include(item: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
        return kind != "table" or (name in own and name != version_table(plugin))

    return MigrationContext.configure(
        connection,
        opts={
            "version_table": version_table(plugin),
            "include_object": include,
            "target_metadata": Base.metadata,
            "compare_type": True,
            "render_item": _render_item,
        },
    )


def _render_item(kind: str, item: Any, _context: Any) -> str | bool:
    # Migrations must not follow the models: our own type is written as the plain one below it.
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime()"
    return False


@contextmanager
def without_keys(connection: Connection) -> Iterator[None]:
    """Switch SQLite's foreign keys off for the transactions inside, which end with :func:`broken_keys`.

    SQLite ignores the switch inside a transaction; with keys on, rebuilding a table would empty its children.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def broken_keys(connection: Connection) -> list[Any]:
    """References that lead nowhere, as SQLite reports them; elsewhere the database itself refuses them."""
    if connection.dialect.name != "sqlite":
        return []
    return list(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())
