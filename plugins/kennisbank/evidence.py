"""What readers add: it still holds, it is of use to us, we took it over. And how all of that stands on an entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from lms.api import Invalid, Person, Refused, db, link, notify, now, people_with_role, today
from lms.api import gettext as _

from .models import Answer, Citation, Confirmation, Entry, TakeOver, Vote
from .models.entries import READABLE

KEEPS = {"tool": 6}
KEEPS_OTHERS = 12
"""Months until somebody should look again: platforms change sooner than what a library did."""


@dataclass(frozen=True)
class Standing:
    """What readers said about one entry."""

    chain: Sequence[TakeOver]
    votes: dict[str, int]
    my_vote: str | None
    confirmed_at: datetime | None
    doubts: int
    my_confirmation: bool | None
    citations: int

    def own(self, person: Person) -> TakeOver | None:
        """What the person's library recorded."""
        return next((one for one in self.chain if one.library_id == person.library_id), None)


def standing(entry: Entry, person: Person) -> Standing:
    """All that readers added to an entry. Three queries."""
    chain = db.session.scalars(
        select(TakeOver)
        .where(TakeOver.entry_id == entry.id)
        .options(joinedload(TakeOver.library))
        .order_by(TakeOver.id)
    ).all()
    mine = person.id if person.is_authenticated else None
    votes: dict[str, int] = dict.fromkeys(Answer, 0)
    my_vote = None
    for answer, number, own in db.session.execute(
        select(Vote.answer, func.count(), func.max(_is(Vote.person_id, mine)))
        .where(Vote.entry_id == entry.id)
        .group_by(Vote.answer)
    ):
        votes[answer] = number
        my_vote = answer if own else my_vote
    last, doubts, holds, against, citations = db.session.execute(
        select(
            func.max(Confirmation.made_at).filter(Confirmation.holds),
            func.count().filter(Confirmation.holds.is_(False)),
            func.count().filter(Confirmation.holds, Confirmation.person_id == mine),
            func.count().filter(Confirmation.holds.is_(False), Confirmation.person_id == mine),
            select(func.count()).where(Citation.entry_id == entry.id).scalar_subquery(),
        ).where(Confirmation.entry_id == entry.id)
    ).one()
    moments = [moment for moment in (last, entry.confirmed_at) if moment]
    return Standing(
        chain,
        votes,
        my_vote,
        max(moments, default=None),
        doubts,
        True if holds else False if against else None,
        citations,
    )


def vote(person: Person, entry: Entry, answer: str) -> None:
    """«Bruikbaar voor ons?»: the last answer of a person counts."""
    _readable(entry)
    if answer not in set(Answer):
        raise Invalid(_("Kies ja, met aanpassing of nee."), "answer")
    _one_at_a_time(entry)
    row = db.session.scalar(select(Vote).where(Vote.entry_id == entry.id, Vote.person_id == person.id))
    if row is None:
        row = Vote(entry_id=entry.id, person_id=person.id)
        db.session.add(row)
    row.answer, row.library_id, row.made_at = answer, person.library_id, now()


def confirm(person: Person, entry: Entry, holds: bool, note: str = "") -> None:
    """«Klopt dit nog?»: yes moves the date on which somebody should look again; no tells the owner."""
    _readable(entry)
    _one_at_a_time(entry)
    row = db.session.scalar(
        select(Confirmation).where(Confirmation.entry_id == entry.id, Confirmation.person_id == person.id)
    )
    if row is None:
        row = Confirmation(entry_id=entry.id, person_id=person.id)
        db.session.add(row)
    told = row.holds is False
    row.holds, row.note, row.made_at = holds, note.strip()[:2000], now()
    if holds:
        entry.confirmed_at = row.made_at
        entry.review_by = look_again(entry, today())
    elif not told:
        _tell_owner(person, entry, row.note)


def look_again(entry: Entry, day: date) -> date:
    """When somebody should look at this again, counted from a day."""
    months = day.month - 1 + KEEPS.get(entry.kind, KEEPS_OTHERS)
    return date(day.year + months // 12, months % 12 + 1, min(day.day, 28))


def owners(entry: Entry) -> Sequence[Person]:
    """Who keeps an entry right: the redactie has what no library owns, and what a library has nobody for."""
    own = people_with_role(entry.owner_role, entry.library_id) if entry.library_id else []
    return own or people_with_role("kennisbank.editor")


def take_over(person: Person, entry: Entry, values: dict[str, Any]) -> TakeOver:
    """Record that the person's library took this over, with its own result; again changes what was recorded."""
    _readable(entry)
    if person.library_id is None:
        raise Refused(_("U hoort nog niet bij een bibliotheek. Vraag de beheerder om dit te regelen."))
    if entry.library_id == person.library_id:
        raise Refused(_("Dit is van uw eigen bibliotheek. Zet een nieuw resultaat bij de actie zelf."))
    _one_at_a_time(entry)
    row = db.session.scalar(
        select(TakeOver).where(TakeOver.entry_id == entry.id, TakeOver.library_id == person.library_id)
    )
    if row is None:
        row = TakeOver(entry_id=entry.id, library_id=person.library_id, created_at=now())
        db.session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.person_id, row.updated_at = person.id, now()
    db.session.flush()
    return row


def withdraw(person: Person, entry: Entry) -> None:
    """The person's library did not take this over after all."""
    row = db.session.scalar(
        select(TakeOver).where(TakeOver.entry_id == entry.id, TakeOver.library_id == person.library_id)
    )
    if row is not None:
        db.session.delete(row)


def _readable(entry: Entry) -> None:
    if entry.status not in READABLE:
        raise Refused(_("Dit is niet gepubliceerd."))


def _one_at_a_time(entry: Entry) -> None:
    db.session.execute(select(Entry.id).where(Entry.id == entry.id).with_for_update(key_share=True))


def _is(column: Any, value: int | None) -> Any:
    return case((column == (value or 0), 1), else_=0)


def _tell_owner(person: Person, entry: Entry, note: str) -> None:
    body = _("Dag,\n\nEen lezer denkt dat «%(title)s» niet meer klopt.", title=entry.title)
    if note:
        body += "\n\n" + _("De lezer schrijft: %(note)s", note=note)
    for owner in owners(entry):
        if owner.id != person.id:
            subject = _("Klopt dit nog? %(title)s", title=entry.title)
            notify(owner, "kennisbank.doubted", subject, body, link=link("kennisbank.entry", slug=entry.slug))
