"""Accounts."""

from sqlalchemy import select

from ..db import db
from ..libraries.models import Library
from .models import Person


def people_of_library(library: Library) -> list[Person]:
    """Everybody with an open account who belongs to this library, by name."""
    return list(
        db.session.scalars(select(Person).where(Person.library_id == library.id, Person.active).order_by(Person.name))
    )
