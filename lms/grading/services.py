"""Judging: save what a trainer thinks, release it to the participant, take it back with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload, undefer

from .. import events
from ..accounts.models import Person
from ..assignments.models import Submission, Version
from ..clock import now
from ..courses.models import Activity
from ..db import db
from ..errors import Conflict, Invalid, NotFound
from ..notifications import services as notifications
from ..progress import services as progress
from ..runs.models import PARTICIPANT, Enrolment
from ..runs.visits import RunVisit
from ..worksheets.filled import Change, Filled
from ..worksheets.reading import Remark, released_remarks, remarks_of
from .models import Assessment, CriterionLevel, RowRemark
from .rubric import LEVELS, NOT_YET, Criterion, number, rubric
from .waiting import Place, WaitingRow, count, place, waiting, waiting_summary

__all__ = [
    "Judged", "Judgement", "NewerVersion", "Place", "Released", "Stale", "WaitingRow", "Work", "count", "load_work",
    "place", "release", "retract", "save", "waiting", "waiting_summary",
]  # fmt: skip

# Progress of an assignment, in the words of its activity type; a judgement that is enough is its own word.
RETURNED, RETRACTED = "returned", "retracted"
SHOWN = 5
"""Earlier versions that stand folded beside the present one; of older ones the screen has the link."""
MAX_WORDS = 10_000
"""Characters in one field of words."""


class Stale(Conflict):
    """Somebody saved this judgement since it was opened; nothing was overwritten."""


class Released(Conflict):
    """The judgement was released; it must be retracted before it can change."""


class NewerVersion(Conflict):
    """The participant handed in a newer version, and this one was not judged yet."""


@dataclass(frozen=True)
class Judgement:
    """What a trainer chose and wrote; ``levels`` and ``remarks`` by the slug of the criterion. All may be empty."""

    overall: str = ""
    words: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """What is said of a row of the worksheet, by its part and its id."""


@dataclass(frozen=True)
class Judged:
    """A version with its judgement, if there is one."""

    version: Version
    assessment: Assessment | None


@dataclass(frozen=True)
class Work:
    """A version as a trainer of its run sees it, with all versions of the same submission, oldest first."""

    visit: RunVisit
    version: Version
    versions: tuple[Judged, ...]

    @property
    def enrolment(self) -> Enrolment:
        return self.version.submission.enrolment

    @property
    def participant(self) -> Person:
        return self.enrolment.person

    @property
    def activity(self) -> Activity:
        return self.version.submission.activity

    @cached_property
    def rubric(self) -> tuple[Criterion, ...]:
        return rubric(self.activity)

    @property
    def number(self) -> int | None:
        """The number of the assignment."""
        return number(self.activity)

    @cached_property
    def sheets(self) -> dict[int, Filled]:
        """The worksheets of this version and the earlier ones that are shown, by number."""
        shown = [self.version, *(judged.version for judged in self.earlier[:SHOWN])]
        return {version.number: filled for version in shown if (filled := Filled.stored(version.sheet))}

    @property
    def sheet(self) -> Filled | None:
        """The worksheet of this version."""
        return self.sheets.get(self.version.number)

    @cached_property
    def said_before(self) -> dict[tuple[str, str], list[Remark]]:
        """What was said of each row with earlier versions, as the participant read it. One query."""
        enrolment_id, before = self.version.submission.enrolment_id, self.version.number - 1
        if self.sheet is None or not before:
            return {}
        return released_remarks(enrolment_id, self.activity.id, until=before)

    @property
    def remarks(self) -> dict[tuple[str, str], list[Remark]]:
        """The same with what is said with this version, for who only reads."""
        now = remarks_of(self.version, self.assessment)
        return {row: [*now.get(row, ()), *self.said_before.get(row, ())] for row in {**now, **self.said_before}}

    @cached_property
    def sheet_changes(self) -> dict[tuple[str, str], Change]:
        """What changed in the worksheet since the version before."""
        now, before = (self.sheets.get(number) for number in (self.version.number, self.version.number - 1))
        return now.since(before) if now and before else {}

    @property
    def assessment(self) -> Assessment | None:
        return next(judged.assessment for judged in self.versions if judged.version is self.version)

    @property
    def earlier(self) -> list[Judged]:
        """The versions before this one, the last first. The first ``SHOWN`` come with their text and files."""
        return [judged for judged in reversed(self.versions) if judged.version.number < self.version.number]

    @property
    def newest(self) -> Version:
        return self.versions[-1].version

    @property
    def is_newest(self) -> bool:
        return self.newest is self.version

    @property
    def is_released(self) -> bool:
        return self.assessment is not None and self.assessment.released_at is not None

    @property
    def may_judge(self) -> bool:
        """An old version is past judging, unless its judgement was saved and can be corrected."""
        return not self.is_released and (self.is_newest or self.assessment is not None)

    @property
    def participant_left(self) -> bool:
        return self.enrolment.left_at is not None


def load_work(visit: RunVisit, version_id: int, *, for_update: bool = False) -> Work:
    """The version if it was handed in in this run; otherwise :class:`NotFound`. The visit must be a trainer's.

    With ``for_update`` nobody else judges this submission until the transaction ends.
    """
    if for_update:
        ours = select(Version.submission_id).where(Version.id == version_id)
        db.session.execute(select(Submission.id).where(Submission.id.in_(ours)).with_for_update())
    version = db.session.scalar(
        select(Version)
        .join(Version.submission)
        .join(Submission.enrolment)
        .where(Version.id == version_id, Enrolment.run_id == visit.run.id, Enrolment.role == PARTICIPANT)
        .options(
            defer(Version.text),
            defer(Version.html),
            contains_eager(Version.submission).options(
                contains_eager(Submission.enrolment).joinedload(Enrolment.person).joinedload(Person.library),
                joinedload(Submission.activity),
            ),
        )
    )
    if version is None:
        raise NotFound(_("Dit werk bestaat niet in deze uitvoering."))
    judged = db.session.execute(
        select(Version, Assessment)
        .outerjoin(Assessment, Assessment.version_id == Version.id)
        .where(Version.submission_id == version.submission_id)
        .order_by(Version.number)
        .options(
            defer(Version.text),
            defer(Version.html),
            joinedload(Assessment.assessor),
            selectinload(Assessment.row_remarks),
        )
    )
    work = Work(visit, version, tuple(Judged(*row) for row in judged))
    shown = [version.id, *(judged.version.id for judged in work.earlier[:SHOWN])]
    texts = (
        select(Version)
        .where(Version.id.in_(shown))
        .options(defer(Version.text), undefer(Version.sheet), selectinload(Version.files))
    )
    db.session.scalars(texts).all()  # fills in the versions above
    return work


def save(work: Work, trainer: Person, judgement: Judgement, revision: int) -> Assessment:
    """Keep the judgement, also half of one; the participant sees nothing of it.

    ``revision`` is that of the judgement as the trainer opened it, 0 without one. Saving the same again changes
    nothing. Raises NewerVersion, Released or Stale, and Invalid for a level or a criterion that does not exist.
    """
    _check(work, judgement)
    assessment = work.assessment
    if assessment is not None and _same(work, assessment, judgement):
        return assessment
    if work.is_released:
        raise Released(_("Dit oordeel is intussen vrijgegeven. Trek het in als u het wilt wijzigen."))
    if assessment is None and not work.is_newest:
        raise NewerVersion(_("Er is intussen versie %(number)s ingeleverd.", number=work.newest.number))
    if revision != (assessment.revision if assessment else 0):
        raise Stale(_("Dit oordeel is intussen gewijzigd."))
    if assessment is None:
        assessment = Assessment(version_id=work.version.id, revision=0)
        db.session.add(assessment)
    assessment.assessor_id = trainer.id
    assessment.overall, assessment.words = judgement.overall, judgement.words
    assessment.revision += 1
    assessment.saved_at = now()
    _write_levels(assessment, judgement)
    _write_rows(assessment, judgement)
    db.session.flush()
    return assessment


def release(work: Work, trainer: Person, judgement: Judgement, revision: int, link: str) -> Assessment:
    """Keep the judgement and show it to the participant, who gets a mail with ``link``.

    Pressing twice releases once. Raises what :func:`save` raises, and Invalid while a level is not chosen.
    """
    for criterion in work.rubric:
        if not judgement.levels.get(criterion.slug):
            raise Invalid(_("Kies een niveau bij «%(title)s».", title=criterion.title), f"level-{criterion.slug}")
    if not judgement.overall:
        raise Invalid(_("Kies een oordeel over het geheel."), "overall")
    assessment = save(work, trainer, judgement, revision)
    if assessment.released_at is not None:
        return assessment
    assessment.assessor_id = trainer.id
    assessment.released_at = now()
    if work.is_newest:
        _report(work, assessment.overall)
    _mail(
        work,
        "released",
        _("Uw trainer heeft gekeken: %(title)s", title=work.activity.title),
        _(
            "Dag %(name)s,\n\n%(trainer)s heeft uw werk voor «%(title)s» bekeken. Lees het oordeel:\n%(link)s",
            name=work.participant.first_name, trainer=trainer.name, title=work.activity.title, link=link,
        ),
        link, trainer,
    )  # fmt: skip
    db.session.flush()
    events.send("core.released", assessment=assessment)
    return assessment


def retract(work: Work, trainer: Person, reason: str, link: str) -> Assessment:
    """Take a released judgement back; the participant is told why by mail. It can be changed and released again.

    Raises Invalid without a reason, and Conflict for a judgement that is not released.
    """
    if not reason.strip():
        raise Invalid(_("Schrijf waarom u het oordeel intrekt. De deelnemer leest dit."), "reason")
    assessment = work.assessment
    if assessment is None or assessment.released_at is None:
        if assessment is not None and assessment.retraction_reason == reason.strip():
            return assessment  # the button was pressed twice
        raise Conflict(_("Dit oordeel is niet vrijgegeven, dus er is niets in te trekken."))
    assessment.released_at = None
    assessment.retracted_at = now()
    assessment.retraction_reason = reason.strip()
    assessment.revision += 1
    if work.is_newest:
        progress.undo(work.activity, work.participant, work.visit.run)
        progress.note(work.activity, work.participant, RETRACTED, work.visit.run)
    _mail(
        work,
        "retracted",
        _("Een oordeel is ingetrokken: %(title)s", title=work.activity.title),
        _(
            "Dag %(name)s,\n\n%(trainer)s heeft het oordeel over uw werk voor «%(title)s» ingetrokken. De reden:\n\n"
            "%(reason)s\n\nU krijgt bericht als er een nieuw oordeel is.\n%(link)s",
            name=work.participant.first_name, trainer=trainer.name, title=work.activity.title,
            reason=assessment.retraction_reason, link=link,
        ),
        link, trainer,
    )  # fmt: skip
    db.session.flush()
    events.send("core.retracted", assessment=assessment)
    return assessment


def _check(work: Work, judgement: Judgement) -> None:
    known = {criterion.slug for criterion in work.rubric}
    if not known.issuperset({*judgement.levels, *judgement.remarks}):
        raise Invalid(_("Dit criterium hoort niet bij deze opdracht."))
    rows = {(part, row.id) for part, rows in work.sheet.rows_by_part.items() for row in rows} if work.sheet else set()
    if not rows.issuperset(judgement.rows):
        raise Invalid(_("Deze rij staat niet in dit werkblad."))
    if any(level and level not in LEVELS for level in (judgement.overall, *judgement.levels.values())):
        raise Invalid(_("Kies een van de drie niveaus."))


def _same(work: Work, assessment: Assessment, judgement: Judgement) -> bool:
    kept = {row.criterion: (row.level, row.words) for row in assessment.criteria}
    return (
        (assessment.overall, assessment.words) == (judgement.overall, judgement.words)
        and all(
            kept.get(slug, ("", "")) == (judgement.levels.get(slug, ""), judgement.remarks.get(slug, ""))
            for slug in (criterion.slug for criterion in work.rubric)
        )
        and {(row.part, row.row_id): row.words for row in assessment.row_remarks}
        == {place: words for place, words in judgement.rows.items() if words}
    )


def _write_levels(assessment: Assessment, judgement: Judgement) -> None:
    kept = {row.criterion: row for row in assessment.criteria}
    # Rows of a criterion that has left the rubric stay: they were once said to somebody.
    for slug in {*judgement.levels, *judgement.remarks}:
        if slug not in kept:
            kept[slug] = CriterionLevel(criterion=slug)
            assessment.criteria.append(kept[slug])
        kept[slug].level = judgement.levels.get(slug, "")
        kept[slug].words = judgement.remarks.get(slug, "")


def _write_rows(assessment: Assessment, judgement: Judgement) -> None:
    kept = {(row.part, row.row_id): row for row in assessment.row_remarks}
    for (part, row_id), words in judgement.rows.items():
        if (part, row_id) in kept:
            kept[part, row_id].words = words
        elif words:
            assessment.row_remarks.append(RowRemark(part=part, row_id=row_id, words=words))
    assessment.row_remarks = [row for row in assessment.row_remarks if row.words]


def _report(work: Work, overall: str) -> None:
    run = work.visit.run
    if overall == NOT_YET:
        progress.note(work.activity, work.participant, RETURNED, run)
    else:
        progress.complete(work.activity, work.participant, run, state=overall)


def _mail(work: Work, kind: str, subject: str, body: str, link: str, trainer: Person) -> None:
    # Who left can no longer open the page that the mail leads to; the judging screen says so.
    if not work.participant_left:
        notifications.send(work.participant, kind, subject, body, link=link, reply_to=trainer)
