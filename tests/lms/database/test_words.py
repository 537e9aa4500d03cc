"""Words are compared in one way, whichever database holds them."""

import pytest
from sqlalchemy import func, select

from lms.db import db
from lms.libraries.models import Library
from lms.libraries.services import find_or_make


@pytest.fixture
def names(app):
    db.session.add_all(Library(name=name) for name in ("Bibliotheek Één", "bibliotheek één boek", "100% Leesplezier"))
    db.session.flush()

    def found(condition):
        return sorted(db.session.scalars(select(Library.name).where(condition)))

    return found


def test_capitals_with_an_accent_are_capitals(names):
    assert names(func.lower(Library.name) == "bibliotheek één") == ["Bibliotheek Één"]
    assert names(func.upper(Library.name) == "BIBLIOTHEEK ÉÉN") == ["Bibliotheek Één"]
    assert names(func.lower(Library.name).contains("één")) == ["Bibliotheek Één", "bibliotheek één boek"]
    assert names(Library.name.ilike("%ÉÉN%")) == ["Bibliotheek Één", "bibliotheek één boek"]


def test_like_tells_capitals_from_small_letters(names):
    assert names(Library.name.startswith("Bib")) == ["Bibliotheek Één"]
    assert names(Library.name.contains("bib")) == ["bibliotheek één boek"]


def test_signs_with_a_meaning_are_taken_as_they_are(names):
    assert names(Library.name.contains("100%", autoescape=True)) == ["100% Leesplezier"]
    assert names(Library.name.contains("Een_", autoescape=True)) == []


def test_nothing_has_no_small_letters(app):
    assert db.session.scalar(select(func.lower(None))) is None
    assert db.session.scalar(select(func.upper(""))) == ""


def test_a_library_is_found_by_any_spelling_of_its_capitals(app):
    assert find_or_make("BIBLIOTHEEK ÉÉN") is find_or_make("Bibliotheek Één")
