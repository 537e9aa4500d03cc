"""All of one's own work as a zip: texts as they were typed, files as they were added, judgements once released."""

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from .. import clock
from ..accounts.models import Person
from ..db import db
from ..files import store
from ..files.models import StoredFile
from ..files.names import on_disk
from ..grading import rubric
from ..grading.models import Assessment
from ..i18n import moment
from ..runs.models import Enrolment, Run
from ..worksheets.filled import Filled
from ..worksheets.reading import remarks_of
from ..worksheets.text import as_text
from .models import Draft, Submission, Version

CHUNK = 256 * 1024


def pack(person: Person) -> IO[bytes]:
    """The zip as a temporary file, which is gone once the caller closes it."""
    whole = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            _fill(_Shelf(archive), person)
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole


def pieces(whole: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces; it closes after the last."""
    with whole:
        while piece := whole.read(CHUNK):
            yield piece


class _Shelf:
    """Puts things in the zip, each under a name of its own."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.taken: set[str] = set()

    def text(self, path: tuple[str, ...], text: str, at: datetime) -> None:
        self.archive.writestr(self._info(path, at), text.encode())

    def files(self, folder: tuple[str, ...], files: Iterable[StoredFile]) -> None:
        for file in files:
            with self.archive.open(self._info((*folder, file.name), file.created_at), "w") as out:
                for piece in store.read(file.key):
                    out.write(piece)

    def _info(self, path: tuple[str, ...], at: datetime) -> zipfile.ZipInfo:
        *folders, name = (on_disk(part) for part in path)
        stem, dot, end = name.rpartition(".")
        number, full = 1, "/".join([*folders, name])
        while full.lower() in self.taken:
            number += 1
            other = f"{stem} ({number}).{end}" if dot and stem else f"{name} ({number})"
            full = "/".join([*folders, other])
        self.taken.add(full.lower())
        local = clock.local(at)
        info = zipfile.ZipInfo(full, (local.year, local.month, local.day, local.hour, local.minute, local.second))
        info.compress_type = zipfile.ZIP_DEFLATED
        return info


def _fill(shelf: _Shelf, person: Person) -> None:
    of_run = joinedload(Enrolment.run).joinedload(Run.course)
    drafts = db.session.execute(
        select(Draft, Enrolment)
        .join(Enrolment, Enrolment.id == Draft.enrolment_id)
        .where(Enrolment.person_id == person.id)
        .options(of_run, joinedload(Draft.activity), selectinload(Draft.files))
        .order_by(Draft.id)
    ).all()
    versions = db.session.execute(
        select(Version, Assessment)
        .join(Submission, Submission.id == Version.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .outerjoin(Assessment, (Assessment.version_id == Version.id) & Assessment.released_at.is_not(None))
        .where(Enrolment.person_id == person.id)
        .options(
            joinedload(Version.submission).joinedload(Submission.activity),
            joinedload(Version.submission).joinedload(Submission.enrolment).options(of_run),
            undefer(Version.sheet),
            selectinload(Version.files),
        )
        .order_by(Version.id)
    ).all()
    made = _("Dit is al het werk van %(name)s in %(site)s, op %(moment)s.", **_words(person))
    shelf.text(("leesmij.txt",), made + "\n", clock.now())
    for draft, enrolment in drafts:
        folder = (*_folder(enrolment, draft.activity.title), _("concept"))
        shelf.text((*folder, _("concept.md")), draft.text, draft.updated_at)
        if sheet := Filled.stored(draft.sheet):
            shelf.text((*folder, _("werkblad.md")), as_text(sheet), draft.updated_at)
        shelf.files(folder, draft.files)
    for version, assessment in versions:
        submission = version.submission
        name = _("versie %(number)s", number=version.number)
        folder = (*_folder(submission.enrolment, submission.activity.title), name)
        shelf.text((*folder, f"{name}.md"), version.text, version.handed_in_at)
        if sheet := Filled.stored(version.sheet):
            shelf.text((*folder, _("werkblad.md")), as_text(sheet), version.handed_in_at)
        shelf.files(folder, version.files)
        if assessment is not None and assessment.released_at is not None:
            text = _judgement(assessment, version)
            shelf.text((*folder, _("oordeel.txt")), text, assessment.released_at)


def _words(person: Person) -> dict[str, str]:
    return {"name": person.name, "site": current_app.config["SITE_NAME"], "moment": moment(clock.now(), "d MMMM yyyy")}


def _folder(enrolment: Enrolment, title: str) -> tuple[str, str]:
    return f"{enrolment.run.course.title} - {enrolment.run.name}", title


def _judgement(assessment: Assessment, version: Version) -> str:
    activity = version.submission.activity
    given = {found.criterion: found for found in assessment.criteria}
    lines = [
        f"{activity.title}, {_('versie %(number)s', number=version.number)}",
        _("Ingeleverd op %(moment)s.", moment=moment(version.handed_in_at, "d MMMM yyyy")),
        "",
        _("Het geheel: %(level)s", level=rubric.LEVELS.get(assessment.overall, "")),
        assessment.words,
    ]
    for criterion in rubric.rubric(activity):
        if criterion.slug in given:
            level = rubric.LEVELS.get(given[criterion.slug].level, "")
            lines += ["", f"{criterion.title}: {level}", given[criterion.slug].words]
    sheet = Filled.stored(version.sheet)
    for (part, row_id), said in remarks_of(version, assessment).items():
        row = sheet.row(part, row_id) if sheet else None
        title = row.name(sheet.sheet.by_name[part]) if sheet and row and part in sheet.sheet.by_name else part
        lines += ["", f"{title}:", said[0].words]
    return "\n".join(lines) + "\n"
