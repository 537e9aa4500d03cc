"""What a trainer sees and can do: who waits for whom, what will fall short, and every way to fill in."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from .. import clock
from ..accounts.models import Person
from ..db import db
from ..errors import Conflict, Invalid, NotFound
from ..progress import services as progress
from ..runs.models import PARTICIPANT, Enrolment
from ..runs.visits import Visit
from . import letters, rounds, shortfall, terms
from .models import FILLED, GIVEN, MOVED, OPEN, SELF, TRAINER, UNREADABLE, Apart, Exemption, Review, Round
from .plan import Pair


@dataclass(frozen=True)
class Row:
    """One participant in the round. ``short`` is how many reviews their work will lack if nothing is done."""

    enrolment: Enrolment
    handed_in: bool
    exempt: bool
    given: Sequence[Review]
    reading: Sequence[Review]
    got: Sequence[Review]
    waits_for: Sequence[Review]
    to_give: int
    to_get: int
    short: int


@dataclass(frozen=True)
class Overview:
    """A round for its trainer. ``flagged`` and ``unreadable`` want a look."""

    round: Round
    rows: Sequence[Row]
    reviews: Sequence[Review]
    barred: frozenset[Pair]

    @property
    def apart(self) -> list[Pair]:
        """The pairs of people who are kept apart, each once."""
        return sorted({(min(pair), max(pair)) for pair in self.barred})

    @property
    def flagged(self) -> list[Review]:
        return [one for one in self.reviews if one.flagged_at and not one.settled_at]

    @property
    def unreadable(self) -> list[Review]:
        return [one for one in self.reviews if one.state == UNREADABLE and not one.settled_at]

    @property
    def filled(self) -> list[Review]:
        """What trainers write or wrote themselves."""
        return [one for one in self.reviews if one.origin == FILLED]

    @property
    def missing(self) -> int:
        return sum(row.short for row in self.rows)


def overview(visit: Visit, dates: terms.Dates) -> Overview:
    """Everything about the round. Eight queries, however many people there are."""
    enrolments = db.session.scalars(
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.run_id == visit.run.id, Enrolment.role == PARTICIPANT, Enrolment.left_at.is_(None))
        .options(joinedload(Enrolment.person).joinedload(Person.library))
        .order_by(Person.name, Enrolment.id)
    ).all()
    this = rounds.expected(visit.run, visit.activity)
    reviews = db.session.scalars(
        select(Review)
        .where(Review.round_id == this.id, Review.origin != SELF, rounds.in_force())
        .options(
            joinedload(Review.reviewer).joinedload(Enrolment.person),
            joinedload(Review.author).joinedload(Enrolment.person),
        )
        .order_by(Review.taken_at, Review.id)
    ).all()
    now = rounds.standing(this, visit.activity, reviews)
    to_give, to_get = now.situation.to_give(), now.situation.to_get()
    short = shortfall.predict(now, visit.activity, dates)
    alive = now.situation.taken
    rows = [
        Row(
            enrolment=one,
            handed_in=one.id in now.works,
            exempt=one.id in now.exempt,
            given=[r for r in reviews if r.reviewer_id == one.id and r.state == GIVEN],
            reading=[
                r for r in reviews if r.state == OPEN and r.reviewer_id == one.id and (one.id, r.author_id) in alive
            ],
            got=[r for r in reviews if r.author_id == one.id and r.state == GIVEN],
            waits_for=[
                r for r in reviews if r.state == OPEN and r.author_id == one.id and (r.reviewer_id, one.id) in alive
            ],
            to_give=to_give.get(one.id, 0),
            to_get=to_get.get(one.id, 0),
            short=short.get(one.id, 0),
        )
        for one in enrolments
    ]
    return Overview(this, rows, reviews, now.barred)


def exempt(visit: Visit, enrolment_id: int, note: str, *, on: bool) -> None:
    """Let somebody off giving, or take that back. They are done once they have handed in."""
    one = _participant(visit, enrolment_id)
    this = rounds.ensure(visit.run, visit.activity)
    there = db.session.scalar(select(Exemption).where(Exemption.round_id == this.id, Exemption.enrolment_id == one.id))
    if on and there is None:
        db.session.add(Exemption(round_id=this.id, enrolment_id=one.id, note=note.strip()[:500]))
        for review in _open_of(this.id, one.id):
            review.state, review.lapses_at = MOVED, None
        if one.id in rounds.standing(this, visit.activity).works:
            progress.complete(visit.activity, one.person, visit.run)
    elif not on and there is not None:
        db.session.delete(there)
    db.session.flush()


def add(visit: Visit, reviewer_id: int, author_id: int) -> Review:
    """Ask somebody to read a work, also beyond what was promised. Asking twice asks once.

    Raises Invalid for one's own work, for who has not handed in, and for two people who are kept apart; Conflict for
    what was given already, and before the round opens by itself.
    """
    reviewer, author = _participant(visit, reviewer_id), _participant(visit, author_id)
    this = rounds.ensure(visit.run, visit.activity)
    now = rounds.standing(this, visit.activity)
    _must_have_begun(now)
    if reviewer.id == author.id:
        raise Invalid(_("Niemand leest als collega het eigen werk. Kies iemand anders."), "reviewer")
    if author.id not in now.works:
        raise Invalid(_("%(name)s heeft nog niets ingeleverd.", name=author.person.name), "author")
    if (reviewer.id, author.id) in rounds.apart(visit.run.id):
        raise Invalid(_("U houdt deze twee uit elkaar. Kies iemand anders."), "reviewer")
    review = db.session.scalar(
        select(Review).where(
            Review.round_id == this.id, Review.reviewer_id == reviewer.id, Review.author_id == author.id
        )
    )
    if review is not None and review.state == GIVEN:
        facts = {"reviewer": reviewer.person.name, "author": author.person.name}
        raise Conflict(_("%(reviewer)s gaf al feedback op het werk van %(author)s.", **facts))
    if review is None:
        review = Review(
            round_id=this.id,
            reviewer_id=reviewer.id,
            author_id=author.id,
            version_id=now.works[author.id],
            origin=TRAINER,
        )
        db.session.add(review)
    asked_before = review.origin == TRAINER and review.state == OPEN and review.id is not None
    review.state, review.origin, review.lapses_at = OPEN, TRAINER, None
    review.version_id, review.taken_at = now.works[author.id], clock.now()
    this.opened_at = this.opened_at or clock.now()
    db.session.flush()
    if not asked_before:
        letters.asked(review, reviewer.person, author.person)
    return review


def fill_in(visit: Visit, author_id: int) -> Review:
    """Begin to write feedback on a work oneself, as its trainer. Doing so again returns what one wrote.

    Raises Invalid for who has not handed in, and Conflict before the round opens by itself.
    """
    assert visit.enrolment is not None
    author = _participant(visit, author_id)
    this = rounds.ensure(visit.run, visit.activity)
    now = rounds.standing(this, visit.activity)
    _must_have_begun(now)
    if author.id not in now.works:
        raise Invalid(_("%(name)s heeft nog niets ingeleverd.", name=author.person.name), "author")
    own = select(Review).where(Review.round_id == this.id, Review.reviewer_id == visit.enrolment.id)
    review = db.session.scalar(own.where(Review.author_id == author.id))
    if review is None:
        review = Review(
            round_id=this.id,
            reviewer_id=visit.enrolment.id,
            author_id=author.id,
            version_id=now.works[author.id],
            origin=FILLED,
        )
        db.session.add(review)
    this.opened_at = this.opened_at or clock.now()
    db.session.flush()
    return review


def move(visit: Visit, token: str, reviewer_id: int) -> Review:
    """Give a work that somebody has at hand to somebody else. Raises Conflict once the feedback is given."""
    try:
        review = load(visit, token)
    except NotFound as error:
        raise Invalid(_("Kies welk werk u aan een ander geeft."), "review") from error
    if review.state == GIVEN:
        raise Conflict(_("Deze feedback is al gegeven."))
    if review.reviewer_id == reviewer_id:
        return review
    moved = add(visit, reviewer_id, review.author_id)
    review.state, review.lapses_at = MOVED, None
    db.session.flush()
    return moved


def hide(visit: Visit, token: str, note: str, *, on: bool) -> Review:
    """Hide a review from its author, with a note that the giver reads; or show it again."""
    review = load(visit, token)
    if on and not note.strip():
        raise Invalid(_("Schrijf waarom u de feedback verbergt. De gever leest dit."), f"note{token}")
    review.hidden_at = (review.hidden_at or clock.now()) if on else None
    review.hidden_note = note.strip()[:2000] if on else ""
    review.settled_at = clock.now()
    return review


def settle(visit: Visit, token: str) -> Review:
    """Say that one looked at a report: the review stays as it is."""
    review = load(visit, token)
    review.settled_at = clock.now()
    return review


def keep_apart(visit: Visit, one_id: int, other_id: int, *, on: bool) -> None:
    """Let two people not read each other's work, in all rounds of this run; or again."""
    one, other = _participant(visit, one_id), _participant(visit, other_id)
    if one.id == other.id:
        raise Invalid(_("Kies twee verschillende mensen."), "other")
    low, high = sorted((one.id, other.id))
    there = db.session.scalar(select(Apart).where(Apart.one_id == low, Apart.other_id == high))
    if on and there is None:
        db.session.add(Apart(one_id=low, other_id=high))
        this = rounds.find(visit.run, visit.activity, lock=True)
        for review in _open_between(this.id, low, high) if this else ():
            review.state, review.lapses_at = MOVED, None
    elif not on and there is not None:
        db.session.delete(there)
    db.session.flush()


