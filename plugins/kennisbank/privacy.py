"""What the kennisbank holds about somebody: what they chose from a collection, and why."""

from collections.abc import Iterator

from sqlalchemy import delete, select

from lms.api import Activity, Enrolment, Holding, Person, Run, db
from lms.api import gettext as _

from .models import Choice, Pick


def export(person: Person) -> Iterator[Holding]:
    """One's choices with the reasons."""
    yield Holding(
        "keuzes",
        _("Keuzes uit de kennisbank"),
        select(
            Run.name.label("groep"),
            Activity.title.label("onderdeel"),
            Pick.slug.label("gekozen"),
            Pick.reason.label("reden"),
            Choice.chosen_at.label("gekozen_op"),
        )
        .join_from(Choice, Pick, Pick.choice_id == Choice.id)
        .join(Enrolment, Enrolment.id == Choice.enrolment_id)
        .join(Run, Run.id == Enrolment.run_id)
        .join(Activity, Activity.id == Choice.activity_id)
        .where(Enrolment.person_id == person.id)
        .order_by(Pick.id),
    )


def erase(person: Person) -> None:
    """Choices are one's own: they go."""
    own = select(Enrolment.id).where(Enrolment.person_id == person.id)
    db.session.execute(delete(Choice).where(Choice.enrolment_id.in_(own)))
