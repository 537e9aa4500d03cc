"""What the community of a library holds about somebody: what they began, finished, wrote and coached.

A community is the library's, so all of it stays for the colleagues; only the name goes.
"""

from collections.abc import Iterator

from sqlalchemy import select

from lms.api import Holding, Library, Person, db, without_name
from lms.api import gettext as _

from .models import Coaching, Community, CommunityStep, Concept, Item, Participation, Passage, PlanStep, Programme


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
    yield Holding(
        "doorgangen",
        _("Stappen die deze persoon liet doorgaan of weer opende"),
        select(
            Community.name.label("community"),
            PlanStep.title.label("stap"),
            Passage.kind.label("wat"),
            Passage.reason.label("reden"),
            Passage.at.label("op"),
        )
        .join_from(Passage, Community, Community.id == Passage.community_id)
        .join(PlanStep, PlanStep.id == Passage.step_id)
        .where(Passage.by_id == person.id)
        .order_by(Passage.id),
        stays=True,
    )
    yield Holding(
        "concepten",
        _("Versies van een concept die deze persoon schreef"),
        select(
            Community.name.label("community"),
            Concept.number.label("versie"),
            Concept.text.label("tekst"),
            Concept.content.label("rond"),
            Concept.created_at.label("geschreven_op"),
        )
        .join_from(Concept, Community, Community.id == Concept.community_id)
        .where(Concept.created_by_id == person.id)
        .order_by(Concept.id),
        stays=True,
    )
    yield Holding(
        "activiteiten",
        _("Activiteiten die deze persoon plande"),
        select(
            Community.name.label("community"),
            Item.title.label("activiteit"),
            Item.description.label("beschrijving"),
            Item.starts_at.label("begint_op"),
            Item.learned.label("geleerd"),
        )
        .join_from(Item, Community, Community.id == Item.community_id)
        .where(Item.created_by_id == person.id)
        .order_by(Item.id),
        stays=True,
    )
    yield Holding(
        "coach",
        _("Bibliotheken die deze persoon coacht"),
        select(
            Programme.title.label("programma"),
            Library.name.label("bibliotheek"),
            Coaching.starts_on.label("van"),
            Coaching.ends_on.label("tot_en_met"),
        )
        .join_from(Coaching, Participation, Participation.id == Coaching.participation_id)
        .join(Programme, Programme.id == Participation.programme_id)
        .join(Library, Library.id == Participation.library_id)
        .where(Coaching.person_id == person.id)
        .order_by(Coaching.id),
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
    for passage in db.session.scalars(select(Passage).where(Passage.by_id == person.id)):
        passage.reason = without_name(passage.reason, person)
        passage.by_id = None
    for concept in db.session.scalars(select(Concept).where(Concept.created_by_id == person.id)):
        concept.text, concept.content = without_name(concept.text, person), without_name(concept.content, person)
        concept.created_by_id = None
    for item in db.session.scalars(select(Item).where(Item.created_by_id == person.id)):
        item.title = without_name(item.title, person)[:160]
        item.description = without_name(item.description, person)
        item.learned = without_name(item.learned, person)
        item.created_by_id = None
    db.session.flush()
