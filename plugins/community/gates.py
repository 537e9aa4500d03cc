"""The gates between the steps: what must be there before a community goes on, in words.

Each step of a plan may name a gate of this file. A gate gives what is still missing, as phrases that complete «nog
nodig: …»; nothing missing means that it is open.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Select, func, select

from lms.api import db, ngettext, now
from lms.api import gettext as _

from .models import (
    ACTIVE,
    BOTH,
    FOR,
    ONLINE,
    PLANNED,
    TAKING_PART,
    Community,
    CommunityStep,
    Concept,
    Contact,
    Evaluation,
    Goal,
    Item,
    Participation,
    PlanStep,
    Precondition,
    Programme,
    TargetGroup,
    WorkingTest,
)

CONTACT = "contact"
PEOPLE = 5
"""With how many people a library speaks when no programme says otherwise."""


def missing(community: Community) -> list[str]:
    """What the present step still needs; empty when its gate is open, or when all steps are done."""
    place = community.walk().now
    gate = GATES.get(place.step.gate) if place and not community.is_finished else None
    return gate(community) if gate else []


def in_one_sentence(community: Community, wanted: list[str]) -> str:
    """What is needed for the next step; ``wanted`` is what :func:`missing` found."""
    walk = community.walk()
    if community.is_reported:
        return _("Hoe ver deze community kwam, noemt de bron niet.")
    if community.is_stopped:
        return _("Deze community is gestopt.")
    if walk.now is None:
        return _("Alle stappen zijn klaar.")
    if wanted:
        return _("Voor de volgende stap is nog nodig: %(what)s.", what=listed(wanted))
    return _(
        "Alles voor deze stap is er: schrijf op wat zij opleverde en rond «%(step)s» af.", step=walk.now.step.title
    )


def listed(phrases: list[str]) -> str:
    """«een, twee en drie»."""
    *first, last = phrases
    return _("%(first)s en %(last)s", first=", ".join(first), last=last) if first else last


def passed(community: Community, gate: str) -> bool:
    """Has the community passed the step with this gate? A plan without it holds nobody back."""
    places = [place for place in community.walk().places if place.step.gate == gate]
    return all(place.state == "done" for place in places)


def _count(found: Select[int]) -> int:
    return db.session.scalar(found) or 0


def _inventory(community: Community) -> list[str]:
    groups = select(func.count(TargetGroup.id)).where(TargetGroup.community_id == community.id).scalar_subquery()
    terms = select(func.count(Precondition.id)).where(Precondition.community_id == community.id).scalar_subquery()
    has_groups, has_terms = db.session.execute(select(groups, terms)).one()
    wanted = [] if has_groups else [_("minstens één doelgroep")]
    return wanted if has_terms else [*wanted, _("minstens één randvoorwaarde met wie erover gaat")]


def _reasons(community: Community) -> list[str]:
    chosen = db.session.scalar(
        select(TargetGroup).where(TargetGroup.community_id == community.id, TargetGroup.chosen).limit(1)
    )
    if chosen is None:
        return [_("een gekozen doelgroep, met waarom, hoe en wat ervoor nodig is")]
    texts = (
        (chosen.why, _("waarom u deze groep kiest")),
        (chosen.how, _("hoe u het aanpakt")),
        (chosen.takes, _("wat daarvoor nodig is")),
    )
    return [phrase for text, phrase in texts if not text]


def _contact(community: Community) -> list[str]:
    """Personal contact of one's own, and of every library that takes part in the programme (the whole cohort)."""
    programme = community.programme
    least = programme.contact_people if programme else PEOPLE
    own = _count(select(func.sum(Contact.people)).where(Contact.community_id == community.id))
    wanted = []
    if own < least:
        people = ngettext("%(num)d mens", "%(num)d mensen", least - own)
        wanted.append(_("persoonlijk contact met nog %(people)s uit de doelgroep", people=people))
    others = waiting_for(programme, community.library_id) if programme else 0
    if others:
        wanted.append(
            ngettext(
                "dat nog één andere bibliotheek haar doelgroep sprak",
                "dat nog %(num)d andere bibliotheken hun doelgroep spraken",
                others,
            )
        )
    return wanted


