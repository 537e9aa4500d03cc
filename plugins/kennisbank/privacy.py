"""What the kennisbank holds about somebody: what they chose and cited, wrote for their library, and said as a reader.

What a library shares is the library's and stays; the person's name goes from it. Choices are one's own and go.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select, update

from lms.api import Activity, Enrolment, Holding, Person, Run, db, without_name
from lms.api import gettext as _

from . import content
from .models import Choice, Citation, Confirmation, Draft, Entry, Pick, Question, Result, Revision, TakeOver, Vote


def export(person: Person) -> Iterator[Holding]:
    """One's choices with the reasons; and what stays: entries, changes, take-overs and answers."""
    yield Holding(
        "keuzes",
        _("Keuzes uit de kennisbank"),
        select(
            Run.name.label("groep"),
            Activity.title.label("onderdeel"),
            Pick.slug.label("gekozen"),
            Pick.reason.label("reden"),
            Choice.chosen_at.label("gekozen_op"),
        )
        .join_from(Choice, Pick, Pick.choice_id == Choice.id)
        .join(Enrolment, Enrolment.id == Choice.enrolment_id)
        .join(Run, Run.id == Enrolment.run_id)
        .join(Activity, Activity.id == Choice.activity_id)
        .where(Enrolment.person_id == person.id)
        .order_by(Pick.id),
    )
    yield Holding(
        "aangehaald",
        _("Wat deze persoon aanhaalde uit de kennisbank"),
        select(Entry.title.label("naam"), Citation.made_at.label("aangehaald_op"))
        .join_from(Citation, Entry, Entry.id == Citation.entry_id)
        .join(Enrolment, Enrolment.id == Citation.enrolment_id)
        .where(Enrolment.person_id == person.id)
        .order_by(Citation.id),
        stays=True,
    )
    yield Holding(
        "bijdragen",
        _("Bijdragen die deze persoon begon"),
        select(
            *(getattr(Entry, name).label(name) for name in ("title", "goal", "target", "done", "result", "otherwise")),
            Entry.status.label("stand"),
            Entry.created_at.label("begonnen_op"),
        )
        .where(Entry.created_by_id == person.id)
        .order_by(Entry.id),
        stays=True,
    )
    yield Holding(
        "wijzigingen",
        _("Wijzigingen van deze persoon in bijdragen"),
        select(Entry.title.label("naam"), Revision.summary.label("wat"), Revision.made_at.label("op"))
        .join_from(Revision, Entry, Entry.id == Revision.entry_id)
        .where(Revision.by_id == person.id)
        .order_by(Revision.id),
        stays=True,
    )
    yield Holding(
        "concepten",
        _("Concepten waaraan deze persoon het laatst schreef"),
        select(Entry.title.label("naam"), Draft.data.label("tekst"), Draft.updated_at.label("op"))
        .join_from(Draft, Entry, Entry.id == Draft.entry_id)
        .where(Draft.by_id == person.id)
        .order_by(Draft.entry_id),
        stays=True,
    )
    yield Holding(
        "overgenomen",
        _("Wat deze persoon namens de bibliotheek overnam"),
        select(
            Entry.title.label("naam"),
            TakeOver.since.label("sinds"),
            TakeOver.changed.label("anders"),
            TakeOver.indicator.label("geteld"),
            TakeOver.outcome.label("uitkomst"),
            TakeOver.created_at.label("op"),
        )
        .join_from(TakeOver, Entry, Entry.id == TakeOver.entry_id)
        .where(TakeOver.person_id == person.id)
        .order_by(TakeOver.id),
        stays=True,
    )
    yield Holding(
        "antwoorden",
        _("Of iets bruikbaar is, volgens deze persoon"),
        select(Entry.title.label("naam"), Vote.answer.label("antwoord"), Vote.made_at.label("op"))
        .join_from(Vote, Entry, Entry.id == Vote.entry_id)
        .where(Vote.person_id == person.id)
        .order_by(Vote.id),
        stays=True,
    )
    yield Holding(
        "klopt_dit_nog",
        _("Of iets nog klopt, volgens deze persoon"),
        select(
            Entry.title.label("naam"),
            Confirmation.holds.label("klopt"),
            Confirmation.note.label("toelichting"),
            Confirmation.made_at.label("op"),
        )
        .join_from(Confirmation, Entry, Entry.id == Confirmation.entry_id)
        .where(Confirmation.person_id == person.id)
        .order_by(Confirmation.id),
        stays=True,
    )
    yield Holding(
        "vragen",
        _("Vragen die deze persoon aan de kennisbank stelde"),
        select(Question.text.label("vraag"), Question.searched.label("gezocht"), Question.asked_at.label("gevraagd_op"))
        .where(Question.person_id == person.id)
        .order_by(Question.id),
        stays=True,
    )


def erase(person: Person) -> None:
    """Choices are one's own: they go. What the library and readers build on stays, without the name."""
    own = select(Enrolment.id).where(Enrolment.person_id == person.id)
    db.session.execute(delete(Choice).where(Choice.enrolment_id.in_(own)))
    db.session.execute(update(Citation).where(Citation.enrolment_id.in_(own)).values(enrolment_id=None))
    db.session.execute(update(Vote).where(Vote.person_id == person.id).values(person_id=None))
    for question in db.session.scalars(select(Question).where(Question.person_id == person.id)):
        question.text, question.person_id = without_name(question.text, person), None
        question.searched = without_name(question.searched, person)
    for said in db.session.scalars(select(Confirmation).where(Confirmation.person_id == person.id)):
        said.note, said.person_id = without_name(said.note, person), None
    for row in db.session.scalars(select(TakeOver).where(TakeOver.person_id == person.id)):
        row.person_id = None
        _take_out(row, ("changed", "since", *(name for name in content.FIGURES if name != "kind")), person)
    for draft in db.session.scalars(select(Draft).where(Draft.by_id == person.id)):
        draft.data, draft.by_id = _clean(draft.data, person), None
    touched = select(Revision.entry_id).where(Revision.by_id == person.id)
    mine = list(db.session.scalars(select(Entry).where((Entry.created_by_id == person.id) | Entry.id.in_(touched))))
    for entry in mine:
        _take_out(entry, (*(name for name in content.TEXTS if name != "country"), "status_note"), person)
        for figure in entry.results:
            _take_out(figure, tuple(name for name in content.FIGURES if name != "kind"), person)
        if entry.created_by_id == person.id:
            entry.created_by_id = None
    ids = [entry.id for entry in mine]
    for revision in db.session.scalars(select(Revision).where(Revision.entry_id.in_(ids))):
        revision.data = _clean(revision.data, person)
        if revision.by_id == person.id:
            revision.by_id = None
    content.announce(mine)
    db.session.flush()


def _take_out(row: Entry | Result | TakeOver, names: tuple[str, ...], person: Person) -> None:
    for name in names:
        text = getattr(row, name)
        without = without_name(text, person)
        if without != text:
            most = getattr(type(row).__table__.c[name].type, "length", None)
            setattr(row, name, without[:most] if most else without)


def _clean(data: Any, person: Person) -> Any:
    """Data of an entry without the name, in every text that it holds."""
    if isinstance(data, str):
        return without_name(data, person)
    if isinstance(data, dict):
        return {key: _clean(value, person) for key, value in data.items()}
    return [_clean(value, person) for value in data] if isinstance(data, list) else data
