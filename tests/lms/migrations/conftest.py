"""A site whose histories a test may write itself: a copy of the core's, and one of a small plugin ``toy``."""

import dataclasses
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import MetaData, inspect, select

from lms import migrate
from lms.api import Plugin
from lms.core import core
from lms.db import db
from lms.registry import Registry

# The row goes with its person: if the rebuilding of a core table took it along, nobody would be told.
FIRST = """
op.create_table(
    "toy_note",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("person_id", sa.Integer(), nullable=False),
    sa.Column("text", sa.String(80), nullable=False),
    sa.ForeignKeyConstraint(["person_id"], ["core_person.id"], "fk_toy_note_person_id", ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name="pk_toy_note"),
)
"""


@dataclass
class Site:
    """An app with its own copies of the histories."""

    app: Flask
    folders: dict[str, Path]

    @property
    def next(self) -> int:
        """The number of the core's next migration, after those that it has."""
        return len(list(core.migrations.glob("core_*.py"))) + 1

    def write(self, name: str, number: int, body: str, needs_core: str = "") -> None:
        """Write (or write over) a migration of a plugin."""
        down = f"{name}_{number - 1:04d}" if number > 1 else None
        lines = [
            "import sqlalchemy as sa",
            "from alembic import op",
            f"revision = '{name}_{number:04d}'",
            f"down_revision = {down!r}",
            *([f"needs_core = {needs_core!r}"] if needs_core else []),
            "def upgrade():",
            *(f"    {line}" for line in body.strip().splitlines()),
        ]
        path = self.folders[name] / f"{name}_{number:04d}_test.py"
        path.write_text("\n".join(lines))
        # Python would take an old compiled one for a file that was written again within the same second.
        shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)

    def rows(self) -> dict[str, list[dict]]:
        """All rows of all tables, by the names of their columns."""
        db.session.rollback()
        metadata = MetaData()
        with db.engine.connect() as connection:
            metadata.reflect(connection)
            return {
                table.name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=repr)
                for table in metadata.sorted_tables
            }

    def shape(self) -> list[object]:
        """Tables, columns, keys, constraints and indexes, as the database tells them."""
        look = inspect(db.engine)
        columns = {
            name: [(column["name"], str(column["type"]), column["nullable"]) for column in found]
            for name, found in look.get_multi_columns().items()
        }
        others = (
            *(look.get_multi_pk_constraint(), look.get_multi_foreign_keys()),
            *(look.get_multi_unique_constraints(), look.get_multi_indexes()),
        )
        # The condition of a partial index is an object, whose place in memory is not its shape.
        return [
            columns,
            *({name: re.sub(r" at 0x\w+", "", str(found)) for name, found in other.items()} for other in others),
        ]

    def state(self) -> tuple[object, object]:
        """All that a failed migration must leave as it was."""
        return self.shape(), self.rows()


@pytest.fixture
def make_site(make_app, tmp_path):
    """``make_site()`` is a migrated site with the plugin in it; settings go to the app."""

    def make_site(**settings):
        folders = {"core": tmp_path / "core", "toy": tmp_path / "toy"}
        shutil.copytree(core.migrations, folders["core"], ignore=shutil.ignore_patterns("__pycache__"))
        folders["toy"].mkdir()
        toy = Plugin(name="toy", package="tests.toy", title="Speelgoed", migrations=folders["toy"])
        app = make_app(plugins=[toy], **settings)
        app.extensions["lms"] = Registry([dataclasses.replace(core, migrations=folders["core"]), toy])
        made = Site(app, folders)
        made.write("toy", 1, FIRST, needs_core="core_0001")
        with app.app_context():
            assert "toy" in migrate.upgrade()
        return made

    return make_site


@pytest.fixture
def site(make_site):
    """The site, on the database that these tests run on, with its context open."""
    made = make_site()
    with made.app.app_context():
        yield made