def waiting_for(programme: Programme, library_id: int) -> int:
    """How many other libraries of the programme have not yet been in personal contact with their target group.

    Who stopped is not waited for; who was let through early has passed.
    """
    spoken = (
        select(func.coalesce(func.sum(Contact.people), 0))
        .where(Contact.community_id == Community.id)
        .correlate(Community)
        .scalar_subquery()
    )
    let_through = (
        select(CommunityStep.id)
        .join(PlanStep, PlanStep.id == CommunityStep.step_id)
        .where(
            CommunityStep.community_id == Community.id,
            CommunityStep.done_at.is_not(None),
            PlanStep.gate == CONTACT,
        )
        .correlate(Community)
        .exists()
    )
    there = (
        select(Community.id)
        .where(
            Community.library_id == Participation.library_id,
            Community.programme_id == Participation.programme_id,
            Community.status == ACTIVE,
            (spoken >= programme.contact_people) | let_through,
        )
        .correlate(Participation)
        .exists()
    )
    return _count(
        select(func.count(Participation.id)).where(
            Participation.programme_id == programme.id,
            Participation.status == TAKING_PART,
            Participation.library_id != library_id,
            ~there,
        )
    )


def _concept(community: Community) -> list[str]:
    there = _count(select(func.count(Concept.id)).where(Concept.community_id == community.id))
    return [] if there else [_("een concept op papier")]


def _goals(community: Community) -> list[str]:
    there = _count(select(func.count(Goal.id)).where(Goal.community_id == community.id))
    return [] if there else [_("een doel dat bij een doel van uw organisatie hoort")]


def _calendar(community: Community) -> list[str]:
    modes = set(
        db.session.scalars(
            select(Item.mode)
            .where(Item.community_id == community.id, Item.status == PLANNED, Item.ends_at > now())
            .distinct()
        )
    )
    wanted = [] if modes - {ONLINE} else [_("een geplande activiteit in de bibliotheek")]
    return wanted if modes & {ONLINE, BOTH} else [*wanted, _("een geplande activiteit online")]


def _working(community: Community) -> list[str]:
    test = community.programme.working if community.programme else WorkingTest()
    held = db.session.execute(
        select(Item.mode, Item.started_by).where(
            Item.community_id == community.id,
            Item.status == PLANNED,
            Item.turnout > 0,
            Item.ends_at <= now(),
            Item.starts_at > now() - timedelta(days=test.days),
        )
    ).all()
    wanted = []
    if len(held) < test.held:
        activities = ngettext("%(num)d activiteit", "%(num)d activiteiten", test.held - len(held))
        wanted.append(_("nog %(activities)s met opkomst in %(days)s dagen", activities=activities, days=test.days))
    together = test.together - sum(row.started_by != FOR for row in held)
    if together > 0:
        activities = ngettext("%(num)d activiteit", "%(num)d activiteiten", together)
        wanted.append(_("nog %(activities)s met of door de community begonnen", activities=activities))
    modes = {row.mode for row in held}
    if test.both and not (BOTH in modes or len(modes) > 1):
        wanted.append(_("iets in de bibliotheek én iets online"))
    return wanted


def _evaluation(community: Community) -> list[str]:
    there = _count(select(func.count(Evaluation.id)).where(Evaluation.community_id == community.id))
    return [] if there else [_("een terugblik met een besluit")]


GATES: dict[str, Callable[[Community], list[str]]] = {
    "inventory": _inventory,
    "reasons": _reasons,
    CONTACT: _contact,
    "concept": _concept,
    "goals": _goals,
    "calendar": _calendar,
    "working": _working,
    "evaluation": _evaluation,
}
