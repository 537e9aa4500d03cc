"""What the search of the whole site gets from the kennisbank."""

from flask import url_for

from lms.api import Person, SearchHit

from ..facets import Selection, Words
from .finding import Search


def find(typed: str, person: Person, most: int) -> list[SearchHit]:
    """The best hits for these words that the person may read."""
    words = Words()
    selection = Selection.read(typed, lambda _key: (), words)
    return [
        SearchHit(
            hit.entry.title,
            url_for("kennisbank.entry", slug=hit.entry.slug, q=typed),
            hit.entry.result or hit.entry.done,
            hit.entry.library,
        )
        for hit in Search(selection, words, person).page(0, most).hits
    ]
