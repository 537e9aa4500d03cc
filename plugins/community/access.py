"""Who sees which community: its own library, its coach as long as that lasts, and the programme lead."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from lms.api import Conflict, NotFound, Person, Refused, db, has_role, libraries_with_role, today
from lms.api import gettext as _

from .models import ACTIVE, Coaching, Community, CommunityStep, Participation, Plan

LEAD = "community.lead"
COACH = "community.coach"
WHOLE: tuple[Any, ...] = (
    joinedload(Community.library, innerjoin=True),
    joinedload(Community.programme),
    joinedload(Community.plan, innerjoin=True).selectinload(Plan.steps),
    selectinload(Community.records).joinedload(CommunityStep.done_by),
)
"""A community with its plan and steps: two queries on top of its own."""


def is_lead(person: Person) -> bool:
    """Does this person lead programmes?"""
    return has_role(person, LEAD)


def coached_libraries(person: Person) -> set[int]:
    """The ids of the libraries that somebody coaches today.

    The role opens the door; where a programme gave dates, they say from when until when.
    """
    if not has_role(person, COACH):
        return set()
    rows = db.session.execute(
        select(Participation.library_id, Coaching.starts_on, Coaching.ends_on)
        .join(Coaching.participation)
        .where(Coaching.person_id == person.id)
    ).all()
    dated = {row.library_id for row in rows}
    current = {row.library_id for row in rows if row.starts_on <= today() <= row.ends_on}
    return set(libraries_with_role(person, COACH)) - (dated - current)


def newest_first(found: Select[Any]) -> Select[Any]:
    """Of several communities of a library the one that runs first, then the latest that stopped."""
    return found.order_by((Community.status == ACTIVE).desc(), Community.id.desc())


def community_of(library_id: int | None) -> Community | None:
    """The community of a library with all its steps, if it has one: the one that runs, or else the last one."""
    if library_id is None:
        return None
    found = select(Community).where(Community.library_id == library_id).options(*WHOLE)
    return db.session.scalar(newest_first(found).limit(1))


def load_community(person: Person, community_id: int, *, own: bool = False, lead: bool = False) -> Community:
    """The community, for the people of its library, its coach and the programme lead; otherwise :class:`NotFound`.

    ``own`` is for writing: only the library's own people may; ``lead`` is for what only a programme lead does. Others
    who see it are :class:`Refused`. Both lock the row, so that colleagues write one after the other.
    """
    found = select(Community).where(Community.id == community_id).options(*WHOLE)
    if own or lead:
        found = found.with_for_update(of=Community)
    community = db.session.scalar(found)
    if community is None or not may_see(person, community):
        raise NotFound(_("Deze community bestaat niet of is niet van uw bibliotheek."))
    if own and community.library_id != person.library_id:
        raise Refused(_("U kijkt mee. Alleen mensen van %(library)s kunnen dit doen.", library=community.library.name))
    if lead and not is_lead(person):
        raise Refused(_("Alleen de programmaleider kan een community eerder door laten gaan."))
    return community


def may_see(person: Person, community: Community) -> bool:
    """May this person see everything of this community?"""
    if community.library_id == person.library_id or is_lead(person):
        return True
    return community.library_id in coached_libraries(person)


def must_run(community: Community) -> None:
    """Raises Conflict when the community has stopped: what is there stays, nothing is added."""
    if community.is_reported:
        raise Conflict(_("Deze community kennen wij alleen uit een bron. Begin een nieuwe om iets bij te houden."))
    if community.is_stopped:
        raise Conflict(_("Deze community is gestopt. Zet haar bij «Gegevens aanpassen» weer op «loopt»."))
