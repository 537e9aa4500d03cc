"""Taking in files: first the bytes, checked and stored without any lock; then the row, with the work it belongs to."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased
from werkzeug.datastructures import FileStorage

from .. import clock
from ..accounts.models import Person
from ..assignments.models import Submission, Version, version_file
from ..db import db
from ..errors import Invalid, NotFound
from ..jobs.services import enqueue
from ..peer.models import GIVEN, OPEN, Review
from ..runs.models import TRAINER, Enrolment
from . import kinds, names, pictures, store
from .models import StoredFile

FIELD = "files"
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Received:
    """A file whose bytes are checked and stored, and that no row names yet. ``size`` is in bytes.

    ``width`` and ``height`` are in pixels, for a picture that was drawn anew.
    """

    name: str
    media_type: str
    size: int
    sha256: str
    key: str
    width: int | None = None
    height: int | None = None


class NotKept(Invalid):
    """A good file for which there is no place; ``status`` says whether that is full or away."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, FIELD)
        self.status = status


def most() -> int:
    """How many files one piece of work may have."""
    return current_app.config["UPLOAD_MAX_FILES"]


def limits() -> str:
    """What one may add, in one sentence, to say beforehand."""
    return ngettext(
        "Eén bestand van hoogstens %(size)s: %(kinds)s.",
        "Hoogstens %(num)s bestanden, elk tot %(size)s: %(kinds)s.",
        most(),
        size=names.in_words(current_app.config["UPLOAD_MAX_BYTES"]),
        kinds=kinds.KINDS_IN_WORDS,
    )


def receive_all(uploads: Sequence[FileStorage]) -> tuple[tuple[Received, ...], tuple[Invalid, ...]]:
    """The files that are good, stored; and for each that is not, what is wrong with it.

    Call it before the first write: it may take a while and needs no database.
    """
    chosen = [upload for upload in uploads if upload.filename]
    if len(chosen) > most():
        return (), (too_many(len(chosen)),)
    good: list[Received] = []
    problems: list[Invalid] = []
    for upload in chosen:
        try:
            good.append(receive(upload))
        except NotKept as error:
            problems.append(error)
            break  # the next one would wait as long for the same answer
        except Invalid as error:
            problems.append(error)
    return tuple(good), tuple(problems)


def receive(upload: FileStorage) -> Received:
    """Check one upload and store its bytes; a picture is drawn anew. Raises Invalid with a sentence that names it."""
    name = names.clean(upload.filename or "")
    try:
        _check_size(upload.stream)
        media_type = kinds.media_type(name, upload.stream)
        with _to_store(upload.stream, media_type) as (file, width, height):
            size, sha256 = _measure(file)
            return Received(name, media_type, size, sha256, store.put(file), width, height)
    except kinds.UnfitError as error:
        raise Invalid(_("%(name)s: %(problem)s", name=name, problem=error), FIELD) from error
    except store.StoreError as error:
        sentence = _("%(name)s: Dit bestand is niet bewaard. %(problem)s", name=name, problem=error)
        raise NotKept(sentence, error.status) from error


def together(problems: Sequence[Invalid]) -> Invalid:
    """One error for several, with the gravest status and a line for each."""
    whole = Invalid("\n".join(str(problem) for problem in problems), FIELD)
    whole.status = max(problem.status for problem in problems)
    return whole


def too_many(number: int) -> Invalid:
    """What is wrong with more files than fit."""
    sentence = ngettext(
        "U kunt één bestand meesturen. Dit zijn er %(number)s.",
        "U kunt hoogstens %(num)s bestanden meesturen. Dit zijn er %(number)s.",
        most(),
        number=number,
    )
    return Invalid(sentence, FIELD)


@dataclass(frozen=True)
class Use:
    """How much somebody's files take, in words, of what they may take."""

    number: int
    total: int

    @property
    def total_in_words(self) -> str:
        return names.in_words(self.total)

    @property
    def limit_in_words(self) -> str:
        return names.in_words(current_app.config["UPLOAD_MAX_TOTAL"])


def use_of(owner: Person) -> Use:
    """What somebody keeps here: drafts and all versions. One query."""
    number, total = db.session.execute(
        select(func.count(), func.coalesce(func.sum(StoredFile.size), 0)).where(StoredFile.owner_id == owner.id)
    ).one()
    return Use(number, int(total))


def no_room(owner: Person, received: Sequence[Received]) -> Invalid | None:
    """What is wrong when these would be more than somebody may keep here in all.

    Until the end of the transaction nobody else may ask so for the same person, who can be in several runs: of two
    hand-ins that count at once each would see room.
    """
    # A key lock: rows that only refer to the person can still be added meanwhile.
    db.session.execute(select(Person.id).where(Person.id == owner.id).with_for_update(key_share=True))
    use = use_of(owner)
    whole = Use(use.number + len(received), use.total + sum(file.size for file in received))
    if whole.total <= current_app.config["UPLOAD_MAX_TOTAL"]:
        return None
    sentence = _(
        "Dit past niet meer. Al uw bestanden zijn dan samen %(total)s, en u hebt ruimte voor %(limit)s. "
        "Kies een kleiner bestand of vraag de beheerder om meer ruimte.",
        total=whole.total_in_words,
        limit=whole.limit_in_words,
    )
    return Invalid(sentence, FIELD)


