"""Citing: a participant names an entry in the work on an assignment, and the entry counts it."""

from collections.abc import Sequence

from sqlalchemy import select

from lms.api import Enrolment, Visit, db, link, now
from lms.api import gettext as _

from .models import Citation, Entry


def cite(visit: Visit, entry: Entry) -> None:
    """Note that the participant cites this entry here; twice counts once. Raises Refused for who only looks on."""
    enrolment = visit.participant()
    db.session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    if _row(visit, entry) is None:
        db.session.add(
            Citation(entry_id=entry.id, enrolment_id=enrolment.id, activity_id=visit.activity.id, made_at=now())
        )


def take_back(visit: Visit, entry: Entry) -> None:
    """The participant does not cite it after all."""
    visit.participant()
    row = _row(visit, entry)
    if row is not None:
        db.session.delete(row)


def cited(visit: Visit) -> Sequence[Entry]:
    """What the participant cites for this activity, in the order of citing."""
    if visit.enrolment is None:
        return ()
    return db.session.scalars(
        select(Entry)
        .join(Citation, Citation.entry_id == Entry.id)
        .where(Citation.enrolment_id == visit.enrolment.id, Citation.activity_id == visit.activity.id)
        .order_by(Citation.id)
    ).all()


def line(entry: Entry) -> str:
    """How to name an entry in one's text: «Voorlezen in de wachtkamer», Bibliotheek Lindehove (2026), address."""
    who = f"{entry.library} ({entry.period})" if entry.period else entry.library
    address = link("kennisbank.entry", slug=entry.slug)
    return ", ".join(filter(None, (_("«%(title)s»", title=entry.title), who, address)))


def _row(visit: Visit, entry: Entry) -> Citation | None:
    assert visit.enrolment is not None
    return db.session.scalar(
        select(Citation).where(
            Citation.entry_id == entry.id,
            Citation.enrolment_id == visit.enrolment.id,
            Citation.activity_id == visit.activity.id,
        )
    )
