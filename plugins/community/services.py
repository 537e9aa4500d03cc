"""What happens to a community: it begins, walks its steps in order, and a step can be opened again.

Two colleagues who press at once meet at the row of their community: the second waits, reads afresh and is told.
"""

from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.api import (
    Activity,
    Conflict,
    Enrolment,
    Library,
    Person,
    Refused,
    Run,
    Visit,
    db,
    moment,
    now,
    progress,
)
from lms.api import gettext as _

from . import gates, plan
from .access import WHOLE, coached_libraries, community_of, is_lead, must_run, newest_first
from .access import load_community as load_community
from .models import (
    ACTIVE,
    EARLY,
    PASSED,
    REOPENED,
    STOPPED,
    TAKING_PART,
    Coaching,
    Community,
    CommunityStep,
    Participation,
    Passage,
    Place,
    Programme,
    TargetGroup,
)

STEP_TYPE = "community.step"
PER_PAGE = 20


def guided(person: Person) -> Pagination:
    """The communities that somebody guides, by library: all of them for the programme lead, a coach's own."""
    found: Select[Any] = select(Community).join(Library).order_by(Library.name, Community.id).options(*WHOLE)
    if not is_lead(person):
        found = found.where(Community.library_id.in_(coached_libraries(person)))
    return db.paginate(found, per_page=PER_PAGE, max_per_page=PER_PAGE)


def coachings(person: Person) -> dict[int, Coaching]:
    """By library what a programme says about somebody's coaching there: from when until when, and the tasks."""
    found = (
        select(Coaching)
        .where(Coaching.person_id == person.id)
        .options(joinedload(Coaching.participation).joinedload(Participation.programme).selectinload(Programme.tasks))
    )
    return {coaching.participation.library_id: coaching for coaching in db.session.scalars(found)}


def begin(person: Person, *, name: str, target_group: str) -> Community:
    """Begin the community of one's library, in the programme that it takes part in.

    A community that stopped before is succeeded by it. Raises Refused without a library, Conflict when one runs.
    """
    if person.library_id is None:
        raise Refused(_("Uw account hoort nog bij geen bibliotheek. Vraag uw beheerder om dat te regelen."))
    programme = programme_of(person.library_id)
    before = community_of(person.library_id)
    community = Community(
        library_id=person.library_id,
        plan_id=programme.plan_id if programme else plan.default().id,
        programme_id=programme.id if programme else None,
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
    db.session.add(TargetGroup(community_id=community.id, name=target_group[:200], profile=target_group[200:]))
    if before is not None:
        before.succeeded_by_id = community.id
    db.session.flush()
    return community


def programme_of(library_id: int) -> Programme | None:
    """The programme that a library takes part in now; of several the latest."""
    return db.session.scalar(
        select(Programme)
        .join(Participation, Participation.programme_id == Programme.id)
        .where(Participation.library_id == library_id, Participation.status == TAKING_PART)
        .order_by(Programme.id.desc())
        .limit(1)
    )


def change(
    community: Community,
    *,
    name: str,
    target_group: str,
    why: str,
    stopped: bool,
    library_role: str = "",
    stopped_why: str = "",
    published: bool = False,
) -> None:
    """Correct what is said about the community, show it to the network, or say that it stopped and why.

    Raises Conflict when it is to run again while its successor does.
    """
    if not stopped:
        others = select(Community.name).where(
            Community.library_id == community.library_id, Community.status == ACTIVE, Community.id != community.id
        )
        if there := db.session.scalar(others.limit(1)):
            raise Conflict(_("Uw bibliotheek heeft al een community: «%(name)s».", name=there))
    community.name, community.target_group, community.why = name, target_group, why
    community.library_role = library_role
    if published != (community.published_at is not None):
        community.published_at = now() if published else None
    community.stopped_why = stopped_why if stopped else ""
    community.status = STOPPED if stopped else ACTIVE
    db.session.flush()


def finish_step(community: Community, person: Person, key: str, note: str) -> None:
    """Mark the present step as done, and complete the activities that wait for it. Raises Conflict.

    ``key`` is the step that the person had before them, which need not be the present one any more.
    """
    place = _at(community, key)
    wanted = gates.missing(community)
    if wanted:
        raise Conflict(
            _(
                "«%(title)s» kan nog niet af. Nog nodig: %(what)s.",
                title=place.step.title,
                what=gates.listed(wanted),
            )
        )
    _pass(community, place, person, note, PASSED)


def pass_early(community: Community, lead: Person, key: str, reason: str) -> None:
    """Let a community go on though its gate is closed: the programme lead does that, and says why. Raises Conflict."""
    if not is_lead(lead):
        raise Refused(_("Alleen de programmaleider kan een community eerder door laten gaan."))
    place = _at(community, key)
    if not gates.missing(community):
        raise Conflict(_("Alles voor deze stap is er. De bibliotheek kan haar zelf afronden."))
    _pass(community, place, lead, reason, EARLY)


def _at(community: Community, key: str) -> Place:
    """The present step, if that is the one with this key."""
    must_run(community)
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
    return place


def _pass(community: Community, place: Place, person: Person, note: str, kind: str) -> None:
    record = place.record
    if record is None:
        record = CommunityStep(step_id=place.step.id)
        community.records.append(record)
    record.note, record.done_at, record.done_by_id = note, now(), person.id
    reason = note if kind == EARLY else ""
    db.session.add(Passage(community_id=community.id, step_id=place.step.id, kind=kind, by_id=person.id, reason=reason))
    db.session.flush()
    _complete_activities(community, place.step.key)


def passages(community: Community) -> list[Passage]:
    """Who passed which step when, and why; the latest first."""
    found = select(Passage).where(Passage.community_id == community.id).order_by(Passage.id.desc())
    return list(db.session.scalars(found.options(joinedload(Passage.step), joinedload(Passage.by))))


def reopen_step(community: Community, person: Person, key: str) -> None:
    """Open the step that was finished last again. The note is kept, and so is progress in a course.

    Raises Conflict when ``key`` is not the last one any more.
    """
    must_run(community)
    last = community.walk().last
    if last is None or last.record is None or last.step.key != key:
        raise Conflict(
            _("U kunt alleen de stap die het laatst is afgerond weer openen. Kijk hoe het er nu voor staat.")
        )
    last.record.done_at = last.record.done_by_id = None
    db.session.add(Passage(community_id=community.id, step_id=last.step.id, kind=REOPENED, by_id=person.id))
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
    theirs = select(Community).where(Community.library_id.in_([library.id for library in page.items])).options(*WHOLE)
    shown: dict[int, Community] = {}
    for community in db.session.scalars(newest_first(theirs)):
        shown.setdefault(community.library_id, community)
    return page, shown


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
