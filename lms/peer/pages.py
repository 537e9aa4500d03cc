"""The pages of a round, for whoever may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from ..accounts.models import Person
from ..assignments.models import Version
from ..courses.models import Activity
from ..db import db
from ..errors import LmsError
from ..grading import rubric
from ..runs.models import Enrolment
from ..runs.visits import Visit
from ..worksheets.filled import Filled
from ..worksheets.reading import Remark as RowRemark
from . import ahead, getting, guide, leases, measures, overseeing, rounds, terms
from .forms import CRITERION, ROW, AnswerForm, FeedbackForm
from .models import GIVEN, QUESTION, SELF, TIP, TOP, Review, Round


@dataclass(frozen=True)
class Own:
    """A participant's round: what they give, what they get, and what they can do next. ``owes`` is who let work lapse
    in a round that is over, and can still make up for it; ``works`` has the last version of each author, by enrolment.
    """

    handed_in: bool
    giving: Sequence[Review]
    got: getting.Got | None
    to_give: int
    may_give_more: bool
    owes: bool
    works: Mapping[int, int]

    @property
    def given(self) -> int:
        return sum(review.state == GIVEN for review in self.giving)


def round_page(visit: Visit, *, error: LmsError | None = None) -> ResponseReturnValue:
    """The page of a round: for a participant their own, for trainers and administrators who waits for whom."""
    if not visit.is_participant:
        return overview_page(visit, error=error)
    this = rounds.expected(visit.run, visit.activity)
    work = assignment_of(visit)
    page = render_template(
        "peer/round.html",
        visit=visit,
        terms=terms.of(visit.activity),
        dates=terms.dates(visit.run, visit.activity),
        assignment=work,
        rubric=rubric.rubric(work) if work else (),
        levels=rubric.LEVELS,
        round=this,
        own=_own(visit, this),
        planned=None if this.opened_at or visit.run.archived_at else ahead.of_participant(visit),
        answer_form=AnswerForm(formdata=None),
        error=error,
        field=getattr(error, "field", None),
    )
    return make_response(page, error.status if error else 200)


def overview_page(visit: Visit, *, error: LmsError | None = None) -> ResponseReturnValue:
    """Who waits for whom. An administrator sees the numbers and no feedback."""
    dates = terms.dates(visit.run, visit.activity)
    overview = overseeing.overview(visit, dates)
    page = render_template(
        "peer/overview.html",
        visit=visit,
        terms=terms.of(visit.activity),
        dates=dates,
        assignment=assignment_of(visit),
        round=overview.round,
        overview=overview,
        measures=measures.of_reviews(overview.reviews),
        plan=ahead.of_run(visit.run, [row.enrolment for row in overview.rows], overview.barred),
        error=error,
        field=getattr(error, "field", None),
    )
    return make_response(page, error.status if error else 200)


def giving_page(
    visit: Visit,
    review: Review,
    form: FeedbackForm,
    *,
    error: LmsError | None = None,
    stale: bool = False,
) -> ResponseReturnValue:
    """The work beside the form, with the way to the works before and after it."""
    work = assignment_of(visit)
    previous, following = leases.around(review)
    page = render_template(
        "peer/give.html",
        visit=visit,
        review=review,
        newer=_newer(review.version) if review.state == GIVEN else None,
        filled=_for_peers(review.version),
        previous=previous,
        following=following,
        assignment=work,
        rubric=rubric.rubric(work) if work else (),
        levels=rubric.LEVELS,
        form=form,
        advice=advice(form),
        terms=terms.of(visit.activity),
        dates=terms.dates(visit.run, visit.activity),
        error=error,
        stale=stale,
    )
    return make_response(page, error.status if error else 200)


def compare_page(visit: Visit, review: Review) -> ResponseReturnValue:
    """The remarks with their answers, the version that they are about, and what became of it."""
    review = load_for_page(review)
    work, newer = assignment_of(visit), _newer(review.version)
    before = _for_peers(review.version)
    after = _for_peers(newer) if newer else None
    page = render_template(
        "peer/compare.html",
        visit=visit,
        review=review,
        newer=newer,
        before=before,
        after=after,
        changes=after.since(before) if after and before else {},
        said=_at_rows(review),
        rubric=rubric.rubric(work) if work else (),
        levels=rubric.LEVELS,
        terms=terms.of(visit.activity),
    )
    return make_response(page)


def _at_rows(review: Review) -> dict[tuple[str, str], list[RowRemark]]:
    """What was said of a row of the sheet, as the sheet shows it, by its part and its id."""
    found: dict[tuple[str, str], list[RowRemark]] = {}
    kinds = {TOP: _("Top"), TIP: _("Tip"), QUESTION: _("Vraag")}
    for remark in review.remarks:
        part, _colon, row = remark.row.partition(":")
        if row:
            said = RowRemark(review.version.number, kinds[remark.kind], remark.text)
            found.setdefault((part, row), []).append(said)
    return found


def advice(form: FeedbackForm) -> list[guide.Advice]:
    """What the guide says of what is in the form."""
    typed = form.typed()
    return guide.advise(
        [guide.Said(one.kind, one.text, bool(one.passage or one.row or one.criterion)) for one in typed]
    )


def assignment_of(visit: Visit) -> Activity | None:
    """The assignment whose work is read; None when the course has it no longer."""
    slug = terms.of(visit.activity).assignment
    every = (activity for module in visit.contents.modules for _number, activity in module.activities)
    return next((activity for activity in every if activity.slug == slug), None)


def about(visit: Visit, version: Version) -> list[tuple[str, Any]]:
    """What a remark can be about: the whole, a criterion of the rubric, or a row of the sheet."""
    work = assignment_of(visit)
    criteria = rubric.rubric(work) if work else ()
    filled = _for_peers(version)
    rows = [
        (f"{ROW}{part.name}:{row.id}", f"{part.one or part.title}: {row.name(part)}" if part.rows else str(part.title))
        for part in (filled.sheet.parts if filled else ())
        for row in (filled.rows(part.name) if filled else ())
        if not row.empty
    ]
    return [("", _("het geheel")), *((CRITERION + one.slug, one.title) for one in criteria), *rows]


def _for_peers(version: Version) -> Filled | None:
    """The worksheet without what is for the trainers alone."""
    filled = Filled.stored(version.sheet)
    return filled.public() if filled else None


def _newer(version: Version) -> Version | None:
    """The last version of the same work, if it was handed in after this one. Two queries."""
    found = select(Version).where(Version.submission_id == version.submission_id, Version.number > version.number)
    found = found.options(undefer(Version.sheet), selectinload(Version.files))
    return db.session.scalar(found.order_by(Version.number.desc()).limit(1))


def load_for_page(review: Review) -> Review:
    """The review with all that its page shows. Three queries."""
    found = select(Review).where(Review.id == review.id)
    name = joinedload(Review.author).joinedload(Enrolment.person).joinedload(Person.library)
    return db.session.scalars(
        found.options(
            name,
            joinedload(Review.version).options(undefer(Version.sheet), selectinload(Version.files)),
            selectinload(Review.remarks),
        )
    ).one()


def _own(visit: Visit, this: Round) -> Own:
    mine = visit.participant(reading=True).id
    now = rounds.standing(this, visit.activity)
    reviews = getting.reviews_about(visit, this)
    alive = [
        one
        for one in reviews
        if one.reviewer_id == mine and one.origin != SELF and (mine, one.author_id) in now.situation.taken
    ]
    left = now.situation.to_give().get(mine, 0)
    wanting = sum(now.situation.to_get().get(one, 0) for one in now.works if one != mine)
    return Own(
        handed_in=mine in now.works,
        giving=alive,
        got=getting.sort_out(visit, reviews) if mine in now.works else None,
        to_give=min(left, wanting),
        may_give_more=not left and wanting > 0 and mine not in now.holding,
        owes=left > 0 and this.closed_at is not None and mine in now.let_go and mine not in now.holding,
        works=now.works,
    )
