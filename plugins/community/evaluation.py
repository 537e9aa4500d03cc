"""Our own few questions, and what the answers say together. Below five answers nothing is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from lms.api import Invalid, db
from lms.api import gettext as _

from .access import must_run
from .models import Answer, Community, Question, Response

FEWEST = 5
"""With fewer answers than this somebody could be recognised in them."""


@dataclass(frozen=True)
class Result:
    """What the answers to a question come to; ``mean`` (1 to 5) is None below :data:`FEWEST` answers."""

    question: Question
    answers: int | None
    mean: float | None


def questions(community: Community) -> list[Question]:
    """The questions that come with the plan of this community."""
    found = select(Question).where(Question.plan_id == community.plan_id).order_by(Question.position)
    return list(db.session.scalars(found))


def answer(community: Community, on: date, scores: Mapping[int, int], form: str | None = None) -> Response:
    """Keep one filled-in list: a score of 1 to 5 for each question. A ``form`` that is sent twice is kept once.

    Raises Invalid.
    """
    must_run(community)
    earlier = db.session.scalar(select(Response).where(Response.form == form)) if form else None
    if earlier is not None:
        return earlier
    wanted = {question.id for question in questions(community)}
    if set(scores) != wanted or not all(1 <= score <= 5 for score in scores.values()):
        raise Invalid(_("Geef bij elke vraag een cijfer van 1 tot en met 5."))
    response = Response(community_id=community.id, on=on, form=form)
    response.answers = [Answer(question_id=question, score=score) for question, score in scores.items()]
    db.session.add(response)
    db.session.flush()
    return response


def results(community: Community) -> list[Result]:
    """Each question with how many answered and the mean, which stay hidden while they are few."""
    found = means([community.id])
    return [
        Result(question, *found.get((community.id, question.id), (None, None))) for question in questions(community)
    ]


def means(communities: Iterable[int]) -> dict[tuple[int, int], tuple[int, float]]:
    """By community and question how many answered and the mean; what is too few is not in it. One query."""
    rows = db.session.execute(
        select(Response.community_id, Answer.question_id, func.count(), func.sum(Answer.score))
        .join(Answer, Answer.response_id == Response.id)
        .where(Response.community_id.in_(communities))
        .group_by(Response.community_id, Answer.question_id)
        .having(func.count() >= FEWEST)
    )
    return {(community, question): (count, total / count) for community, question, count, total in rows}
