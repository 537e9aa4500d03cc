"""What the community of a library holds about somebody: that they began it, and which steps they finished.

A community is the library's, so all of it stays for the colleagues; only the name goes.
"""

from collections.abc import Iterator

from sqlalchemy import select

from lms.api import Holding, Person, db, without_name
from lms.api import gettext as _

from .models import Community, CommunityStep, PlanStep


def export(person: Person) -> Iterator[Holding]:
    """The community that one began, and the steps that one finished."""
    yield Holding(
        "begonnen",
        _("Communities die deze persoon begon"),
        select(
            Community.name.label("naam"),
            Community.target_group.label("doelgroep"),
            Community.why.label("waarom"),
            Community.created_at.label("begonnen_op"),
        )
        .where(Community.created_by_id == person.id)
        .order_by(Community.id),
        stays=True,
    )
    yield Holding(
        "stappen",
        _("Stappen die deze persoon afrondde"),
        select(
            Community.name.label("community"),
            PlanStep.title.label("stap"),
            CommunityStep.note.label("notitie"),
            CommunityStep.done_at.label("afgerond_op"),
        )
        .join_from(CommunityStep, Community, Community.id == CommunityStep.community_id)
        .join(PlanStep, PlanStep.id == CommunityStep.step_id)
        .where(CommunityStep.done_by_id == person.id)
        .order_by(CommunityStep.id),
        stays=True,
    )


def erase(person: Person) -> None:
    """Take the name off what stays for the library."""
    for community in db.session.scalars(select(Community).where(Community.created_by_id == person.id)):
        community.name = without_name(community.name, person)[:120]
        community.target_group = without_name(community.target_group, person)
        community.why = without_name(community.why, person)
        community.created_by_id = None
    for record in db.session.scalars(select(CommunityStep).where(CommunityStep.done_by_id == person.id)):
        record.note = without_name(record.note, person)
        record.done_by_id = None
    db.session.flush()
