"""What the core holds about somebody, each kind as one query. The labels of columns are what the person reads."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, case, or_, select

from ..accounts.models import Attempt, Person, RoleGrant
from ..assignments.models import Draft, Submission, Version
from ..audit.models import AuditEntry
from ..courses.models import Activity, Course
from ..exchange.models import Taking
from ..files.models import StoredFile
from ..grading.models import Assessment, CriterionLevel, RowRemark
from ..libraries.models import Library
from ..notifications.models import Mail, Notice
from ..peer.models import GIVEN, Remark, Review, Round
from ..plugins import Holding
from ..progress.models import Progress
from ..runs.models import Absence, Announcement, Enrolment, Run

WITH_A_KEY = ("invitation", "reset")
"""Kinds of mail whose text holds a link that lets one in; it is nobody's to take along."""


def export(person: Person) -> Iterator[Holding]:
    """All that the core holds about a person."""
    yield from _account(person)
    yield from _course(person)
    yield from _given(person)
    yield from _feedback(person)
    yield from _taken(person)
    yield from _told(person)


def _account(person: Person) -> Iterator[Holding]:
    yield Holding(
        "account",
        _("Account: naam, e-mailadres en bibliotheek"),
        select(
            Person.name.label("naam"),
            Person.email.label("e_mailadres"),
            Library.name.label("bibliotheek"),
            Person.active.label("open"),
            Person.created_at.label("gemaakt_op"),
            Person.mail_choices.label("gekozen_mails"),
        )
        .outerjoin(Library, Library.id == Person.library_id)
        .where(Person.id == person.id),
    )
    yield Holding(
        "rollen",
        _("Rollen"),
        select(RoleGrant.role.label("rol"), Library.name.label("voor_bibliotheek"))
        .outerjoin(Library, Library.id == RoleGrant.library_id)
        .where(RoleGrant.person_id == person.id)
        .order_by(RoleGrant.id),
    )
    yield Holding(
        "mislukte_pogingen",
        _("Mislukte pogingen om aan te melden"),
        select(Attempt.key.label("waarvoor"), Attempt.at.label("op")).where(attempts_of(person)).order_by(Attempt.id),
    )


def _course(person: Person) -> Iterator[Holding]:
    own = Enrolment.person_id == person.id
    yield Holding(
        "uitvoeringen",
        _("Deelname aan groepen"),
        select(
            Course.title.label("cursus"),
            Run.name.label("groep"),
            Enrolment.role.label("rol"),
            Enrolment.created_at.label("vanaf"),
            Enrolment.left_at.label("tot"),
        )
        .join_from(Enrolment, Run, Run.id == Enrolment.run_id)
        .join(Course, Course.id == Run.course_id)
        .where(own)
        .order_by(Enrolment.id),
    )
    yield Holding(
        "voortgang",
        _("Voortgang bij lessen en opdrachten"),
        select(
            Run.name.label("groep"),
            Activity.title.label("onderdeel"),
            Progress.state.label("stand"),
            Progress.place.label("gebleven_bij"),
            Progress.completed_at.label("klaar_op"),
            Progress.updated_at.label("gewijzigd_op"),
        )
        .join_from(Progress, Enrolment, Enrolment.id == Progress.enrolment_id)
        .join(Run, Run.id == Enrolment.run_id)
        .join(Activity, Activity.id == Progress.activity_id)
        .where(own)
        .order_by(Progress.id),
    )
    yield Holding(
        "afmeldingen",
        _("Afmeldingen voor lesdagen"),
        select(
            Run.name.label("groep"),
            Absence.day_number.label("lesdag"),
            Absence.note.label("toelichting"),
            Absence.created_at.label("gemeld_op"),
        )
        .join_from(Absence, Enrolment, Enrolment.id == Absence.enrolment_id)
        .join(Run, Run.id == Enrolment.run_id)
        .where(own)
        .order_by(Absence.id),
    )
    yield Holding(
        "concepten",
        _("Concepten"),
        select(
            Run.name.label("groep"),
            Activity.title.label("opdracht"),
            Draft.text.label("tekst"),
            Draft.sheet["data"].label("werkblad"),
            Draft.updated_at.label("bewaard_op"),
        )
        .join_from(Draft, Enrolment, Enrolment.id == Draft.enrolment_id)
        .join(Run, Run.id == Enrolment.run_id)
        .join(Activity, Activity.id == Draft.activity_id)
        .where(own)
        .order_by(Draft.id),
    )
    yield Holding(
        "ingeleverd_werk",
        _("Ingeleverd werk"),
        _of_versions(Version, Version.text.label("tekst"), Version.late.label("te_laat"))
        .add_columns(Version.handed_in_at.label("ingeleverd_op"), Version.sheet["data"].label("werkblad"))
        .where(own)
        .order_by(Version.id),
    )
    released = Assessment.released_at.is_not(None)  # what a trainer did not release is not shown here either
    yield Holding(
        "ontvangen_oordelen",
        _("Ontvangen oordelen"),
        _of_assessments(
            Assessment.overall.label("oordeel"),
            Assessment.words.label("toelichting"),
            Assessment.released_at.label("vrijgegeven_op"),
        )
        .where(own, released)
        .order_by(Assessment.id),
    )
    yield Holding(
        "ontvangen_niveaus",
        _("Ontvangen niveaus per criterium"),
        _of_levels().where(own, released).order_by(CriterionLevel.id),
    )
    yield Holding(
        "ontvangen_opmerkingen",
        _("Ontvangen opmerkingen bij rijen van een werkblad"),
        _of_rows().where(own, released).order_by(RowRemark.id),
    )
    yield Holding(
        "bestanden",
        _("Bestanden"),
        select(
            StoredFile.id.label("nummer"),
            StoredFile.name.label("naam"),
            StoredFile.media_type.label("soort"),
            StoredFile.size.label("bytes"),
            StoredFile.created_at.label("toegevoegd_op"),
        )
        .where(StoredFile.owner_id == person.id)
        .order_by(StoredFile.id),
    )


