"""What waits in the kennisbank for somebody, for «Vandaag»: of their library, and of the redactie."""

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import func, or_, select

from lms.api import PanelRow, Person, db, may, ngettext, today
from lms.api import gettext as _

from .models import Entry, Status
from .models.entries import READABLE
from .reading import EDIT

MOST = 4


def rows(person: Person) -> Iterator[PanelRow]:
    """What the redactie has to look at, what the library should look at again, and concepts. At most three queries."""
    if may(person, EDIT):
        yield from _of_editors()
    if person.library_id is not None:
        yield from _to_review(person.library_id)
    yield from _concepts(person)


def _of_editors() -> Iterator[PanelRow]:
    first, unseen = db.session.execute(
        select(
            func.count().filter(Entry.status == Status.SUBMITTED),
            func.count().filter(Entry.status.in_(READABLE), Entry.checked_at.is_(None)),
        )
    ).one()
    url = url_for("kennisbank.queue")
    if first:
        yield PanelRow(
            ngettext("%(num)d eerste bijdrage wacht op u", "%(num)d eerste bijdragen wachten op u", first),
            url,
            _("Publiceer, of vraag om een wijziging."),
            icon="clipboard-check",
        )
    if unseen:
        yield PanelRow(
            ngettext("%(num)d bijdrage is nieuw of gewijzigd", "%(num)d bijdragen zijn nieuw of gewijzigd", unseen),
            url,
            _("Die staan er al. U kijkt achteraf."),
            icon="eye",
        )


def _to_review(library_id: int) -> Iterator[PanelRow]:
    measured, passed = Entry.result_on <= today(), Entry.review_by < today()
    due = (Entry.status == Status.PUBLISHED) & or_(measured, passed)
    found = select(Entry).where(Entry.library_id == library_id, or_(due, Entry.status == Status.REVIEW))
    when = func.coalesce(Entry.result_on, Entry.review_by)
    for entry in db.session.scalars(found.order_by(when, Entry.id).limit(MOST)):
        known = entry.result_on is not None and entry.result_on <= today()
        yield PanelRow(
            entry.title,
            url_for("kennisbank.entry", slug=entry.slug),
            _("U zou het resultaat nu kennen. Vul het aan.") if known else _("Kijk of dit nog klopt."),
            icon="graph-up" if known else "eye",
        )


def _concepts(person: Person) -> Iterator[PanelRow]:
    found = select(Entry).where(Entry.created_by_id == person.id, Entry.status == Status.DRAFT)
    for entry in db.session.scalars(found.order_by(Entry.updated_at.desc(), Entry.id).limit(MOST)):
        yield PanelRow(
            _("Schrijf verder: %(title)s", title=entry.title),
            url_for("kennisbank.edit", slug=entry.slug),
            _("De redactie vraagt: %(note)s", note=entry.status_note) if entry.status_note else _("Een concept van u."),
            icon="pencil",
        )
