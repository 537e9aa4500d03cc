"""Taking in files: first the bytes, checked and stored without any lock; then the row, with the work it belongs to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, or_, select
from werkzeug.datastructures import FileStorage

from ..accounts.models import Person
from ..assignments.models import Submission, Version, version_file
from ..db import db
from ..errors import Invalid, NotFound
from ..jobs.services import enqueue
from ..runs.models import TRAINER, Enrolment
from . import kinds, names, store
from .models import StoredFile

FIELD = "files"
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Received:
    """A file whose bytes are checked and stored, and that no row names yet. ``size`` is in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str
    key: str


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


def receive_all(uploads: Sequence[FileStorage]) -> tuple[tuple[Received, ...], tuple[str, ...]]:
    """The files that are good, stored; and a sentence for each that is not.

    Call it before the first write: it may take a while and needs no database.
    """
    chosen = [upload for upload in uploads if upload.filename]
    if len(chosen) > most():
        return (), (too_many(len(chosen)),)
    good, problems = [], []
    for upload in chosen:
        try:
            good.append(receive(upload))
        except Invalid as error:
            problems.append(str(error))
    return tuple(good), tuple(problems)


def receive(upload: FileStorage) -> Received:
    """Check one upload and store its bytes. Raises Invalid with a sentence that names the file."""
    name = names.clean(upload.filename or "")
    file = upload.stream
    file.seek(0, 2)
    size = file.tell()
    limit = current_app.config["UPLOAD_MAX_BYTES"]
    if size > limit:
        sentence = _(
            "%(name)s: Dit bestand is %(size)s. Kies een bestand tot %(limit)s.",
            name=name,
            size=names.in_words(size),
            limit=names.in_words(limit),
        )
        raise Invalid(sentence, FIELD)
    if not size:
        raise Invalid(_("%(name)s: Dit bestand is leeg. Kies een ander bestand.", name=name), FIELD)
    media_type = _media_type(name, file)
    return Received(name, media_type, size, _sha256(file), store.put(file))


def too_many(number: int) -> str:
    """The sentence for more files than fit."""
    return ngettext(
        "U kunt één bestand meesturen. Dit zijn er %(number)s.",
        "U kunt hoogstens %(num)s bestanden meesturen. Dit zijn er %(number)s.",
        most(),
        number=number,
    )


def add(owner: Person, received: Received) -> StoredFile:
    """The row of a received file; it is the owner's, also when others may see it."""
    stored = StoredFile(
        owner_id=owner.id,
        name=received.name,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        key=received.key,
    )
    db.session.add(stored)
    return stored


def drop(received: Sequence[Received]) -> None:
    """Remove the bytes of files that turned out not to be needed."""
    for file in received:
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
            and_(StoredFile.id == file_id, or_(StoredFile.owner_id == person.id, StoredFile.id.in_(handed_in_to)))
        )
    )
    if stored is None:
        raise NotFound(_("Dit bestand bestaat niet of is niet van u."))
    return stored


def _trained_by(person: Person) -> Any:
    return select(Enrolment.run_id).where(
        Enrolment.person_id == person.id, Enrolment.role == TRAINER, Enrolment.left_at.is_(None)
    )


def _media_type(name: str, file: IO[bytes]) -> str:
    media_type = kinds.KINDS.get(kinds.extension(name))
    if media_type is None:
        sentence = _(
            "%(name)s: Dit soort bestand nemen we niet aan. Kies %(kinds)s.", name=name, kinds=kinds.KINDS_IN_WORDS
        )
        raise Invalid(sentence, FIELD)
    if not kinds.fits(file, media_type):
        if kinds.is_text_kind(media_type):
            sentence = _("%(name)s: Dit is geen tekst in UTF-8. Bewaar het opnieuw als UTF-8.", name=name)
        else:
            sentence = _(
                "%(name)s: De naam eindigt op %(end)s, maar het bestand is iets anders. "
                "Bewaar het opnieuw als %(end)s en kies het dan weer.",
                name=name,
                end=f".{kinds.extension(name)}",
            )
        raise Invalid(sentence, FIELD)
    return media_type


def _sha256(file: IO[bytes]) -> str:
    file.seek(0)
    seen = hashlib.sha256()
    while piece := file.read(CHUNK):
        seen.update(piece)
    return seen.hexdigest()