def _taken(person: Person) -> Iterator[Holding]:
    yield Holding(
        "overgenomen_werk",
        _("Werk dat u overnam, buiten de cursus"),
        select(Taking.title.label("werk"), Taking.at.label("op"), Taking.undone_at.label("teruggehaald_op"))
        .where(Taking.person_id == person.id)
        .order_by(Taking.id),
        stays=True,
    )


def _given(person: Person) -> Iterator[Holding]:
    own = Assessment.assessor_id == person.id
    yield Holding(
        "gegeven_oordelen",
        _("Gegeven oordelen"),
        _of_assessments(
            Assessment.overall.label("oordeel"),
            Assessment.words.label("toelichting"),
            Assessment.saved_at.label("bewaard_op"),
            Assessment.released_at.label("vrijgegeven_op"),
            Assessment.retraction_reason.label("reden_van_intrekken"),
        )
        .where(own)
        .order_by(Assessment.id),
        stays=True,
    )
    yield Holding(
        "gegeven_niveaus",
        _("Gegeven niveaus per criterium"),
        _of_levels().where(own).order_by(CriterionLevel.id),
        stays=True,
    )
    yield Holding(
        "gegeven_opmerkingen",
        _("Gegeven opmerkingen bij rijen van een werkblad"),
        _of_rows().where(own).order_by(RowRemark.id),
        stays=True,
    )
    yield Holding(
        "berichten",
        _("Berichten aan een groep"),
        select(
            Run.name.label("groep"),
            Announcement.title.label("titel"),
            Announcement.body.label("tekst"),
            Announcement.created_at.label("geschreven_op"),
        )
        .join_from(Announcement, Run, Run.id == Announcement.run_id)
        .where(Announcement.author_id == person.id)
        .order_by(Announcement.id),
        stays=True,
    )


