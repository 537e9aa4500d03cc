"""Giving feedback: the draft keeps itself, giving shows it to the author, and it can change until the due date."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from .. import clock, events
from ..db import db
from ..errors import Conflict, Invalid
from ..grading.rubric import LEVELS
from ..progress import services as progress
from ..runs.visits import Visit
from . import leases, rounds, shortfall, terms, turns
from .models import FILLED, GIVEN, OPEN, QUESTION, SELF, TIP, TOP, Remark, Review, Round

KINDS = (TOP, TIP, QUESTION)
MOST_REMARKS = 40
TEXT_LIMIT = 4000
"""Characters of one remark."""
PASSAGE_LIMIT = 600


@dataclass(frozen=True)
class Typed:
    """One remark as it came in. ``token`` is that of a remark that is there already, or empty for a new one."""

    kind: str
    text: str
    passage: str = ""
    row: str = ""
    criterion: str = ""
    level: str = ""
    token: str = ""


class EditConflict(Conflict):
    """The review was changed in another window; ``revision`` is the number of what is kept."""

    def __init__(self, revision: int) -> None:
        super().__init__(_("Deze feedback is in een ander venster gewijzigd. Kies welke tekst u bewaart."))
        self.revision = revision


def save(visit: Visit, token: str, typed: Sequence[Typed], revision: int, *, overwrite: bool = False) -> Review:
    """Keep what was typed. The lease holds from now on until the due date.

    Raises EditConflict when another window was earlier, Invalid for a remark that is too long or too many, Conflict
    when the work went to somebody else or the feedback is closed.
    """
    rounds.find(visit.run, visit.activity, lock=True)
    review = leases.load_own(visit, token)
    if visit.run.archived_at is not None:
        raise Conflict(_("Deze uitvoering is afgesloten. U kunt de feedback nog lezen."))
    _must_be_open(visit, review)
    if not terms.of(visit.activity).levels:
        typed = [replace(one, level="") for one in typed]
    wanted = [one for one in typed if _is_written(one)]
    if _same(review, wanted):
        return review
    if revision != review.revision and not overwrite:
        raise EditConflict(review.revision)
    _check(wanted)
    _replace(review, wanted)
    review.revision += 1
    review.saved_at, review.lapses_at = clock.now(), None
    db.session.flush()
    return review


def give(visit: Visit, review: Review) -> bool:
    """Show the feedback to the author; False when it was given before. Raises Invalid while nothing was written."""
    if not any(remark.text.strip() for remark in review.remarks):
        raise Invalid(_("Schrijf eerst een top, een tip of een vraag. Daarna kunt u de feedback geven."), "remarks")
    if review.state == GIVEN:
        return False
    review.state, review.given_at, review.lapses_at = GIVEN, clock.now(), None
    db.session.flush()
    if review.origin == SELF:
        return True
    events.send("core.feedback_given", review=review)
    now = rounds.standing(review.round, visit.activity)
    shortfall.renew(now, visit.activity, terms.dates(visit.run, visit.activity))
    if review.origin != FILLED:
        report(visit, now)
    return True


def start_own(visit: Visit) -> Review:
    """The participant's look at their own work, with the same form; made at the first time."""
    own = visit.participant().id
    this = rounds.ensure(visit.run, visit.activity)
    now = rounds.standing(this, visit.activity)
    if own not in now.works:
        raise Conflict(_("Lever eerst uw eigen werk in. Daarna kijkt u er zelf naar."))
    review = own_review(this, own)
    if review is None:
        review = Review(round_id=this.id, reviewer_id=own, author_id=own, version_id=now.works[own], origin=SELF)
        db.session.add(review)
        db.session.flush()
    return review


def own_review(this: Round, enrolment_id: int) -> Review | None:
    """Somebody's look at their own work."""
    return db.session.query(Review).filter_by(round_id=this.id, reviewer_id=enrolment_id, origin=SELF).one_or_none()


def report(visit: Visit, now: rounds.Standing) -> None:
    """Tell how far this participant is: done when they gave what was promised. Done stays done."""
    own = visit.participant().id
    given = sum(reviewer == own for reviewer, _author in now.given)
    if own in now.works and given >= now.situation.needed > 0:
        progress.complete(visit.activity, visit.person, visit.run)
    elif visit.progress is None or visit.progress.completed_at is None:
        progress.note(visit.activity, visit.person, turns.READING, visit.run)


def _must_be_open(visit: Visit, review: Review) -> None:
    if review.origin == FILLED:
        return  # a trainer fills in after the date too
    if review.state == GIVEN:
        ends_at = terms.dates(visit.run, visit.activity).ends_at
        if ends_at is not None and clock.now() > ends_at:
            raise Conflict(_("De inleverdatum is voorbij. Gegeven feedback kunt u niet meer wijzigen."))
    elif review.state != OPEN or (review.lapses_at is not None and review.lapses_at <= clock.now()):
        raise Conflict(_("Dit werk is naar een collega gegaan, omdat u er nog niet aan begonnen was."))


def _check(wanted: Sequence[Typed]) -> None:
    if len(wanted) > MOST_REMARKS:
        raise Invalid(_("Maak er hoogstens %(most)s opmerkingen van.", most=MOST_REMARKS), "remarks")
    for place, one in enumerate(wanted, 1):
        if one.kind not in KINDS:
            raise Invalid(_("Kies bij opmerking %(place)s: top, tip of vraag.", place=place), f"kind{place}")
        if one.level and (one.level not in LEVELS or not one.criterion):
            sentence = _(
                "Kies bij opmerking %(place)s eerst een criterium. Een niveau hoort bij een criterium.", place=place
            )
            raise Invalid(sentence, f"level{place}")
        if len(one.text) > TEXT_LIMIT:
            sentence = _(
                "Opmerking %(place)s is te lang. Maak er hoogstens %(most)s tekens van.", place=place, most=TEXT_LIMIT
            )
            raise Invalid(sentence, f"text{place}")


def tokens(review: Review, typed: Sequence[Typed]) -> list[str | None]:
    """For each remark that came in the token that it is kept under, None for an empty one.

    Who saves again without loading the page sends these along, so that an answer stays with its tip."""
    kept = iter(review.remarks)
    return [next(kept).token if _is_written(one) else None for one in typed]


def _is_written(one: Typed) -> bool:
    return bool(one.text.strip() or one.passage.strip() or one.level)


def _replace(review: Review, wanted: Sequence[Typed]) -> None:
    """Keep rows that are still there, for answers hang on them."""
    there = {remark.token: remark for remark in review.remarks}
    kept = []
    for position, one in enumerate(wanted):
        remark = there.pop(one.token, None) or Remark()
        remark.position, remark.kind, remark.text = position, one.kind, one.text.strip()
        remark.passage, remark.row, remark.criterion = (
            one.passage.strip()[:PASSAGE_LIMIT],
            one.row[:80],
            one.criterion[:80],
        )
        remark.level = one.level
        kept.append(remark)
    review.remarks = kept


def _same(review: Review, wanted: Sequence[Typed]) -> bool:
    return [(r.kind, r.text, r.passage, r.row, r.criterion, r.level) for r in review.remarks] == [
        (one.kind, one.text.strip(), one.passage.strip()[:PASSAGE_LIMIT], one.row, one.criterion, one.level)
        for one in wanted
    ]
