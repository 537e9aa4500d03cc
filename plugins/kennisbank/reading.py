"""Who reads which entries."""

from sqlalchemy import ColumnElement, and_, or_, select

from lms.api import NotFound, Person, db, may
from lms.api import gettext as _

from . import content
from .models import Entry, Status, Visibility
from .models.entries import READABLE

EDIT = "kennisbank.edit"


def listed(person: Person) -> list[ColumnElement[bool]]:
    """What an entry must be to stand in a list of this person (``current_user``, also without an account)."""
    conditions: list[ColumnElement[bool]] = [Entry.status.in_(READABLE)]
    if not person.is_authenticated:
        conditions.append(Entry.visibility == Visibility.PUBLIC)
    return conditions


def open_to(person: Person) -> ColumnElement[bool]:
    """What an entry must be for the person to read it, also by its address alone."""
    # What was archived can still be read by who has its address: others may refer to it.
    published = Entry.status.in_((*READABLE, Status.ARCHIVED))
    if not person.is_authenticated:
        return and_(published, Entry.visibility == Visibility.PUBLIC)
    if may(person, EDIT):
        return Entry.id.is_not(None)
    if person.library_id:
        return or_(published, Entry.library_id == person.library_id)
    return or_(published, Entry.created_by_id == person.id)


def load_entry(person: Person, slug: str) -> Entry:
    """The entry under this slug with all that its page shows, or NotFound when it is not theirs to read."""
    # PostgreSQL refuses a zero character where SQLite just finds nothing.
    entry = None
    if "\0" not in slug and len(slug) <= 80:
        found = select(Entry).where(Entry.slug == slug, open_to(person)).options(*content.PAGE)
        entry = db.session.scalar(found)
    if entry is None:
        raise NotFound(_("Dit staat niet in de kennisbank."))
    return entry


def successor(person: Person, entry: Entry) -> Entry | None:
    """What followed this entry, when the person may read that too: it may be a concept, or not for everybody."""
    if entry.successor_id is None:
        return None
    return db.session.scalar(select(Entry).where(Entry.id == entry.successor_id, open_to(person)))
