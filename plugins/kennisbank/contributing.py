"""Writing an entry: beginning it, the draft that saves itself, and making it what others read."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import func, or_, select

from lms.api import Conflict, Person, db, made_just_now, now
from lms.api import gettext as _

from . import content, lifecycle, reading
from .kinds import kind_of
from .lists import Lists
from .models import Draft, Entry, Origin, Status, Visibility
from .text import fold

ALIKE = 0.6
"""From here on two titles are shown as likely the same: half of the words, or the same word in another form."""
_CANDIDATES, _SHOWN = 200, 5


class EditConflict(Conflict):
    """Somebody else saved meanwhile. ``theirs`` is the stored data, ``revision`` its number."""

    def __init__(self, theirs: dict[str, Any], revision: int) -> None:
        super().__init__(_("Dit is in een ander venster of door een collega gewijzigd. Kies wat u bewaart."))
        self.theirs = theirs
        self.revision = revision


@dataclass(frozen=True)
class Alike:
    """An entry with a title that looks much like another."""

    slug: str
    title: str
    library: str
    status: str


def alike(person: Person, title: str, *, but: int = 0) -> list[Alike]:
    """Entries that the person may read with much the same title, the most alike first. One query."""
    words = [word for word in re.findall(r"\w+", fold(title)) if len(word) > 3][:8]
    if not words:
        return []
    # The beginning of a word, so that «kinderen» also brings «kinder»; the titles themselves are compared below.
    some = [func.lower(Entry.title).contains(word[:6], autoescape=True) for word in words]
    rows = db.session.execute(
        select(Entry.slug, Entry.title, Entry.library, Entry.status)
        .where(or_(*some), reading.open_to(person), Entry.id != but)
        .order_by(Entry.id.desc())
        .limit(_CANDIDATES)
    )
    found = [(_likeness(title, row.title), Alike(*row)) for row in rows]
    found.sort(key=lambda pair: -pair[0])
    return [one for likeness, one in found if likeness >= ALIKE][:_SHOWN]


def start(person: Person, kind: str, title: str) -> Entry:
    """A concept of the person's library. The same once more (a double press) is the one that is there."""
    own = {"library_id": person.library_id, "created_by_id": person.id}
    earlier = made_just_now(Entry, title=title, kind=kind_of(kind).key, status=Status.DRAFT, **own)
    if earlier is not None:
        return earlier
    entry = Entry(
        slug=_slug(title), kind=kind_of(kind).key, title="", library=person.library.name if person.library else "",
        country="NL", status=Status.DRAFT, visibility=Visibility.PUBLIC, origin=Origin.CONTRIBUTED,
        **own, links=[], words=[], results=[],
    )  # fmt: skip
    content.put(entry, {"title": title}, Lists(), by=person, keep=False)
    db.session.flush()
    return entry


def save_draft(person: Person, entry: Entry, data: dict[str, Any], revision: int, *, overwrite: bool = False) -> Draft:
    """Keep what was typed; ``revision`` is the one that the page was made with. Raises EditConflict."""
    lock(entry)
    draft = lifecycle.draft_of(entry)
    if draft is None:
        draft = Draft(entry_id=entry.id, data={}, revision=0, based_on=entry.revision or 0)
        db.session.add(draft)
    if draft.data == data:
        return draft
    if revision != draft.revision and not overwrite:
        raise EditConflict(draft.data, draft.revision)
    draft.data = data
    draft.revision += 1
    draft.by_id = person.id
    draft.updated_at = now()
    if entry.status == Status.DRAFT and data.get("title", "").strip():
        entry.title = data["title"].strip()[:300]  # so that lists call it by its present name
    db.session.flush()
    return draft


def finish(person: Person, entry: Entry, data: dict[str, Any], revision: int, based_on: int) -> None:
    """Make what was typed the entry: a concept is handed in, another changed. Raises EditConflict or Conflict."""
    lock(entry)
    draft = lifecycle.draft_of(entry)
    if draft is not None and draft.revision != revision and draft.data != data:
        raise EditConflict(draft.data, draft.revision)
    lists = Lists()
    if based_on != (entry.revision or 0):
        raise EditConflict(content.snapshot(entry, lists), draft.revision if draft else 0)
    writing = entry.status == Status.DRAFT
    figures = data.get("results") or []
    if figures and entry.origin != Origin.COLLECTED:
        from_rows = next((row for row in figures if row.get("outcome")), None)
        data = data | dict(zip(("figure", "figure_says"), _lead(from_rows), strict=True))
    if content.put(entry, data, lists, by=person, summary=_("Gewijzigd"), keep=not writing):
        lifecycle.changed(person, entry)
        if not writing:
            content.announce([entry])
    if draft is not None:
        db.session.delete(draft)
    if writing:
        db.session.flush()
        lifecycle.submit(person, entry, lists)


def drop_draft(entry: Entry) -> None:
    """Forget what was being written on a published entry."""
    draft = lifecycle.draft_of(entry)
    if draft is not None:
        db.session.delete(draft)


def of_library(person: Person) -> list[Entry]:
    """What the person's library is writing or has handed in, newest first."""
    mine = Entry.library_id == person.library_id if person.library_id else Entry.created_by_id == person.id
    return list(
        db.session.scalars(
            select(Entry)
            .where(mine, Entry.status.in_((Status.DRAFT, Status.SUBMITTED, Status.REVIEW)))
            .order_by(Entry.updated_at.desc())
            .limit(50)
        )
    )


def lock(entry: Entry) -> None:
    """Let nobody else change this entry until the end of the transaction; what they did before is seen."""
    db.session.execute(select(Entry.id).where(Entry.id == entry.id).with_for_update())
    db.session.refresh(entry, ["revision", "status"])


def _lead(row: dict[str, Any] | None) -> tuple[str, str]:
    """The figure to lead with and what it says: («29», «nieuwe leden per kwartaal, eerder 11»)."""
    if row is None:
        return "", ""
    unit = row.get("unit") if row.get("unit") != row.get("indicator") else ""
    says = " ".join(filter(None, (row.get("indicator"), unit)))
    if row.get("baseline"):
        says = _("%(says)s, eerder %(baseline)s", says=says, baseline=row["baseline"])
    return row["outcome"][:40], says[:200]


def _likeness(one: str, other: str) -> float:
    one, other = fold(one), fold(other)
    mine, theirs = set(re.findall(r"\w{3,}", one)), set(re.findall(r"\w{3,}", other))
    shared = len(mine & theirs) / min(len(mine), len(theirs)) if mine and theirs else 0.0
    # Two titles of one word each that share it say little; so both the words and the letters count.
    letters = SequenceMatcher(None, one, other).ratio()
    return max(letters, (shared + letters) / 2 if len(mine & theirs) > 1 else 0.0)


def _slug(title: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:60].strip("-") or "bijdrage"
    taken = set(db.session.scalars(select(Entry.slug).where(Entry.slug.startswith(base, autoescape=True))))
    # Always with a number: no title can take the address of a page such as /kennisbank/redactie.
    return next(slug for number in range(1, len(taken) + 2) if (slug := f"{base}-{number}") not in taken)
