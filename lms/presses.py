"""A button that is pressed twice, or a form that is sent again because no answer came: it counts once."""

from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from . import clock
from .db import db

PATIENCE = timedelta(minutes=10)
Row = TypeVar("Row")


def made_just_now(model: type[Row], **values: Any) -> Row | None:
    """The row with exactly these values that was made in the last ten minutes, by its column ``created_at``."""
    columns: Any = model
    found = select(model).where(columns.created_at > clock.now() - PATIENCE)
    for name, value in values.items():
        found = found.where(getattr(columns, name).is_not_distinct_from(value))
    return db.session.scalar(found.order_by(columns.id.desc()).limit(1))
