"""Getting feedback: it is there as soon as it is given, and every tip is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from .. import clock
from ..accounts.models import Person
from ..assignments.models import Version
from ..db import db
from ..errors import Invalid, NotFound
from ..runs.models import Enrolment
from ..runs.visits import Visit
from . import leases, rounds, terms
from .models import DO, GIVEN, NOT, PARTLY, SELF, TIP, Remark, Review, Round

ANSWERS = (DO, PARTLY, NOT)
WORDS_LIMIT = 2000


@dataclass(frozen=True)
class Got:
    """What a participant got in a round. While ``own_waits`` they first look at their own work. A page of a round with
    hidden givers never prints ``reviewer``."""

    reviews: Sequence[Review]
    own: Review | None
    own_waits: bool


def of_participant(visit: Visit, this: Round) -> Got:
    """The feedback on one's work. Two queries."""
    return sort_out(visit, reviews_about(visit, this))


def reviews_about(visit: Visit, this: Round) -> Sequence[Review]:
    """All reviews that a participant gives or gets, with their remarks and the two people. Two queries."""
    mine = visit.participant(reading=True).id
    return db.session.scalars(
        select(Review)
        .where(Review.round_id == this.id, or_(Review.reviewer_id == mine, Review.author_id == mine))
        .options(
            selectinload(Review.remarks),
            joinedload(Review.version).defer(Version.text).defer(Version.html),
            joinedload(Review.reviewer).joinedload(Enrolment.person).joinedload(Person.library),
            joinedload(Review.author).joinedload(Enrolment.person).joinedload(Person.library),
        )
        .order_by(Review.taken_at, Review.id)
    ).all()


def sort_out(visit: Visit, reviews: Sequence[Review]) -> Got:
    """What of these reviews is for the participant to read; hidden ones are left out."""
    mine, asked = visit.participant(reading=True).id, terms.of(visit.activity)
    own = next((one for one in reviews if one.origin == SELF and one.reviewer_id == mine), None)
    # In an archived run nobody can look at their own work any more: what others said stays to be read.
    waits = asked.own_first and not visit.run.archived_at
    if waits and (own is None or own.state != GIVEN):
        return Got((), own, own_waits=True)
    given = [
        one
        for one in reviews
        if one.author_id == mine and one.state == GIVEN and one.origin != SELF and one.hidden_at is None
    ]
    # Where givers are hidden, neither the moment nor the order of asking tells who was first.
    given.sort(key=attrgetter("token") if asked.hidden else _by_moment)
    return Got(given, own, own_waits=False)


def _by_moment(review: Review) -> tuple[Any, int]:
    return review.given_at, review.id


def answer(visit: Visit, token: str, choice: str, words: str) -> Remark:
    """Say what one does with a tip: do, partly or not, and why. An answer can be changed.

    Raises Invalid for no choice, for a «niet» or «deels» without a reason, and for too many words.
    """
    remark = _load_remark(visit, token)
    if choice not in ANSWERS:
        raise Invalid(_("Kies wat u met deze tip doet: doen, deels of niet."), f"answer{token}")
    if choice != DO and not words.strip():
        raise Invalid(_("Schrijf waarom u deze tip deels of niet overneemt."), f"words{token}")
    if len(words) > WORDS_LIMIT:
        raise Invalid(_("Maak er hoogstens %(most)s tekens van.", most=WORDS_LIMIT), f"words{token}")
    remark.answer, remark.answer_words, remark.answered_at = choice, words.strip(), clock.now()
    db.session.flush()
    return remark


def tap(visit: Visit, token: str, *, on: bool) -> Review:
    """«Hier kan ik iets mee»: seen by the giver only."""
    review = load(visit, token)
    review.useful_at = (review.useful_at or clock.now()) if on else None
    return review


def flag(visit: Visit, token: str, words: str) -> Review:
    """Show the trainer a review that hurts. Raises Invalid without a word of why."""
    review = load(visit, token)
    if not words.strip():
        raise Invalid(_("Schrijf in een zin wat er mis is. Alleen uw trainer leest dit."), f"flag{token}")
    review.flagged_at, review.flag_words, review.settled_at = clock.now(), words.strip()[:WORDS_LIMIT], None
    return review


def load(visit: Visit, token: str) -> Review:
    """A review that this participant got and may see. Otherwise NotFound."""
    this = rounds.find(visit.run, visit.activity)
    got = of_participant(visit, this) if this else Got((), None, own_waits=True)
    for review in got.reviews:
        if review.token == token:
            return review
    raise NotFound(_("Deze feedback bestaat niet of is niet aan u."))


def load_either(visit: Visit, token: str) -> Review:
    """A review that this participant gave, or got and may see. Otherwise NotFound."""
    try:
        return leases.load_own(visit, token)
    except NotFound:
        return load(visit, token)


def _load_remark(visit: Visit, token: str) -> Remark:
    this = rounds.find(visit.run, visit.activity)
    got = of_participant(visit, this) if this else Got((), None, own_waits=True)
    for review in got.reviews:
        for remark in review.remarks:
            if remark.token == token and remark.kind == TIP:
                return remark
    raise NotFound(_("Deze tip bestaat niet of is niet aan u."))
