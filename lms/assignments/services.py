"""A participant's own work: keeping the draft and handing in; reading.py reads it back.

Every change first takes the lock on the enrolment (:func:`lock`), so that two windows, two clicks or a trainer who
saves a judgement at that very moment come one after the other. On SQLite the transaction itself is that lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, exists, select

from .. import clock
from ..accounts.models import Person
from ..db import db, once
from ..errors import Conflict, Invalid
from ..files import services as files
from ..files.services import Received
from ..html import from_markdown
from ..progress import services as progress
from ..progress.models import Progress
from ..runs.models import Enrolment
from ..runs.visits import Visit
from ..worksheets import services as worksheets
from ..worksheets.filled import Filled
from ..worksheets.forms import SheetForm
from . import reading, receipts
from .models import Draft, Submission, Version, draft_file, version_file
from .standing import Standing

TEXT_LIMIT = 100_000
"""Characters: some forty pages. The sanitiser's time grows faster than the text, so this is also a ceiling on that."""
Merged = tuple[Filled | None, worksheets.InUse | None]


@dataclass(frozen=True)
class Typed:
    """What came in with one press on a button. ``revision`` is the one the page was made with.

    ``received`` are files that lie in the store already; ``problems`` is what is wrong with
    those that were refused. Make it with :func:`make_ready`, before any lock is taken: it may take a while.
    """

    text: str
    revision: int
    overwrite: bool = False
    received: tuple[Received, ...] = ()
    problems: tuple[Invalid, ...] = ()
    html: str = ""
    sheet: worksheets.Sent | None = None


@dataclass(frozen=True)
class Receipt:
    """What was handed in; ``again`` when it had been handed in before and nothing was done."""

    version: Version
    again: bool


class EditConflict(Conflict):
    """The work was changed in another window. ``theirs`` is the stored text, ``revision`` its number; for a worksheet
    ``sheet`` is the stored one and ``mine`` the one that was sent."""

    def __init__(self, theirs: str, revision: int, sheet: Filled | None = None, mine: Filled | None = None) -> None:
        sentence = (
            _("Dit werkblad is in een ander venster gewijzigd. Kies welk werkblad u bewaart.")
            if mine
            else _("Dit werk is in een ander venster gewijzigd. Kies welke tekst u bewaart.")
        )
        super().__init__(sentence)
        self.theirs = theirs
        self.revision = revision
        self.sheet = sheet
        self.mine = mine


