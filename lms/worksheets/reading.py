"""Reading worksheets: what somebody has now, and what was said of the rows. Whose it may be is asked before."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from ..accounts.models import Person
from ..assignments.models import Draft, Submission, Version
from ..db import db
from ..grading.models import Assessment, RowRemark
from .filled import Change, Filled


@dataclass(frozen=True)
class Remark:
    """What a trainer said of a row in a version; released by now."""

    version: int
    by: str
    words: str


def kept(enrolment_id: int) -> dict[str, Filled]:
    """Each worksheet of a participant in a run as it is now, by its key: half filled or handed in. One query."""
    found = select(Draft.sheet).where(Draft.enrolment_id == enrolment_id, Draft.sheet.is_not(None))
    sheets = [Filled.stored(sheet) for sheet in db.session.scalars(found)]
    return {one.sheet.key: one for one in sheets if one is not None}


def remarks_of(version: Version, assessment: Assessment | None) -> dict[tuple[str, str], list[Remark]]:
    """What a judgement says of the rows of its version, by part and id, whether it is released or not."""
    if assessment is None:
        return {}
    by = assessment.assessor.name if assessment.assessor else _("Een oud-trainer")
    return {(row.part, row.row_id): [Remark(version.number, by, row.words)] for row in assessment.row_remarks}


def released_remarks(
    enrolment_id: int, activity_id: int, until: int | None = None
) -> dict[tuple[str, str], list[Remark]]:
    """What was said of each row, by part and id, the last version first. With ``until`` only of versions up to that
    number. One query."""
    found = (
        select(RowRemark.part, RowRemark.row_id, RowRemark.words, Version.number, Person.name)
        .join(Assessment, Assessment.id == RowRemark.assessment_id)
        .join(Version, Version.id == Assessment.version_id)
        .join(Submission, Submission.id == Version.submission_id)
        .outerjoin(Person, Person.id == Assessment.assessor_id)
        .where(
            Submission.enrolment_id == enrolment_id,
            Submission.activity_id == activity_id,
            Assessment.released_at.is_not(None),
        )
        .order_by(Version.number.desc())
    )
    if until is not None:
        found = found.where(Version.number <= until)
    remarks: dict[tuple[str, str], list[Remark]] = {}
    for part, row_id, words, number, name in db.session.execute(found):
        remarks.setdefault((part, row_id), []).append(Remark(number, name or _("Een oud-trainer"), words))
    return remarks


def read_version(
    version: Version,
) -> tuple[Filled | None, dict[tuple[str, str], Change], dict[tuple[str, str], list[Remark]]]:
    """The sheet of a version, what changed in it since the version before, and what its trainers said of its rows up to
    now. Three queries, or one for a version without a sheet."""
    filled = Filled.stored(version.sheet)
    if filled is None:
        return None, {}, {}
    submission = version.submission
    earlier = db.session.scalar(
        select(Version.sheet).where(Version.submission_id == submission.id, Version.number == version.number - 1)
    )
    before = Filled.stored(earlier)
    remarks = released_remarks(submission.enrolment_id, submission.activity_id, until=version.number)
    return filled, filled.since(before) if before else {}, remarks
