import pytest
from sqlalchemy import delete, insert, select

from lms.api import Term, db, terms
from plugins.kennisbank.models import Entry, EntryTerm
from plugins.kennisbank.search import index


@pytest.fixture
def member(make, sign_in):
    """A browser of somebody who only has an account."""
    return sign_in(make.person())


@pytest.fixture
def shelve(app):
    """``shelve(500)`` puts that many made entries in the place of the actions; returns nothing."""

    def shelve(number):
        db.session.execute(delete(Entry))
        db.session.execute(
            insert(Entry),
            [
                {
                    "slug": f"proef-{n}",
                    "title": f"Actie {n:04d}",
                    "library": "Bibliotheek Waterdorp",
                    "period": "2025",
                    "done": "Er is iets gedaan.",
                    "origin": "proef",
                }
                for n in range(number)
            ],
        )
        ids = db.session.scalars(select(Entry.id).order_by(Entry.id)).all()
        links = []
        for vocabulary in ("doelgroepen", "kanalen", "resultaatsoort"):
            words: list[Term] = terms(vocabulary)
            links += [
                {"entry_id": id, "term_id": words[n % 4].id, "vocabulary": vocabulary} for n, id in enumerate(ids)
            ]
        db.session.execute(insert(EntryTerm), links)
        index.reindex()
        db.session.commit()

    return shelve