def _feedback(person: Person) -> Iterator[Holding]:
    """What one wrote about the work of others stays with them; what one got goes with one's own work.

    Of what one got neither the giver nor the moment is named: givers may be hidden.
    """
    columns = (
        Run.name.label("groep"),
        Activity.title.label("ronde"),
        Remark.kind.label("soort"),
        Remark.passage.label("over"),
        Remark.text.label("tekst"),
        Remark.level.label("niveau"),
        Remark.answer.label("antwoord"),
        Remark.answer_words.label("antwoord_in_woorden"),
    )
    found = (
        select(*columns)
        .join_from(Remark, Review, Review.id == Remark.review_id)
        .join(Round, Round.id == Review.round_id)
        .join(Run, Run.id == Round.run_id)
        .join(Activity, Activity.id == Round.activity_id)
        .order_by(Remark.review_id, Remark.position)
    )
    own = select(Enrolment.id).where(Enrolment.person_id == person.id)
    yield Holding(
        "gegeven_feedback",
        _("Feedback die u gaf op werk van collega's"),
        found.where(Review.reviewer_id.in_(own), Review.author_id.not_in(own)),
        stays=True,
    )
    yield Holding(
        "gekregen_feedback",
        _("Feedback op uw werk"),
        found.where(Review.author_id.in_(own), Review.state == GIVEN, Review.hidden_at.is_(None)),
    )


def _told(person: Person) -> Iterator[Holding]:
    yield Holding(
        "mails",
        _("Mails van de site"),
        select(
            Mail.to.label("aan"),
            Mail.kind.label("soort"),
            Mail.subject.label("onderwerp"),
            case((Mail.kind.in_(WITH_A_KEY), ""), else_=Mail.body).label("tekst"),
            Mail.created_at.label("geschreven_op"),
            Mail.sent_at.label("verstuurd_op"),
        )
        .where(mails_to(person))
        .order_by(Mail.id),
    )
    yield Holding(
        "meldingen",
        _("Berichten op de site"),
        select(
            Notice.kind.label("soort"),
            Notice.title.label("titel"),
            Notice.created_at.label("geschreven_op"),
            Notice.read_at.label("gelezen_op"),
        )
        .where(Notice.person_id == person.id)
        .order_by(Notice.id),
    )
    about, by = AuditEntry.person_id == person.id, AuditEntry.actor_id == person.id
    yield Holding("logboek_over_u", _("Regels in het logboek, als betrokkene"), _log(about), stays=True)
    yield Holding("logboek_van_u", _("Regels in het logboek, als uitvoerder"), _log(by), stays=True)


def attempts_of(person: Person) -> ColumnElement[bool]:
    """Attempts are kept by what was typed: «login:noor@…»."""
    return Attempt.key.endswith(f":{person.email}", autoescape=True)


def mails_to(person: Person) -> ColumnElement[bool]:
    """Mails to this person, also those that went to the address before there was an account."""
    return or_(Mail.person_id == person.id, Mail.to == person.email)


def _of_versions(start: Any, *columns: Any) -> Select[Any]:
    return (
        select(
            Run.name.label("groep"), Activity.title.label("opdracht"), Version.number.label("versie"), *columns
        )
        .select_from(start)
        .join(Submission, Submission.id == Version.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Run, Run.id == Enrolment.run_id)
        .join(Activity, Activity.id == Submission.activity_id)
    )  # fmt: skip


def _of_assessments(*columns: Any) -> Select[Any]:
    return _of_versions(_judged(), *columns)


def _of_levels() -> Select[Any]:
    return _of_versions(
        _judged().join(CriterionLevel.__table__, CriterionLevel.assessment_id == Assessment.id),
        CriterionLevel.criterion.label("criterium"),
        CriterionLevel.level.label("niveau"),
        CriterionLevel.words.label("toelichting"),
    )


def _of_rows() -> Select[Any]:
    return _of_versions(
        _judged().join(RowRemark.__table__, RowRemark.assessment_id == Assessment.id),
        RowRemark.part.label("deel"),
        RowRemark.row_id.label("rij"),
        RowRemark.words.label("opmerking"),
    )


def _judged() -> Any:
    return Assessment.__table__.join(Version.__table__, Version.id == Assessment.version_id)


def _log(whose: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            AuditEntry.at.label("op"),
            AuditEntry.action.label("wat"),
            AuditEntry.subject_kind.label("soort"),
            AuditEntry.subject_id.label("nummer"),
            AuditEntry.details.label("bijzonderheden"),
        )
        .where(whose)
        .order_by(AuditEntry.id)
    )
