"""One Alembic history and one version table for each plugin, so that any of them can be switched off.

Run from Python, in registry order, each plugin in one transaction: a failed migration leaves the old state.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import autogenerate
from alembic.config import Config
from alembic.operations import ops
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, inspect, select
from sqlalchemy import table as sql_table

from .db import Base, db
from .plugins import Plugin
from .registry import registry, tables_of

VERSION_TABLE = "_schema_version"
_TEMPLATE = Path(__file__).parent / "migrations"


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
    """Bring every plugin's tables up to date; returns the names of those that changed."""
    changed = pending()
    for plugin in _with_tables():
        if plugin.name in changed:
            script = _script(plugin)
            _run(plugin, lambda revision, _context, script=script: script._upgrade_revs("head", revision))
    return changed


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
    return plugin.migrations is not None and any(
        known.revision == revision for known in _script(plugin).walk_revisions()
    )


def upgrade_within(connection: Connection, plugin: Plugin, revision: str = "head") -> None:
    """Bring one plugin's tables to a revision in the caller's transaction (see :func:`without_keys`)."""
    script = _script(plugin)
    _run_within(connection, plugin, lambda current, _context: script._upgrade_revs(revision, current))


def new_revision(plugin: Plugin, message: str) -> Path | None:
    """Write a migration that brings the tables of one plugin to its models; None if they are equal."""
    if plugin.migrations is None:
        raise ValueError(f"Plugin {plugin.name!r} names no folder for migrations.")
    plugin.migrations.mkdir(parents=True, exist_ok=True)
    script = _script(plugin)
    upgrade_ops = differences(plugin)
    if upgrade_ops.is_empty():
        return None
    number = len(list(script.walk_revisions())) + 1
    context = {"upgrades": "", "downgrades": "", "imports": ""}
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


def _script(plugin: Plugin) -> ScriptDirectory:
    return ScriptDirectory(str(_TEMPLATE), version_locations=[str(plugin.migrations)])


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


def _run(plugin: Plugin, revisions: Callable[..., Any]) -> None:
    with db.engine.connect() as connection, without_keys(connection), connection.begin():
        _run_within(connection, plugin, revisions)
        broken = broken_keys(connection)
        if broken:
            raise RuntimeError(f"Migration of {plugin.name!r} would break references: {broken[:5]}")


def _run_within(connection: Connection, plugin: Plugin, revisions: Callable[..., Any]) -> None:
    with EnvironmentContext(Config(), _script(plugin), fn=revisions) as environment:
        environment.configure(connection=connection, version_table=version_table(plugin), transactional_ddl=True)
        environment.run_migrations()


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
