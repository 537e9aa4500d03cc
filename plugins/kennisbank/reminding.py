"""Once a day: whose figures were to follow by now, and what nobody has looked at for too long, is asked about once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select

from lms.api import db, link, ngettext, notify, today
from lms.api import gettext as _

from .evidence import owners
from .models import Entry, Status

AT_ONCE = 60
"""Entries that are asked about in one turn, oldest date first; the others come the next day."""
NAMED = 10
"""Entries that a message names; it counts the others."""


def remind() -> None:
    """Tell the owners what is due: one message each, however much it is. Asking again waits for a new date."""
    to_ask: dict[tuple[int | None, str], list[Entry]] = defaultdict(list)
    for entry in _due(today()):
        to_ask[entry.library_id, entry.owner_role].append(entry)
        entry.asked_on = today()
    for entries in to_ask.values():
        _ask(entries)


def _due(day: date) -> Sequence[Entry]:
    """What was to be measured or looked at before a day, and was not asked about since."""
    passed = [
        (when < day) & or_(Entry.asked_on.is_(None), Entry.asked_on <= when)
        for when in (Entry.result_on, Entry.review_by)
    ]
    first = func.coalesce(Entry.result_on, Entry.review_by)
    found = select(Entry).where(Entry.status == Status.PUBLISHED, or_(*passed)).order_by(first, Entry.id)
    return db.session.scalars(found.limit(AT_ONCE).with_for_update(skip_locked=True)).all()


def _ask(entries: Sequence[Entry]) -> None:
    lines = [f"- {entry.title}: {link('kennisbank.entry', slug=entry.slug)}" for entry in entries[:NAMED]]
    if len(entries) > NAMED:
        lines.append(_("- en nog %(number)s", number=len(entries) - NAMED))
    body = _(
        "Dag,\n\nVan deze bijdragen zou u nu het resultaat kennen, of is lang niet gekeken of zij nog kloppen:\n\n"
        "%(titles)s\n\nVul het resultaat aan, of kies op de pagina «Klopt nog». Dat kost een minuut.",
        titles="\n".join(lines),
    )
    subject = ngettext(
        "Kijkt u naar «%(title)s»?", "Kijkt u naar %(num)s bijdragen?", len(entries), title=entries[0].title
    )
    for owner in owners(entries[0]):
        notify(owner, "kennisbank.due", subject, body, link=link("kennisbank.index"))
