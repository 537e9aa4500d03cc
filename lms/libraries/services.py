"""Find and make libraries."""

from sqlalchemy import func, select

from ..db import db
from .models import Library


def find_library(name: str) -> Library | None:
    """The library with this name, whatever the capitals."""
    return db.session.scalar(select(Library).where(func.lower(Library.name) == name.strip().lower()))


def find_or_make(name: str, province: str = "") -> Library:
    """The library with this name; made when it is new."""
    library = find_library(name)
    if library is None:
        library = Library(name=" ".join(name.split()), province=province)
        db.session.add(library)
        db.session.flush()
    return library


def all_libraries() -> list[Library]:
    """Every library by name."""
    return list(db.session.scalars(select(Library).order_by(Library.name)))
