"""Questions that no entry answered yet: «Wie heeft ervaring met …?»"""

import re
from urllib.parse import urlsplit

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.api import Conflict, Invalid, NotFound, Person, Refused, db, link, may, notify, now
from lms.api import gettext as _

from .models import Entry, Question
from .models.entries import READABLE
from .reading import EDIT

PER_PAGE = 20
LONGEST = 300
KIND = "kennisbank.question"


def listed(page: int) -> Pagination:
    """The questions that still wait, the newest first, and below them those that have an answer. Two queries."""
    wanted = select(Question).where(~Question.closed | Question.entry_id.is_not(None))
    wanted = wanted.options(joinedload(Question.library), joinedload(Question.entry))
    return db.paginate(
        wanted.order_by(Question.entry_id.is_not(None), Question.asked_at.desc(), Question.id.desc()),
        page=page,
        per_page=PER_PAGE,
    )


def ask(person: Person, text: str, searched: str) -> Question:
    """Leave a question to the others. Raises Invalid, and Conflict when it stands there already."""
    text = " ".join(text.replace("\0", "").split())
    if len(text) < 10:
        raise Invalid(_("Schrijf uw vraag in een hele zin."), "text")
    if len(text) > LONGEST:
        raise Invalid(_("Uw vraag heeft %(now)s tekens. Kort die in tot 300 tekens.", now=len(text)), "text")
    if db.session.scalar(select(Question.id).where(Question.text == text, ~Question.closed).limit(1)):
        raise Conflict(_("Deze vraag staat er al."))
    question = Question(
        text=text, searched=searched.replace("\0", "")[:200], person_id=person.id, library_id=person.library_id
    )
    db.session.add(question)
    db.session.flush()
    return question


def load(number: int) -> Question:
    """An open question, or NotFound."""
    question = db.session.get(Question, number)
    if question is None or question.closed:
        raise NotFound(_("Deze vraag staat er niet meer."))
    return question


def answer(person: Person, question: Question, address: str) -> Entry:
    """Answer a question with an entry, named by its address; who asked gets a message. Raises Invalid."""
    path = re.sub(r"[\s\0]", "", urlsplit(address.replace("[", "")).path).rstrip("/")
    slug = path.rpartition("/")[2][:80]
    entry = db.session.scalar(select(Entry).where(Entry.slug == slug, Entry.status.in_(READABLE))) if slug else None
    if entry is None:
        raise Invalid(_("Plak het adres van een actie in de kennisbank, zoals /kennisbank/nl-08."), "address")
    question.entry_id, question.answered_at = entry.id, now()
    if question.person is not None and question.person_id != person.id:
        notify(
            question.person,
            KIND,
            _("Er is een antwoord op uw vraag in de kennisbank"),
            _("U vroeg: %(text)s\n\nDeze actie past daarbij: %(title)s.", text=question.text, title=entry.title),
            link=link("kennisbank.entry", slug=entry.slug),
        )
    return entry


def close(person: Person, question: Question) -> None:
    """Take a question away: who asked it, or the redactie. Raises Refused."""
    if not may_close(person, question):
        raise Refused(_("Alleen wie de vraag stelde en de redactie kunnen de vraag weghalen."))
    question.closed, question.entry_id = True, None


def may_close(person: Person, question: Question) -> bool:
    """Did the person ask it, or is this the redactie?"""
    return question.person_id == person.id or may(person, EDIT)
