"""What hangs on a term: every foreign key to it, of whichever plugin, found in the tables themselves."""

from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, Table, and_, delete, exists, func, select, union_all, update
from sqlalchemy.schema import Index, PrimaryKeyConstraint, UniqueConstraint

from ..db import Base, db
from ..registry import registry, tables_of

OWN = {"core_term", "core_term_alias"}


def references() -> list[Column[int]]:
    """The columns of all plugins that refer to a term."""
    names = {name for plugin in registry().plugins for name in tables_of(plugin)} - OWN
    return [
        column
        for name in sorted(names)
        for column in Base.metadata.tables[name].columns
        if any(key.target_fullname == "core_term.id" for key in column.foreign_keys)
    ]


def uses(term_ids: list[int]) -> dict[int, int]:
    """How many rows hang on each of these terms. One query."""
    counted = [
        select(column.label("term_id"), func.count().label("rows")).where(column.in_(term_ids)).group_by(column)
        for column in references()
    ]
    if not counted or not term_ids:
        return {}
    found: dict[int, int] = {}
    for term_id, rows in db.session.execute(union_all(*counted)):
        found[term_id] = found.get(term_id, 0) + rows
    return found


def repoint(old_id: int, new_id: int) -> None:
    """Let all that hangs on the one term hang on the other. Two statements for each table."""
    for column in references():
        table = column.table
        assert isinstance(table, Table)
        doubles = [_is_there(table, column, columns, new_id) for columns in _unique(table, column)]
        fits = and_(column == old_id, *(~double for double in doubles))
        db.session.execute(update(table).where(fits).values({column: new_id}))
        if column.primary_key:
            # A row of a table that joins: what it joins is joined with the other term already.
            db.session.execute(delete(table).where(column == old_id))
    db.session.expire_all()


def _unique(table: Table, column: Column[int]) -> Iterator[list[Column[object]]]:
    """The other columns of everything that must be unique together with this one."""
    rules = [rule for rule in table.constraints if isinstance(rule, (PrimaryKeyConstraint, UniqueConstraint))]
    indexes = [index for index in table.indexes if isinstance(index, Index) and index.unique]
    for columns in [list(rule.columns) for rule in (*rules, *indexes)]:
        if column in columns:
            yield [other for other in columns if other is not column]


def _is_there(table: Table, column: Column[int], others: list[Column[object]], new_id: int) -> ColumnElement[bool]:
    twin = table.alias()
    same = [twin.c[other.name] == other for other in others]
    return exists().where(twin.c[column.name] == new_id, *same).correlate(table)
