"""What a trainer sees of the feedback in a round besides its words.

No number is made of agreement: with two readers there is nothing to compare.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from ..db import db
from .models import GIVEN, TIP, Remark, Review


@dataclass(frozen=True)
class Measure:
    """Of one participant: the words they gave, how many remarks point at a place, how often an author could do
    something with their feedback; and of the tips that they got how many they answered."""

    words: int
    pointed: int
    useful: int
    tips: int
    answered: int


def of_reviews(reviews: Iterable[Review]) -> Mapping[int, Measure]:
    """Enrolment to measure, of these reviews as far as they were given. One query."""
    given = {review.id: review for review in reviews if review.state == GIVEN}
    columns = (Remark.review_id, Remark.kind, Remark.text, Remark.passage, Remark.row, Remark.criterion, Remark.answer)
    counts: Counter[tuple[int | None, str]] = Counter()
    for row in db.session.execute(select(*columns).where(Remark.review_id.in_(given))):
        giver, author = given[row.review_id].reviewer_id, given[row.review_id].author_id
        counts[giver, "words"] += len(row.text.split())
        counts[giver, "pointed"] += bool(row.passage or row.row or row.criterion)
        counts[author, "tips"] += row.kind == TIP
        counts[author, "answered"] += row.kind == TIP and bool(row.answer)
    for review in given.values():
        counts[review.reviewer_id, "useful"] += review.useful_at is not None
    names = ("words", "pointed", "useful", "tips", "answered")
    people = {one for review in given.values() for one in (review.reviewer_id, review.author_id) if one is not None}
    return {one: Measure(*(counts[one, name] for name in names)) for one in people}
