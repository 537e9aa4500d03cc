"""From concept to archive: who may take an entry from one state to the next.

Concept → ingediend → gepubliceerd → te herzien → gestopt | opgevolgd door | gearchiveerd. The library that owns an
entry moves it, and the redactie may move all. Somebody's first entry waits for the redactie; after that theirs are
published at once and looked at afterwards. Each step leaves a row in the history and tells who follows.
"""

from sqlalchemy import exists, select

from lms.api import Conflict, Invalid, NotFound, Person, Refused, db, link, may, notify, now, people_with_role, today
from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from . import content, reading
from .evidence import look_again
from .lists import Lists
from .models import Draft, Entry, Status

EDITOR = "kennisbank.editor"
LABELS = {
    Status.DRAFT: _l("concept"),
    Status.SUBMITTED: _l("ingediend"),
    Status.PUBLISHED: _l("gepubliceerd"),
    Status.REVIEW: _l("te herzien"),
    Status.STOPPED: _l("gestopt"),
    Status.SUCCEEDED: _l("opgevolgd"),
    Status.ARCHIVED: _l("gearchiveerd"),
}
_LIVING = (Status.PUBLISHED, Status.REVIEW, Status.STOPPED, Status.SUCCEEDED, Status.ARCHIVED)
NEXT = {status: tuple(other for other in _LIVING if other != status) for status in _LIVING}
"""What an owner may choose once an entry was published; before that there is ``submit``, ``publish``, ``send_back``."""


def may_change(person: Person, entry: Entry) -> bool:
    """Is the entry of the person's library (or, without one, their own), or are they the redactie?"""
    if may(person, reading.EDIT):
        return True
    if not person.is_authenticated or not may(person, "kennisbank.contribute"):
        return False
    if entry.library_id is None:
        return entry.created_by_id is not None and entry.created_by_id == person.id
    return entry.library_id == person.library_id


def load_own(person: Person, slug: str) -> Entry:
    """The entry when the person may change it: NotFound when they may not even read it, else Refused."""
    entry = reading.load_entry(person, slug)
    if not may_change(person, entry):
        raise Refused(_("Dit is van een andere bibliotheek. U kunt het lezen, maar niet wijzigen."))
    return entry


def is_trusted(person: Person) -> bool:
    """Has the redactie looked at something of this person before? Then the next is published at once."""
    if may(person, reading.EDIT):
        return True
    return bool(
        db.session.scalar(select(exists().where(Entry.created_by_id == person.id, Entry.checked_at.is_not(None))))
    )


def submit(person: Person, entry: Entry, lists: Lists) -> None:
    """Hand a concept in; it is published at once when the redactie knows the person."""
    if entry.status != Status.DRAFT:
        raise Conflict(_("Dit is al ingediend."))
    entry.submitted_at = now()
    if is_trusted(person):
        checked = may(person, reading.EDIT)
        _publish(entry, person, lists, _("Gepubliceerd"), checked=checked)
    else:
        _move(entry, Status.SUBMITTED, person, lists, _("Ingediend"))
        _tell_editors(entry, _("Nieuw in de kennisbank: %(title)s", title=entry.title), _waits(entry))


def publish(editor: Person, entry: Entry, lists: Lists) -> None:
    """The redactie publishes what was handed in."""
    if entry.status != Status.SUBMITTED:
        raise Conflict(_("Dit wacht niet (meer) op publicatie."))
    _publish(entry, editor, lists, _("Gepubliceerd door de redactie"), checked=True)
    _tell_author(
        entry,
        editor,
        _("«%(title)s» staat in de kennisbank", title=entry.title),
        _("De redactie heeft uw bijdrage gepubliceerd. Wat u hierna deelt, staat er meteen in."),
    )


