"""Constraints and indexes have names that are the same everywhere, so that a later migration can find them."""

import pytest
from sqlalchemy import Connection, Inspector, inspect

from lms.db import Base, db

LONGEST = 63  # what PostgreSQL keeps of a name


def names(look: Inspector, table: str) -> dict[str, str | None]:
    """The names of all constraints and indexes of a table, with what each must begin with."""
    indexes = {i["name"] for i in look.get_indexes(table)} - {u["name"] for u in look.get_unique_constraints(table)}
    found: dict[str | None, str] = dict.fromkeys(indexes, f"ix_{table}")
    found |= {u["name"]: f"uq_{table}" for u in look.get_unique_constraints(table)}
    found |= {f["name"]: f"fk_{table}" for f in look.get_foreign_keys(table)}
    found |= {c["name"]: f"ck_{table}" for c in look.get_check_constraints(table)}
    found[look.get_pk_constraint(table)["name"]] = f"pk_{table}"
    if look.dialect.name == "sqlite":
        found.pop(None, None)  # a key that counts by itself cannot have a name there
    return found


@pytest.fixture
def connection(app) -> Connection:
    with db.engine.connect() as connection:
        yield connection


def test_every_name_follows_the_convention(connection):
    look = inspect(connection)
    tables = [table for table in look.get_table_names() if not table.endswith("_schema_version")]
    assert len(tables) > 30
    for table in tables:
        for name, start in names(look, table).items():
            assert name is not None, f"{table} has a constraint without a name ({start}…)"
            assert name.startswith(start), (table, name)


def test_no_name_is_cut_off(app):
    for table in Base.metadata.tables.values():
        named = [table, *table.constraints, *table.indexes, *table.columns]
        for thing in named:
            assert thing.name is None or len(str(thing.name)) <= LONGEST, thing.name