def load(visit: Visit, token: str) -> Review:
    """A review of this round, for its trainer; one's own look at one's work is nobody else's. Otherwise NotFound."""
    this = rounds.find(visit.run, visit.activity, lock=True)
    review = db.session.scalar(
        select(Review)
        .where(Review.token == token, Review.round_id == (this.id if this else None), Review.origin != SELF)
        .options(selectinload(Review.remarks))
    )
    if review is None or not visit.is_trainer:
        raise NotFound(_("Deze feedback bestaat niet."))
    return review


def _must_have_begun(now: rounds.Standing) -> None:
    if not now.is_open and len(now.works) > 1:
        raise Conflict(_("De ronde is nog niet open. Zodra ze opengaat, leest iedereen volgens het plan."))


def _participant(visit: Visit, enrolment_id: int) -> Enrolment:
    """A participant of the run that this trainer trains; Invalid for anybody else."""
    one = db.session.scalar(
        select(Enrolment)
        .where(
            Enrolment.id == enrolment_id,
            Enrolment.run_id == visit.run.id,
            Enrolment.role == PARTICIPANT,
            Enrolment.left_at.is_(None),
        )
        .options(joinedload(Enrolment.person))
    )
    if one is None:
        raise Invalid(_("Kies een deelnemer van deze groep."))
    return one


def _open_of(round_id: int, reviewer_id: int) -> Sequence[Review]:
    found = select(Review).where(
        Review.round_id == round_id, Review.reviewer_id == reviewer_id, Review.state == OPEN, Review.origin != SELF
    )
    return db.session.scalars(found).all()


def _open_between(round_id: int, one: int, other: int) -> Sequence[Review]:
    found = select(Review).where(Review.round_id == round_id, Review.state == OPEN)
    return db.session.scalars(
        found.where(Review.reviewer_id.in_((one, other)), Review.author_id.in_((one, other)), Review.origin != SELF)
    ).all()
