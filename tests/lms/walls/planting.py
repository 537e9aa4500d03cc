"""Puts hostile text into every column that holds words of people, also those of a table that comes later."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import String, Text, select, update
from sqlalchemy.sql.schema import Column, Table

from lms.db import db
from lms.files import names
from lms.html import from_markdown

# Columns of words that the house itself chose: a state, a code, a key. The rest is somebody's own text.
CODES = {
    "action", "code", "country", "criterion", "email", "key", "kind", "level", "link", "media_type", "message_id",
    "origin", "overall", "password_hash", "province", "role", "sha256", "slug", "state", "status", "subject_kind", "to",
    "type", "value", "via", "video_url", "vocabulary",
}  # fmt: skip
HTML = {"html", "body_html"}
ROWS = 12  # of each table: the hundredth term of a list tells nothing new


def columns() -> Iterator[tuple[Table, Column[Any]]]:
    """The columns with text of people, also the HTML that was made of it."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String) and column.name not in CODES and not column.foreign_keys:
                yield table, column


def plant(choose: Callable[[int], str], render: Callable[[str], str] = from_markdown) -> int:
    """Put ``choose(n)`` in the n-th place; ``render`` makes the HTML. Returns the number of places."""
    place = 0
    for table, column in columns():
        keys = list(table.primary_key.columns)
        if column.primary_key:
            continue
        for row in db.session.execute(select(*keys).order_by(*keys).limit(ROWS)).all():
            text = choose(place).replace("\0", "")
            place += 1
            value = render(text) if column.name in HTML else text
            if table.name == "core_file":
                value = names.clean(text)  # the only way in which a name comes there
            if not isinstance(column.type, Text) and column.type.length:
                value = value[: column.type.length]
            if column.unique or any(column.name in c.columns for c in table.constraints if hasattr(c, "columns")):
                value = f"{place} {value}"[: getattr(column.type, "length", None)]
            same = [key == known for key, known in zip(keys, row, strict=True)]
            db.session.execute(update(table).where(*same).values({column: value}))
    db.session.commit()
    db.session.expire_all()
    return place
