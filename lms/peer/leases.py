"""Whose work somebody reads next: the planned ones first, then on demand, one lease at a time."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select, update

from .. import clock
from ..assignments.models import Version
from ..db import db
from ..errors import Conflict, NotFound
from ..runs.models import Enrolment
from ..runs.visits import Visit
from . import rounds, terms
from .models import EXTRA, GIVEN, OPEN, QUEUE, SELF, UNREADABLE, Review, Round
from .plan import next_work


def take(visit: Visit, *, extra: bool = False) -> Review:
    """Give the participant the next work to read. Asking again returns the open lease.

    The round is locked meanwhile, so twenty people who ask at one moment never hold more leases on a work than it
    needs. Raises Conflict with the reason when there is none for them.
    """
    own = visit.participant().id
    this = rounds.find(visit.run, visit.activity, lock=True)
    if this is None or this.opened_at is None:
        raise Conflict(_("De ronde is nog niet open. U krijgt een bericht zodra u kunt beginnen."))
    now = rounds.standing(this, visit.activity)
    if own not in now.works:
        raise Conflict(_("Lever eerst uw eigen werk in. Daarna leest u het werk van een collega."))
    held = open_review(this, own)
    if held is not None:
        return held
    author = next_work(now.situation, own, extra=extra)
    if author is not None:
        return _lease(this, own, author, now.works[author], EXTRA if extra else QUEUE)
    review = _let_go(now, own) if this.closed_at is not None else None
    if review is None:
        raise Conflict(_("Er is nu geen werk dat op u wacht. Komt er iets bij, dan ziet u het op deze pagina."))
    return _lease(this, own, review.author_id, now.works[review.author_id], EXTRA)


def open_review(this: Round, reviewer_id: int) -> Review | None:
    """The oldest open review that this person holds."""
    found = select(Review).where(
        Review.round_id == this.id, Review.reviewer_id == reviewer_id, Review.state == OPEN, _alive()
    )
    return db.session.scalar(found.order_by(Review.taken_at, Review.id).limit(1))


def read_newest(version: Version) -> None:
    """Somebody handed in again: who has not begun reads the new version, who has a draft goes on with the old one."""
    work = version.submission
    here = select(Round.id).where(Round.assignment_id == work.activity_id)
    waiting = update(Review).where(
        Review.author_id == work.enrolment_id,
        Review.round_id.in_(here),
        Review.state == OPEN,
        Review.saved_at.is_(None),
    )
    db.session.execute(waiting.values(version_id=version.id))


def set_aside(visit: Visit, token: str) -> Review:
    """«Dit werk is leeg of onleesbaar»: the work goes back, and its reviewer gets another. Twice does no harm."""
    rounds.find(visit.run, visit.activity, lock=True)
    review = load_own(visit, token)
    if review.origin == SELF:
        raise Conflict(_("Dit is uw eigen werk."))
    if review.state == GIVEN:
        raise Conflict(_("U hebt over dit werk al feedback gegeven."))
    review.state, review.lapses_at = UNREADABLE, None
    return review


def around(review: Review) -> tuple[Review | None, Review | None]:
    """What the same person reads before and after this work in the round: the way from one to the next. One query."""
    found = select(Review).where(
        Review.round_id == review.round_id,
        Review.reviewer_id == review.reviewer_id,
        Review.origin != SELF,
        or_(Review.state == GIVEN, and_(Review.state == OPEN, _alive())),
    )
    every = db.session.scalars(found.order_by(Review.taken_at, Review.id)).all()
    place = every.index(review) if review in every else len(every)
    before, after = every[:place][-1:], every[place + 1 :][:1]
    return (before[0] if before else None), (after[0] if after else None)


def reader(visit: Visit) -> Enrolment:
    """Who reads here: a participant, or the trainer who fills in."""
    if visit.enrolment is not None and visit.is_trainer:
        return visit.enrolment
    return visit.participant(reading=True)


def load_own(visit: Visit, token: str) -> Review:
    """A review that this person gives in this round. Otherwise NotFound."""
    review = db.session.scalar(
        select(Review)
        .join(Round, Round.id == Review.round_id)
        .where(
            Review.token == token,
            Review.reviewer_id == reader(visit).id,
            Round.run_id == visit.run.id,
            Round.activity_id == visit.activity.id,
        )
    )
    if review is None:
        raise NotFound(_("Dit werk is niet (meer) aan u gevraagd."))
    return review


def _alive() -> ColumnElement[bool]:
    return or_(Review.lapses_at.is_(None), Review.lapses_at > clock.now())


def _let_go(now: rounds.Standing, reviewer_id: int) -> Review | None:
    """The work that somebody let lapse first, when they still owe feedback: once a round is over they may make up for
    it, though others have read that work."""
    if reviewer_id not in now.let_go or not now.situation.to_give()[reviewer_id]:
        return None
    lapsed = select(Review).where(
        Review.round_id == now.round.id,
        Review.reviewer_id == reviewer_id,
        Review.author_id.in_(now.works),
        Review.state == OPEN,
        Review.lapses_at <= clock.now(),
    )
    return db.session.scalar(lapsed.order_by(Review.taken_at, Review.id).limit(1))


def _lease(this: Round, reviewer_id: int, author_id: int, version_id: int, origin: str) -> Review:
    """A new lease, or the one that lapsed before, taken up again."""
    review = db.session.scalar(
        select(Review).where(
            Review.round_id == this.id, Review.reviewer_id == reviewer_id, Review.author_id == author_id
        )
    )
    if review is None:
        review = Review(round_id=this.id, reviewer_id=reviewer_id, author_id=author_id)
        db.session.add(review)
    review.version_id, review.origin, review.state = version_id, origin, OPEN
    review.taken_at, review.lapses_at = clock.now(), clock.now() + terms.LEASE
    db.session.flush()
    return review
