"""What happens to a community: it begins, walks its steps in order, and a step can be opened again.

Two colleagues who press at once meet at the row of their community: the second waits, reads afresh and is told.
"""

from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from lms.api import (
    Activity,
    Conflict,
    Enrolment,
    Library,
    NotFound,
    Person,
    Refused,
    Run,
    Visit,
    db,
    has_role,
    libraries_with_role,
    moment,
    now,
    progress,
)
from lms.api import gettext as _

from . import plan
from .models import ACTIVE, STOPPED, Community, CommunityStep, Plan

LEAD = "community.lead"
COACH = "community.coach"
STEP_TYPE = "community.step"
PER_PAGE = 20
_WHOLE = (
    joinedload(Community.library, innerjoin=True),
    joinedload(Community.plan, innerjoin=True).selectinload(Plan.steps),
    selectinload(Community.records).joinedload(CommunityStep.done_by),
)


def community_of(library_id: int | None) -> Community | None:
    """The community of a library with all its steps, if it has one. Three queries."""
    if library_id is None:
        return None
    return db.session.scalar(select(Community).where(Community.library_id == library_id).options(*_WHOLE))


def load_community(person: Person, community_id: int, *, own: bool = False) -> Community:
    """The community, for the people of its library, its coach and the programme lead; otherwise :class:`NotFound`.

    ``own`` is for writing: only the library's own people may, others who see it are :class:`Refused`; the row is
    locked, so that colleagues write one after the other.
    """
    found = select(Community).where(Community.id == community_id).options(*_WHOLE)
    if own:
        found = found.with_for_update(of=Community)
    community = db.session.scalar(found)
    if community is None or not _may_see(person, community):
        raise NotFound(_("Deze community bestaat niet of is niet van uw bibliotheek."))
    if own and community.library_id != person.library_id:
        raise Refused(_("U kijkt mee. Alleen mensen van %(library)s kunnen dit doen.", library=community.library.name))
    return community


def _may_see(person: Person, community: Community) -> bool:
    if community.library_id == person.library_id or has_role(person, LEAD):
        return True
    return has_role(person, COACH) and community.library_id in libraries_with_role(person, COACH)


def guided(person: Person) -> Pagination:
    """The communities that somebody guides, by library: all of them for the programme lead, a coach's own."""
    found: Select[Any] = select(Community).join(Library).order_by(Library.name).options(*_WHOLE)
    if not has_role(person, LEAD):
        found = found.where(Community.library_id.in_(libraries_with_role(person, COACH)))
    return db.paginate(found, per_page=PER_PAGE, max_per_page=PER_PAGE)


def begin(person: Person, *, name: str, target_group: str) -> Community:
    """Begin the community of one's library. Raises Refused without a library, Conflict when it has one."""
    if person.library_id is None:
        raise Refused(_("Uw account hoort nog bij geen bibliotheek. Vraag uw beheerder om dat te regelen."))
    community = Community(
        library_id=person.library_id,
        plan_id=plan.default().id,
        name=name,
        target_group=target_group,
        created_by_id=person.id,
    )
    try:
        # Only the database can tell that no colleague is doing the same at this moment.
        with db.session.begin_nested():
            db.session.add(community)
    except IntegrityError:
        there = community_of(person.library_id)
        raise Conflict(
            _("Uw bibliotheek heeft al een community: «%(name)s».", name=there.name if there else name)
        ) from None
    return community


def change(community: Community, *, name: str, target_group: str, why: str, stopped: bool) -> None:
    """Correct what is said about the community, or say that it stopped."""
    community.name, community.target_group, community.why = name, target_group, why
    community.status = STOPPED if stopped else ACTIVE


def finish_step(community: Community, person: Person, key: str, note: str) -> None:
    """Mark the present step as done, and complete the activities that wait for it. Raises Conflict.

    ``key`` is the step that the person had before them, which need not be the present one any more.
    """
    _must_run(community)
    walk = community.walk()
    place = walk.place(key)
    if place is None:
        raise Conflict(_("Deze stap staat niet in uw stappenplan. Bekijk de stap die nu aan de beurt is."))
    if place.state == "done":
        raise Conflict(_("De stap «%(title)s» is al klaar. %(who)s", title=place.step.title, who=_who(place.record)))
    if place.state == "todo" and walk.now is not None:
        raise Conflict(
            _("Rond eerst «%(now)s» af. «%(title)s» komt daarna.", now=walk.now.step.title, title=place.step.title)
        )
    record = place.record
    if record is None:
        record = CommunityStep(step_id=place.step.id)
        community.records.append(record)
    record.note, record.done_at, record.done_by_id = note, now(), person.id
    db.session.flush()
    _complete_activities(community, key)


def reopen_step(community: Community, key: str) -> None:
    """Open the step that was finished last again. The note is kept, and so is progress in a course.

    Raises Conflict when ``key`` is not the last one any more.
    """
    _must_run(community)
    last = community.walk().last
    if last is None or last.record is None or last.step.key != key:
        raise Conflict(
            _("U kunt alleen de stap die het laatst is afgerond weer openen. Kijk hoe het er nu voor staat.")
        )
    last.record.done_at = last.record.done_by_id = None
    db.session.flush()


def confirm(visit: Visit) -> None:
    """Complete an activity for somebody whose library did its step before they came. Raises Conflict."""
    visit.participant()
    community = community_of(visit.person.library_id)
    place = community.walk().place(visit.activity.settings.get("step", "")) if community else None
    if place is None or place.state != "done":
        raise Conflict(_("Deze stap van uw community is nog niet klaar. Rond die eerst af op de communitypagina."))
    progress.complete(visit.activity, visit.person, visit.run)


def group(run: Run) -> tuple[Pagination, dict[int, Community]]:
    """The libraries of the participants of a run, by name, with the communities of those on this page."""
    taking_part = (
        select(Person.library_id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.run_id == run.id, Enrolment.role == "participant", Enrolment.left_at.is_(None))
    )
    found = select(Library).where(Library.id.in_(taking_part)).order_by(Library.name)
    page = db.paginate(found, per_page=PER_PAGE, max_per_page=PER_PAGE)
    theirs = select(Community).where(Community.library_id.in_([library.id for library in page.items])).options(*_WHOLE)
    return page, {community.library_id: community for community in db.session.scalars(theirs)}


def _must_run(community: Community) -> None:
    if community.is_stopped:
        raise Conflict(_("Deze community is gestopt. Zet haar bij «Gegevens aanpassen» weer op «loopt»."))


def _who(record: CommunityStep | None) -> str:
    if record is None or record.done_at is None:
        return ""
    name = record.done_by.name if record.done_by else _("Een collega")
    return _("%(name)s rondde die af op %(moment)s.", name=name, moment=moment(record.done_at))


def _complete_activities(community: Community, key: str) -> None:
    """Report progress for everybody of the library who follows a course with an activity for this step."""
    rows = db.session.execute(
        select(Activity, Person)
        .join(Run, Run.course_id == Activity.course_id)
        .join(Enrolment, Enrolment.run_id == Run.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Activity.type == STEP_TYPE,
            Activity.archived_at.is_(None),
            Enrolment.role == "participant",
            Enrolment.left_at.is_(None),
            Enrolment.created_at <= now(),  # who comes later confirms it; see confirm()
            Person.library_id == community.library_id,
        )
    )
    people: dict[Activity, list[Person]] = {}
    for activity, person in rows:
        if activity.settings.get("step") == key:
            people.setdefault(activity, []).append(person)
    for activity, colleagues in people.items():
        progress.complete_all(activity, colleagues)
