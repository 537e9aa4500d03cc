"""A participant's own work read back: the draft, the versions and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import defer, joinedload, lazyload, selectinload

from ..db import db, once
from ..errors import NotFound
from ..files.models import StoredFile
from ..files.services import Received
from ..grading.models import Assessment
from ..runs.models import Enrolment
from ..runs.visits import Visit
from ..worksheets.filled import Filled
from ..worksheets.forms import SheetForm
from .models import Draft, Submission, Version
from .standing import Standing

SHOWN = 10
PER_PAGE = 25


@dataclass(frozen=True)
class Work:
    """All that the page of a participant shows. ``versions`` are the last ones, newest first.

    ``judgement`` is the last released one, which may belong to an earlier version than the last.
    """

    draft: Draft | None
    standing: Standing
    versions: tuple[Standing, ...]
    judgement: Assessment | None

    @property
    def unsent(self) -> bool:
        """Does the draft hold something that the last version does not?"""
        sheet = self.sheet
        if self.draft is None or not (self.draft.text.strip() or self.draft.files or (sheet and not sheet.blank)):
            return False
        latest = self.standing.version
        return latest is None or not unchanged(latest, self.draft.text, hashes_of(self.draft.files), sheet)

    @property
    def sheet(self) -> Filled | None:
        """The worksheet of the draft, under the form with which it was kept."""
        return Filled.stored(self.draft.sheet) if self.draft else None


def draft_of(enrolment_id: int, activity_id: int) -> Draft | None:
    """The draft with its files. One query."""
    return db.session.execute(_drafts(), own_key(enrolment_id, activity_id)).unique().scalar_one_or_none()


@once
def _drafts() -> Select[Draft]:
    return select(Draft).where(*is_own(Draft)).options(joinedload(Draft.files))


def standing_of(enrolment_id: int, activity_id: int) -> Standing:
    """The last version, with its files, and where it stands. Two queries."""
    found = db.session.execute(_latest(), own_key(enrolment_id, activity_id))
    return next((Standing(version, judged) for version, judged in found), Standing())


def work_of(visit: Visit) -> Work:
    """A participant's work for the page of an assignment. At most five queries, however much there is."""
    enrolment = visit.participant(reading=True)
    mine = own_key(enrolment.id, visit.activity.id)
    versions = tuple(Standing(version, judged) for version, judged in db.session.execute(_recent(), mine))
    judgement = db.session.scalar(_released(), mine)
    standing = versions[0] if versions else Standing()
    return Work(draft_of(enrolment.id, visit.activity.id), standing, versions, judgement)


@once
def _released() -> Select[Assessment]:
    return (
        select(Assessment)
        .join(Version)
        .join(Submission)
        .where(*is_own(Submission), Assessment.released_at.is_not(None))
        .order_by(Version.number.desc())
        .limit(1)
        .options(selectinload(Assessment.criteria), joinedload(Assessment.assessor))
    )


def all_versions(enrolment_id: int, activity_id: int, page: int) -> Pagination:
    """A page of versions, newest first, without their texts: for a list that grew long. Three queries."""
    found = (
        select(Version)
        .join(Submission)
        .where(Submission.enrolment_id == enrolment_id, Submission.activity_id == activity_id)
        .order_by(Version.number.desc())
        .options(defer(Version.text), defer(Version.html), selectinload(Version.files))
    )
    return db.paginate(found, page=page, per_page=PER_PAGE)


def load_version(visit: Visit, number: int, enrolment_id: int | None = None) -> tuple[Version, Assessment | None]:
    """A version with its judgement once that is released: one's own, or for a trainer of the run anybody's in it.

    ``enrolment_id`` says whose; None is one's own. What is not theirs to see is NotFound.
    """
    own = visit.enrolment.id if visit.enrolment and visit.is_participant else None
    wanted = enrolment_id or own
    if wanted is None or (wanted != own and not visit.is_trainer):
        raise NotFound(_("Deze versie bestaat niet of is niet van u."))
    row = db.session.execute(
        select(Version, Assessment)
        .join(Submission, Submission.id == Version.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .outerjoin(Assessment, (Assessment.version_id == Version.id) & Assessment.released_at.is_not(None))
        .where(
            Enrolment.id == wanted,
            Enrolment.run_id == visit.run.id,
            Submission.activity_id == visit.activity.id,
            Version.number == number,
        )
        .options(
            selectinload(Version.files),
            joinedload(Version.submission).joinedload(Submission.enrolment).joinedload(Enrolment.person),
            joinedload(Assessment.assessor),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(_("Deze versie bestaat niet of is niet van u."))
    return row[0], row[1]


@once
def _latest() -> Select[Version, Assessment]:
    return _versions().limit(1)


@once
def _recent() -> Select[Version, Assessment]:
    return _versions().options(defer(Version.html)).limit(SHOWN)


def _versions() -> Select[Version, Assessment]:
    return (
        select(Version, Assessment)
        .join(Submission, Submission.id == Version.submission_id)
        .outerjoin(Assessment, Assessment.version_id == Version.id)
        .where(*is_own(Submission))
        .order_by(Version.number.desc())
        .options(selectinload(Version.files), lazyload(Assessment.criteria))
    )


def is_own(kind: Any) -> tuple[Any, Any]:
    """The condition that a row is of one enrolment and one activity: those of :func:`own_key`."""
    return kind.enrolment_id == bindparam("enrolment_id"), kind.activity_id == bindparam("activity_id")


def own_key(enrolment_id: int, activity_id: int) -> dict[str, int]:
    """The values that :func:`is_own` asks for."""
    return {"enrolment_id": enrolment_id, "activity_id": activity_id}


def hashes_of(some: Sequence[StoredFile | Received]) -> frozenset[str]:
    """What these files hold, whatever their names: by this two works are compared."""
    return frozenset(file.sha256 for file in some)


def unchanged(version: Version, text: str, contents: frozenset[str], sheet: Filled | None) -> bool:
    """Does this version hold just this, so that handing it in once more would add nothing?"""
    if version.text != text or hashes_of(version.files) != contents:
        return False
    if sheet is None or version.sheet is None:
        return sheet is None and version.sheet is None
    complete = SheetForm(sheet).complete()
    return complete is not None and complete.data() == version.sheet["data"]
