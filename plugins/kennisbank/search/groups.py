"""Synonyms as the redactie keeps them: groups of words, each of which finds every other."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from lms.api import Conflict, Invalid, NotFound, db, enqueue, now
from lms.api import gettext as _

from ..models import Entry, Posting, Synonym
from . import index
from .synonyms import sequence_of

FILE = Path(__file__).parents[1] / "data" / "synoniemen.toml"
MOST, LONGEST = 20, 80  # words of a group, and characters of a word
AT_ONCE = 300
"""So many entries are indexed within the request; more are left to a job."""
JOB = "kennisbank.reindex"


def load(file: Path = FILE) -> None:
    """Add the groups of the file that were never here; what the redactie changed or switched off stays so."""
    there = set(db.session.scalars(select(Synonym.key)))
    for key, words in tomllib.loads(file.read_text(encoding="utf-8")).items():
        if key not in there:
            db.session.add(Synonym(key=key, words=words))
    db.session.flush()


def all_groups() -> list[Synonym]:
    """Every group, by its first word; those that are off last."""
    found = db.session.scalars(select(Synonym)).all()
    return sorted(found, key=lambda group: (not group.active, str(group.words[:1]).casefold(), group.id))


def load_group(number: int) -> Synonym:
    """One group, or NotFound."""
    group = db.session.get(Synonym, number)
    if group is None:
        raise NotFound(_("Deze groep synoniemen bestaat niet."))
    return group


def save(group: Synonym | None, text: str) -> tuple[Synonym, bool]:
    """Keep a group as typed, one word on a line; the group, and whether the index already follows.

    Raises Invalid for fewer than two words, and Conflict for a word that another group has.
    """
    words = read(text)
    others = [other for other in all_groups() if other.active and (group is None or other.id != group.id)]
    taken = {tuple(sequence_of(word)): other for other in others for word in other.words}
    for word in words:
        if other := taken.get(tuple(sequence_of(word))):
            group_words = ", ".join(other.words)
            raise Conflict(
                _("«%(word)s» staat al in de groep «%(group)s». Zet ze daar bij elkaar.", word=word, group=group_words)
            )
    before = list(group.words) if group and group.active else []
    if group is None:
        group = Synonym(words=words)
        db.session.add(group)
    group.words, group.active, group.updated_at = words, True, now()
    db.session.flush()
    return group, _follow([*before, *words])


def switch(group: Synonym, on: bool) -> bool:
    """Use a group or leave it aside. Returns whether the index already follows."""
    group.active, group.updated_at = on, now()
    db.session.flush()
    return _follow(group.words)


def read(text: str) -> list[str]:
    """The words of a group, one on a line. Raises Invalid."""
    words = list(dict.fromkeys(" ".join(line.replace("\0", "").split()) for line in text.splitlines()))
    words = [word for word in words if word]
    if len(words) < 2:
        raise Invalid(_("Schrijf ten minste twee woorden op, elk op een eigen regel."), "words")
    if len(words) > MOST:
        raise Invalid(
            _("Een groep heeft hooguit %(num)s woorden; u noemt er %(now)s.", num=MOST, now=len(words)), "words"
        )
    for word in words:
        if len(word) > LONGEST:
            raise Invalid(_("«%(word)s …» is langer dan %(num)s tekens.", word=word[:20], num=LONGEST), "words")
        if not sequence_of(word):
            raise Invalid(_("Op «%(word)s» kan niemand zoeken. Kies een ander woord.", word=word), "words")
    return words


def _follow(words: Iterable[str]) -> bool:
    """Index again the entries that have one of these words."""
    starts = {key for word in words for key in (sequence_of(word) or [frozenset()])[0]}
    ids = select(Posting.entry_id).where(Posting.token.in_(sorted(starts))).distinct()
    number = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    if number > AT_ONCE:
        enqueue(JOB)
        return False
    index.changed(db.session.scalars(select(Entry).where(Entry.id.in_(ids)).options(*index.WHOLE)).all())
    return True


def reindex(_payload: dict[str, Any]) -> None:
    """The job that indexes all entries again."""
    index.reindex()
