"""What a library writes down: target groups, contact, preconditions, concept, goals, partners, looking back."""

from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from lms.api import Conflict, Invalid, NotFound, Person, db, made_just_now
from lms.api import gettext as _

from . import gates
from .access import must_run
from .models import (
    Community,
    Concept,
    Contact,
    Evaluation,
    Goal,
    Item,
    Measurement,
    OrganisationGoal,
    Partner,
    Precondition,
    TargetGroup,
)

Kind = TypeVar("Kind", TargetGroup, Precondition, Contact, Concept, Goal, Partner, Evaluation)


def of(community: Community, model: type[Kind]) -> list[Kind]:
    """The records of one kind, the latest first for what has a day or a version, else in the order of writing."""
    found = select(model).where(model.community_id == community.id)
    if model is Goal:
        found = found.options(joinedload(Goal.organisation_goal), selectinload(Goal.measurements))
    if model is Concept:
        found = found.options(joinedload(Concept.created_by))
    day = getattr(model, "on", None)
    if day is not None:
        return list(db.session.scalars(found.order_by(day.desc(), model.id.desc())))
    return list(db.session.scalars(found.order_by(model.id.desc() if model is Concept else model.id)))


def load(community: Community, model: type[Kind], record_id: int) -> Kind:
    """One record of this community, or NotFound."""
    record = db.session.get(model, record_id)
    if record is None or record.community_id != community.id:
        raise NotFound(_("Dit staat niet bij deze community."))
    return record


def add(community: Community, model: type[Kind], **values: Any) -> Kind:
    """Write down a record. The same once more (a double press) is the one that is there already.

    Raises Conflict when the community has stopped.
    """
    must_run(community)
    earlier = made_just_now(model, community_id=community.id, **values)
    if earlier is not None:
        return earlier
    record = model(community_id=community.id, **values)
    _check(community, record)
    db.session.add(record)
    db.session.flush()
    return record


def change(community: Community, record: Any, **values: Any) -> None:
    """Correct a record. A version of the concept is not corrected: there comes another."""
    must_run(community)
    for name, value in values.items():
        setattr(record, name, value)
    _check(community, record)
    db.session.flush()


def remove(community: Community, record: Any) -> None:
    """Take a record away. Raises Conflict for a goal on which an activity rests, and for a version of the concept."""
    must_run(community)
    if isinstance(record, Concept):
        raise Conflict(_("Een versie van het concept blijft staan. Schrijf een nieuwe versie."))
    if isinstance(record, Goal) and db.session.scalar(select(Item.id).where(Item.goal_id == record.id).limit(1)):
        raise Conflict(_("Op dit doel rusten activiteiten. Geef die eerst een ander doel."))
    db.session.delete(record)
    db.session.flush()


def _check(community: Community, record: Any) -> None:
    if isinstance(record, TargetGroup) and record.chosen:
        with db.session.no_autoflush:
            chosen = select(TargetGroup).where(TargetGroup.community_id == community.id, TargetGroup.chosen)
            for other in db.session.scalars(chosen):
                other.chosen = other is record
    if isinstance(record, Goal):
        with db.session.no_autoflush:
            theirs = (
                db.session.get(OrganisationGoal, record.organisation_goal_id) if record.organisation_goal_id else None
            )
        if theirs is None or theirs.library_id != community.library_id:
            raise Invalid(_("Kies bij welk doel van uw organisatie dit hoort."), "organisation_goal_id")


def save_concept(community: Community, person: Person, text: str, content: str) -> Concept:
    """Write a new version of the concept. That comes after personal contact with the target group: Conflict if not."""
    if not gates.passed(community, gates.CONTACT):
        raise Conflict(_("Het concept komt na het persoonlijk contact met uw doelgroep. Rond eerst die stap af."))
    last = db.session.scalar(select(func.max(Concept.number)).where(Concept.community_id == community.id)) or 0
    values = {"text": text, "content": content, "created_by_id": person.id}
    return made_just_now(Concept, community_id=community.id, number=last, **values) or add(
        community, Concept, number=last + 1, **values
    )


def organisation_goals(library_id: int) -> list[OrganisationGoal]:
    """The goals of an organisation, in the order of writing."""
    found = select(OrganisationGoal).where(OrganisationGoal.library_id == library_id).order_by(OrganisationGoal.id)
    return list(db.session.scalars(found))


def organisation_goal(community: Community, text: str) -> OrganisationGoal:
    """The goal of the community's organisation with this text; written down when it is new."""
    for goal in organisation_goals(community.library_id):
        if goal.text.casefold() == text.casefold():
            return goal
    goal = OrganisationGoal(library_id=community.library_id, text=text)
    db.session.add(goal)
    db.session.flush()
    return goal


def measure(community: Community, goal: Goal, on: date, value: float, note: str) -> Measurement:
    """Write down what the indicator of a goal was on a day. Raises Conflict for a day that has one."""
    must_run(community)
    measurement = Measurement(goal_id=goal.id, on=on, value=value, note=note)
    try:
        with db.session.begin_nested():
            db.session.add(measurement)
    except IntegrityError:
        raise Conflict(_("Van die dag staat er al een meting.")) from None
    return measurement