def send_back(editor: Person, entry: Entry, reason: str, lists: Lists) -> None:
    """The redactie asks for a change first. Raises Invalid without a reason."""
    if entry.status != Status.SUBMITTED:
        raise Conflict(_("Dit wacht niet (meer) op publicatie."))
    if not reason.strip():
        raise Invalid(_("Schrijf wat er anders moet. De bijdrager leest dit."), "note")
    entry.status_note = reason.strip()
    _move(entry, Status.DRAFT, editor, lists, _("Teruggestuurd door de redactie"))
    subject = _("De redactie vraagt een wijziging: %(title)s", title=entry.title)
    _tell_author(entry, editor, subject, entry.status_note)


def check(editor: Person, entry: Entry) -> None:
    """The redactie has looked at what was published at once."""
    if not entry.is_readable:
        raise Conflict(_("Dit is niet gepubliceerd."))
    entry.checked_at = now()


def change(person: Person, entry: Entry, to: str, note: str, successor: str, lists: Lists) -> None:
    """Take a published entry to another state. Raises Invalid when a reason or the successor is missing."""
    if entry.status not in NEXT or to not in NEXT[Status(entry.status)]:
        raise Conflict(_("Dat kan nu niet. Laad de pagina opnieuw en kijk hoe het ervoor staat."))
    status = Status(to)
    if status != Status.PUBLISHED and status != Status.SUCCEEDED and not note.strip():
        raise Invalid(_("Schrijf in een zin waarom. Lezers zien dit."), "note")
    entry.successor_id = None
    if status == Status.SUCCEEDED:
        try:
            entry.successor_id = reading.load_entry(person, successor.strip().rstrip("/").rsplit("/", 1)[-1]).id
        except NotFound:
            raise Invalid(_("Plak het adres van wat het opvolgt, uit de kennisbank."), "successor") from None
        if entry.successor_id == entry.id:
            raise Invalid(_("Iets kan zichzelf niet opvolgen."), "successor")
    entry.status_note = note.strip() if status != Status.PUBLISHED else ""
    _move(entry, status, person, lists, str(LABELS[status]).capitalize())


def discard(entry: Entry) -> None:
    """Throw a concept away; what was ever published is archived and not thrown away."""
    if entry.status != Status.DRAFT or entry.published_at is not None:
        raise Conflict(_("Alleen een concept kunt u weggooien."))
    db.session.delete(entry)


def changed(person: Person, entry: Entry) -> None:
    """After a change of what everybody reads: the redactie looks at it, unless they made it."""
    if entry.is_readable:
        entry.checked_at = now() if may(person, reading.EDIT) else None


def _publish(entry: Entry, person: Person, lists: Lists, summary: str, *, checked: bool) -> None:
    moment = now()
    entry.published_at = entry.published_at or moment
    entry.checked_at = moment if checked else None
    entry.review_by = look_again(entry, today())
    entry.status_note = ""
    _move(entry, Status.PUBLISHED, person, lists, summary)


def _move(entry: Entry, status: Status, person: Person, lists: Lists, summary: str) -> None:
    entry.status = status
    entry.updated_at = now()
    content.remember(entry, content.snapshot(entry, lists), by=person, summary=summary)
    content.announce([entry])


def _waits(entry: Entry) -> str:
    return _(
        "Dag,\n\n%(library)s deelt «%(title)s». Het is de eerste bijdrage van deze collega. Kijk of het gepubliceerd "
        "kan worden.",
        library=entry.library,
        title=entry.title,
    )


def _tell_editors(entry: Entry, subject: str, body: str) -> None:
    for editor in people_with_role(EDITOR):
        notify(editor, "kennisbank.waiting", subject, body, link=link("kennisbank.queue"))


def _tell_author(entry: Entry, editor: Person, subject: str, body: str) -> None:
    if entry.created_by is not None and entry.created_by_id != editor.id:
        address = link("kennisbank.entry", slug=entry.slug)
        notify(entry.created_by, "kennisbank.answered", subject, _("Dag,\n\n%(body)s", body=body), link=address)


def draft_of(entry: Entry) -> Draft | None:
    """What the library is writing on this entry."""
    return db.session.get(Draft, entry.id)