def add(owner: Person, received: Received) -> StoredFile:
    """The row of a received file; it is the owner's, also when others may see it."""
    stored = StoredFile(
        owner_id=owner.id,
        name=received.name,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        key=received.key,
        width=received.width,
        height=received.height,
    )
    db.session.add(stored)
    return stored


def drop(received: Sequence[Received]) -> None:
    """Remove the bytes of files that turned out not to be needed; those that cannot go now are swept up later."""
    for file in received:
        with suppress(store.StoreError):
            store.delete(file.key)


def forget(stored: StoredFile) -> None:
    """Remove a file: its row now, its bytes once the row is gone for certain."""
    db.session.delete(stored)
    enqueue("core.forget_bytes", key=stored.key)


def forget_bytes(payload: dict[str, Any]) -> None:
    """Remove bytes that no row names any more (a job)."""
    store.delete(payload["key"])


def load_file(person: Person, file_id: int) -> StoredFile:
    """The file, for its owner and for the trainers of a run in which it was handed in; otherwise NotFound."""
    handed_in_to = (
        select(version_file.c.file_id)
        .join(Version, Version.id == version_file.c.version_id)
        .join(Submission, Submission.id == Version.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(version_file.c.file_id == file_id, Enrolment.run_id.in_(_trained_by(person)))
    )
    stored = db.session.scalar(
        select(StoredFile).where(
            StoredFile.id == file_id,
            or_(
                StoredFile.owner_id == person.id,
                StoredFile.id.in_(handed_in_to),
                StoredFile.id.in_(_asked_to_read(person, file_id)),
            ),
        )
    )
    if stored is None:
        raise NotFound(_("Dit bestand bestaat niet of is niet van u."))
    return stored


def _asked_to_read(person: Person, file_id: int) -> Any:
    """Files with a version that this person gives feedback on, while they are in the run; and with later versions once
    the feedback is given, for they see what became of it."""
    read = aliased(Version)
    return (
        select(version_file.c.file_id)
        .join(Version, Version.id == version_file.c.version_id)
        .join(read, read.submission_id == Version.submission_id)
        .join(Review, Review.version_id == read.id)
        .join(Enrolment, Enrolment.id == Review.reviewer_id)
        .where(
            version_file.c.file_id == file_id,
            Enrolment.person_id == person.id,
            Enrolment.left_at.is_(None),
            Review.state.in_((OPEN, GIVEN)),
            or_(Version.id == read.id, (Review.state == GIVEN) & (Version.number > read.number)),
            or_(Review.lapses_at.is_(None), Review.lapses_at > clock.now()),
        )
    )


def _trained_by(person: Person) -> Any:
    return select(Enrolment.run_id).where(
        Enrolment.person_id == person.id, Enrolment.role == TRAINER, Enrolment.left_at.is_(None)
    )


def _check_size(file: IO[bytes]) -> None:
    size = file.seek(0, 2)
    limit = current_app.config["UPLOAD_MAX_BYTES"]
    if not size:
        raise kinds.UnfitError(_("Dit bestand is leeg. Kies een ander bestand."))
    if size > limit:
        words = {"size": names.in_words(size), "limit": names.in_words(limit)}
        raise kinds.UnfitError(_("Dit bestand is %(size)s. Kies een bestand tot %(limit)s.", **words))


@contextmanager
def _to_store(file: IO[bytes], media_type: str) -> Iterator[tuple[IO[bytes], int | None, int | None]]:
    """What is stored of an upload: the file itself, or the picture that we made of it with its measures."""
    if media_type not in pictures.FORMATS:
        yield file, None, None
        return
    try:
        with store.told():  # a large one is drawn on the disk
            picture = pictures.redraw(file, media_type)
    except pictures.BrokenError as error:
        raise kinds.UnfitError(_("Deze foto is beschadigd. Bewaar hem opnieuw of kies een andere.")) from error
    except pictures.TooLargeError as error:
        limit = pictures.MAX_PIXELS // 1_000_000
        sentence = _("Deze foto is te groot. Kies een foto tot %(limit)s megapixel.", limit=limit)
        raise kinds.UnfitError(sentence) from error
    with picture.file:
        yield picture.file, picture.width, picture.height


def _measure(file: IO[bytes]) -> tuple[int, str]:
    file.seek(0)
    size, seen = 0, hashlib.sha256()
    while piece := file.read(CHUNK):
        size += len(piece)
        seen.update(piece)
    return size, seen.hexdigest()
