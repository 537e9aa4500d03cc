"""How the core lets somebody go: what is theirs is removed, the name is taken off what stays for others.

Rows that hang on an enrolment (drafts, hand-ins and what was said of them, progress, absences) go with it by the
foreign keys of the database, also those of a plugin that is switched off.
"""

from sqlalchemy import delete, null, or_, select, update

from ..accounts.models import Attempt, Person, RoleGrant
from ..db import db
from ..exchange.models import Taking, TakingRow
from ..files.models import StoredFile
from ..grading.models import Assessment, CriterionLevel, RowRemark
from ..html import from_markdown
from ..jobs.models import Job
from ..jobs.services import enqueue
from ..notifications.models import Mail, Notice
from ..peer.models import GIVEN, Remark, Review
from ..runs.models import PARTICIPANT, Absence, Announcement, Enrolment, Run
from .holdings import attempts_of, mails_to
from .names import without_name


def erase(person: Person) -> None:
    """Let go of all that the core holds, but the row of the person itself."""
    _clear_mails(person)
    _unsign(person)
    _leave_feedback(person)
    _count_in_runs(person)
    db.session.execute(delete(Enrolment).where(Enrolment.person_id == person.id))
    _forget_takings(person)
    _drop_files(person)
    db.session.execute(delete(RoleGrant).where(RoleGrant.person_id == person.id))
    db.session.execute(delete(Attempt).where(attempts_of(person)))


def _clear_mails(person: Person) -> None:
    """Mails to the person go; in mails and lines to others the name does, and what the person wrote of an absence."""
    db.session.execute(delete(Mail).where(mails_to(person)))
    notes = select(Absence.note).join(Enrolment, Enrolment.id == Absence.enrolment_id)
    own_notes = [note for note in db.session.scalars(notes.where(Enrolment.person_id == person.id)) if note.strip()]
    named = [column.contains(word, autoescape=True) for column in (Mail.subject, Mail.body) for word in _words(person)]
    for mail in db.session.scalars(select(Mail).where(or_(*named))):
        for note in own_notes:
            mail.body = mail.body.replace(note, "…")
        mail.subject, mail.body = without_name(mail.subject, person), without_name(mail.body, person)
    for notice in db.session.scalars(select(Notice).where(Notice.title.contains(person.name, autoescape=True))):
        notice.title = without_name(notice.title, person)
    # A mail server that refuses an address names it in its answer.
    for job in db.session.scalars(select(Job).where(Job.error.contains(person.email, autoescape=True))):
        job.error = without_name(job.error, person)
    db.session.flush()


def _unsign(person: Person) -> None:
    """Take the name out of the judgements and messages that stay; their columns are emptied by the database."""
    given = select(Assessment).where(Assessment.assessor_id == person.id)
    for assessment in db.session.scalars(given):
        assessment.words = without_name(assessment.words, person)
        assessment.retraction_reason = without_name(assessment.retraction_reason, person)
    levels = select(CriterionLevel).join(Assessment, Assessment.id == CriterionLevel.assessment_id)
    for level in db.session.scalars(levels.where(Assessment.assessor_id == person.id)):
        level.words = without_name(level.words, person)
    remarks = select(RowRemark).join(Assessment, Assessment.id == RowRemark.assessment_id)
    for remark in db.session.scalars(remarks.where(Assessment.assessor_id == person.id)):
        remark.words = without_name(remark.words, person)
    for item in db.session.scalars(select(Announcement).where(Announcement.author_id == person.id)):
        title, body = without_name(item.title, person), without_name(item.body, person)
        if (title, body) != (item.title, item.body):
            item.title, item.body, item.body_html = title[:200], body, from_markdown(body)
    db.session.flush()


def _leave_feedback(person: Person) -> None:
    """Feedback that was given stays with its author, without the name; what was never given goes."""
    own = select(Enrolment.id).where(Enrolment.person_id == person.id)
    db.session.execute(delete(Review).where(Review.reviewer_id.in_(own), Review.state != GIVEN))
    given = select(Remark).join(Review, Review.id == Remark.review_id).where(Review.reviewer_id.in_(own))
    for remark in db.session.scalars(given):
        remark.text, remark.passage = without_name(remark.text, person), without_name(remark.passage, person)
    db.session.flush()


def _count_in_runs(person: Person) -> None:
    """A run goes on counting who took part, as a number."""
    took_part = select(Enrolment.run_id).where(
        Enrolment.person_id == person.id, Enrolment.role == PARTICIPANT, Enrolment.left_at.is_(None)
    )
    db.session.execute(update(Run).where(Run.id.in_(took_part)).values(removed=Run.removed + 1))


def _forget_takings(person: Person) -> None:
    """What was made of somebody's work stays with its taker; only that it came from there is still known."""
    theirs = select(Taking.id).where(Taking.person_id == person.id)
    db.session.execute(update(TakingRow).where(TakingRow.taking_id.in_(theirs)).values(label="", before=null()))
    for taking in db.session.scalars(select(Taking).where(Taking.person_id == person.id)):
        taking.title = without_name(taking.title, person)[:300]
    db.session.flush()


def _drop_files(person: Person) -> None:
    """The rows go now; the bytes as jobs, once the rows are gone for certain."""
    for key in db.session.scalars(select(StoredFile.key).where(StoredFile.owner_id == person.id)).all():
        enqueue("core.forget_bytes", key=key)
    db.session.flush()
    db.session.execute(delete(StoredFile).where(StoredFile.owner_id == person.id))


def _words(person: Person) -> tuple[str, str]:
    return person.name, person.email
