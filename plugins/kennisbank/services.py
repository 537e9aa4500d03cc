"""Finding entries and choosing from a collection."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from lms.api import Activity, Enrolment, NotFound, Person, Run, Visit, db, now, progress
from lms.api import gettext as _

from .facets import Facet, Option
from .models import Choice, Entry, Pick, Status
from .models.entries import READABLE
from .search.finding import Page, Search

PER_PAGE = 20
PARTICIPANT = "participant"


def find(search: Search, page: int) -> tuple[Page, list[tuple[Facet, list[Option]]]]:
    """A page of the hits, and the filters with their counts. Raises NotFound for a page that is not there."""
    found = search.page((page - 1) * PER_PAGE, PER_PAGE)
    if page > 1 and not found.hits:
        raise NotFound(_("Deze bladzijde van de kennisbank bestaat niet."))
    return Page(page=page, per_page=PER_PAGE, max_per_page=PER_PAGE, found=found), found.facets


def some(slugs: Sequence[str], ids: Sequence[int]) -> Sequence[Entry]:
    """The entries with these slugs or ids, with their terms; what is not there, or was never published, is left out."""
    wanted = or_(Entry.slug.in_(slugs), Entry.id.in_(ids))
    there = select(Entry).where(wanted, Entry.status.in_((*READABLE, Status.ARCHIVED)))
    return db.session.scalars(there.options(selectinload(Entry.links))).all()


def choice_of(enrolment: Enrolment, activity: Activity) -> Choice | None:
    """What a participant chose from this collection."""
    return db.session.scalar(
        select(Choice)
        .where(Choice.enrolment_id == enrolment.id, Choice.activity_id == activity.id)
        .options(selectinload(Choice.picks))
    )


def choose(visit: Visit, reasons: dict[str, str]) -> None:
    """Keep what the participant chose, slug to reason, in place of an earlier choice; that completes the activity.

    Raises Refused for somebody who only looks.
    """
    enrolment = visit.participant()
    # Two clicks at once: the second waits here, and then finds the row of the first.
    db.session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    choice = choice_of(enrolment, visit.activity)
    if choice is None:
        choice = Choice(enrolment_id=enrolment.id, activity_id=visit.activity.id, picks=[])
        db.session.add(choice)
    there = {pick.slug: pick for pick in choice.picks}
    for slug, reason in reasons.items():
        if slug in there:
            there[slug].reason = reason
        else:
            choice.picks.append(Pick(slug=slug, reason=reason))
    for slug, pick in there.items():
        if slug not in reasons:
            choice.picks.remove(pick)
    choice.chosen_at = now()
    progress.complete(visit.activity, visit.person, visit.run)


@dataclass(frozen=True)
class Chosen:
    """A participant's name with what they chose and why; no picks when they have not chosen yet."""

    name: str
    picks: list[Pick]


def choices_of_run(run: Run, activity: Activity) -> list[Chosen]:
    """What each participant of a run chose, by name. One query."""
    rows = db.session.execute(
        select(Enrolment.id, Person.name, Pick)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Choice, (Choice.enrolment_id == Enrolment.id) & (Choice.activity_id == activity.id))
        .outerjoin(Pick, Pick.choice_id == Choice.id)
        .where(Enrolment.run_id == run.id, Enrolment.role == PARTICIPANT, Enrolment.left_at.is_(None))
        .order_by(Person.name, Enrolment.id, Pick.slug)
    )
    found: dict[int, Chosen] = {}
    for enrolment_id, name, pick in rows:
        chosen = found.setdefault(enrolment_id, Chosen(name, []))
        if pick is not None:
            chosen.picks.append(pick)
    return list(found.values())
