"""Finding entries and choosing from a collection."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.api import Activity, Enrolment, NotFound, Person, Run, Visit, db, now, progress
from lms.api import gettext as _

from .facets import Facet, Option
from .models import Choice, Entry, Pick
from .search.finding import Page, Search

PER_PAGE = 20
PARTICIPANT = "participant"


def find(search: Search, page: int) -> tuple[Page, list[tuple[Facet, list[Option]]]]:
    """A page of the hits, and the filters with their counts. Raises NotFound for a page that is not there."""
    found = search.page((page - 1) * PER_PAGE, PER_PAGE)
    if page > 1 and not found.hits:
        raise NotFound(_("Deze bladzijde van de kennisbank bestaat niet."))
    return Page(page=page, per_page=PER_PAGE, max_per_page=PER_PAGE, found=found), found.facets


def by_slug(slugs: list[str]) -> dict[str, Entry]:
    """Slug to entry, in the order asked; a slug that no longer exists is left out."""
    rows = db.session.scalars(select(Entry).where(Entry.slug.in_(slugs)).options(selectinload(Entry.links)))
    found = {entry.slug: entry for entry in rows}
    return {slug: found[slug] for slug in slugs if slug in found}


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
    """What each participant of a run chose, by name. Two queries."""
    people = db.session.execute(
        select(Enrolment.id, Person.name)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.run_id == run.id, Enrolment.role == PARTICIPANT, Enrolment.left_at.is_(None))
        .order_by(Person.name, Enrolment.id)
    ).all()
    picks = db.session.execute(
        select(Choice.enrolment_id, Pick)
        .join(Choice, Choice.id == Pick.choice_id)
        .join(Enrolment, Enrolment.id == Choice.enrolment_id)
        .where(Enrolment.run_id == run.id, Choice.activity_id == activity.id)
        .order_by(Pick.slug)
    )
    by_enrolment: dict[int, list[Pick]] = {}
    for enrolment_id, pick in picks:
        by_enrolment.setdefault(enrolment_id, []).append(pick)
    return [Chosen(name, by_enrolment.get(id, [])) for id, name in people]