def make_ready(
    text: str,
    revision: int,
    *,
    overwrite: bool = False,
    received: Sequence[Received] = (),
    problems: Sequence[Invalid] = (),
    render: bool = False,
    sheet: worksheets.Sent | None = None,
) -> Typed:
    """Make what came in ready: line ends as \\n, no character that a database refuses; with ``render`` as HTML too."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    html = from_markdown(plain) if render and len(plain) <= TEXT_LIMIT else ""
    return Typed(plain, revision, overwrite, tuple(received), tuple(problems), html, sheet)


def lock(enrolment_id: int) -> None:
    """Let nobody else change the work of this enrolment until the end of the transaction."""
    db.session.execute(_locked(), {"enrolment_id": enrolment_id})


@once
def _locked() -> Select[int]:
    # A key lock: rows that only refer to the enrolment can still be added meanwhile.
    return select(Enrolment.id).where(Enrolment.id == bindparam("enrolment_id")).with_for_update(key_share=True)


def save_draft(visit: Visit, typed: Typed, *, remove: int | None = None) -> Draft:
    """Keep the draft; ``remove`` is the id of a file to take out of it.

    Raises EditConflict or Invalid for the part that could not be kept; the rest is kept, if the caller commits.
    """
    lock(visit.participant().id)
    draft = _draft(visit)
    if remove is not None:
        _remove_file(draft, remove)
    _keep(visit, draft, typed, _merge(draft, typed))
    return draft


def hand_in(visit: Visit, typed: Typed, *, url: str) -> Receipt:
    """Make the next version of the draft with what was typed, and send the receipt; ``url`` is for in the mail.

    The same work again gives the same receipt. Raises EditConflict, Invalid or Conflict; what was typed is then in
    the draft, if the caller commits.
    """
    enrolment = visit.participant()
    lock(enrolment.id)
    submission = _submission(visit)
    draft = _draft(visit)
    standing = reading.standing_of(enrolment.id, visit.activity.id)
    latest = standing.version
    # First of all: who presses twice has an old revision in hand, and wants no question but a receipt.
    contents = reading.hashes_of(draft.files) | reading.hashes_of(typed.received)
    merged = sheet, _in_use = _merge(draft, typed)
    if latest is not None and not typed.problems and reading.unchanged(latest, typed.text, contents, sheet):
        files.drop(typed.received)
        if standing.phase == Standing.RETURNED:
            sentence = _(
                "Dit is hetzelfde als versie %(number)s. Pas uw werk aan en lever dan in.", number=latest.number
            )
            raise Invalid(sentence, "text")
        return Receipt(latest, again=True)
    _keep(visit, draft, typed, merged)
    complete = _complete(sheet)
    if sheet is None and not draft.text.strip() and not draft.files:
        raise Invalid(_("Schrijf eerst iets of kies een bestand. Daarna kunt u inleveren."), "text")
    if not standing.may_hand_in:
        raise Conflict(standing.closed_sentence)
    due = visit.due_on(visit.activity)
    version = Version(
        submission=submission or Submission(enrolment=enrolment, activity=visit.activity),
        number=latest.number + 1 if latest else 1,
        text=draft.text,
        html=typed.html,
        late=due is not None and clock.today() > due,
        files=list(draft.files),
        sheet=complete.keep() if complete else None,
    )
    db.session.add(version)
    db.session.flush()
    progress.note(visit.activity, visit.person, "handed_in", visit.run)
    receipts.send(visit, version, url)
    return Receipt(version, again=False)


def _draft(visit: Visit) -> Draft:
    enrolment = visit.participant()
    draft = reading.draft_of(enrolment.id, visit.activity.id)
    if draft is None:
        draft = Draft(enrolment_id=enrolment.id, activity_id=visit.activity.id, text="", revision=0)
        db.session.add(draft)
        db.session.flush()
    return draft


def _submission(visit: Visit) -> Submission | None:
    """What was handed in before, locked as the judging side locks it: no judgement is saved between look and leap."""
    return db.session.scalar(_locked_submission(), reading.own_key(visit.participant().id, visit.activity.id))


@once
def _locked_submission() -> Select[Submission]:
    return select(Submission).where(*reading.is_own(Submission)).with_for_update()


def _keep(visit: Visit, draft: Draft, typed: Typed, merged: Merged) -> None:
    """Keep all that can be kept, then raise what could not: the text in conflict, the long text, the files."""
    problems = [*typed.problems, *_add_files(visit.person, draft, typed.received)]
    sheet, in_use = merged
    _keep_writing(draft, typed, sheet)
    if _state(draft) in {None, progress.OPENED}:
        progress.note(visit.activity, visit.person, "draft", visit.run)
    db.session.flush()
    if problems:
        raise files.together(problems)
    if in_use is not None:
        raise in_use


def _keep_writing(draft: Draft, typed: Typed, sheet: Filled | None) -> None:
    """The text and the sheet, which are one piece of writing."""
    same = sheet is None or (draft.sheet is not None and draft.sheet["data"] == sheet.data())
    if typed.text == draft.text and same:
        return
    if len(typed.text) > TEXT_LIMIT:
        sentence = _(
            "Uw tekst is %(length)s tekens lang. Maak er hoogstens %(limit)s van, of lever een bestand in.",
            length=f"{len(typed.text):,}".replace(",", "."),
            limit=f"{TEXT_LIMIT:,}".replace(",", "."),
        )
        raise Invalid(sentence, "text")
    if sheet is not None and not (form := SheetForm(sheet)).storable():
        raise worksheets.Unfit(form)
    if typed.revision != draft.revision and not typed.overwrite:
        raise EditConflict(draft.text, draft.revision, Filled.stored(draft.sheet), sheet)
    draft.text = typed.text
    if sheet is not None:
        draft.sheet = sheet.keep()
    draft.revision += 1
    draft.updated_at = clock.now()


def _merge(draft: Draft, typed: Typed) -> Merged:
    """The sheet as it will be kept, and the refusal to raise once it is."""
    if typed.sheet is None:
        return None, None
    return worksheets.merge(draft.enrolment_id, Filled.stored(draft.sheet), typed.sheet)


def _complete(sheet: Filled | None) -> Filled | None:
    """The sheet as it is handed in. Raises Unfit."""
    form = SheetForm(sheet) if sheet is not None else None
    complete = form.complete() if form else None
    if form is not None and complete is None:
        raise worksheets.Unfit(form)
    return complete


def _add_files(owner: Person, draft: Draft, received: Sequence[Received]) -> list[Invalid]:
    """Add the files that are not there yet; returns what is wrong when they do not fit any more."""
    new = list({file.sha256: file for file in received if file.sha256 not in reading.hashes_of(draft.files)}.values())
    files.drop([file for file in received if file not in new])
    total = len(draft.files) + len(new)
    if new and total > files.most():
        files.drop(new)
        return [files.too_many(total)]
    if new and (problem := files.no_room(owner, new)):
        files.drop(new)
        return [problem]
    if new:
        draft.files.extend(files.add(owner, file) for file in new)
        draft.updated_at = clock.now()
    return []


def _remove_file(draft: Draft, file_id: int) -> None:
    stored = next((file for file in draft.files if file.id == file_id), None)
    if stored is None:
        return  # a second click, or another window was earlier
    draft.files.remove(stored)
    draft.updated_at = clock.now()
    db.session.flush()
    handed_in = exists().where(version_file.c.file_id == file_id)
    elsewhere = exists().where(draft_file.c.file_id == file_id)
    if not db.session.scalar(select(handed_in | elsewhere)):
        files.forget(stored)


def _state(draft: Draft) -> str | None:
    # Asked anew and not read from the visit, which was loaded before the lock.
    return db.session.scalar(_progress_state(), reading.own_key(draft.enrolment_id, draft.activity_id))


@once
def _progress_state() -> Select[str]:
    return select(Progress.state).where(*reading.is_own(Progress))
