"""Telling people: a line on the site and a mail, rows that are written with what they are about. The worker sends."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import current_app
from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, bindparam, func, select, update

from .. import policies
from ..accounts.models import Person
from ..clock import now
from ..db import db, once
from ..errors import NotFound
from ..jobs.services import enqueue
from ..plugins import MailKind
from ..registry import registry
from . import post, unsubscribing
from .models import Mail, Notice

SUBJECT_LENGTH = 300


@dataclass(frozen=True)
class Unread:
    """How many notices somebody did not read yet, the title of the newest, and the highest number among them."""

    count: int
    newest: str
    last_id: int


def send(
    person: Person, kind: str, subject: str, body: str, *, link: str = "", reply_to: Person | None = None
) -> Mail | None:
    """Tell somebody something: on the site, and by mail if they want that; both go with the present transaction.

    ``kind`` is the key of a MailKind, ``body`` plain text, ``link`` the address on this site that it is about (see
    :func:`link`), ``reply_to`` who gets an answer to the mail. Returns the mail, if there is one.
    Raises LookupError for a kind that no plugin of this site declares.
    """
    known = registry().mail_kinds[kind]
    subject = post.one_line(subject)[:SUBJECT_LENGTH]
    if not known.required:
        db.session.add(Notice(person_id=person.id, kind=kind, title=subject, link=_on_this_site(link)))
        body = f"{body.strip()}\n\n{_closing(person, kind)}"
    if not wants(person, kind):
        return None
    mail = Mail(
        person_id=person.id,
        to=person.email,
        kind=kind,
        subject=subject,
        body=body.strip() + "\n",
        reply_to_id=reply_to.id if reply_to else None,
        # Fixed here and not at the sending: whoever gets the same mail twice sees that it is the same.
        message_id=f"<{uuid.uuid4().hex}@{post.domain(current_app)}>",
    )
    db.session.add(mail)
    # By this id, for the row has none yet: mails to a whole group go to the database together.
    enqueue("core.mail", message_id=mail.message_id)
    return mail


def link(endpoint: str, **values: Any) -> str:
    """The full address of a page, for in a mail."""
    return post.address(endpoint, **values)


def wants(person: Person, kind: str) -> bool:
    """Does this kind go to this person by mail? Asks the database nothing."""
    known = registry().mail_kinds[kind]
    return known.required or person.mail_choices.get(kind, known.default)


def kinds_for(person: Person) -> list[MailKind]:
    """The kinds about which somebody can choose, in registry order."""
    return [
        kind
        for kind in registry().mail_kinds.values()
        if not kind.required and (not kind.permission or policies.may(person, kind.permission))
    ]


def choose(person: Person, wanted: Collection[str]) -> None:
    """Send the person these kinds by mail and no others; kinds that they were not asked about stay as they are."""
    chosen = {kind.key: kind.key in wanted for kind in kinds_for(person)}
    person.mail_choices = {**person.mail_choices, **chosen}


def unread(person: Person) -> Unread:
    """What somebody did not read yet. One query."""
    found = db.session.execute(_unread(), {"person_id": person.id}).one_or_none()
    return Unread(*found) if found else Unread(0, "", 0)


@once
def _unread() -> Select[int, str, int]:
    mine = select(func.count().over(), Notice.title, func.max(Notice.id).over())
    mine = mine.where(Notice.person_id == bindparam("person_id"), Notice.read_at.is_(None))
    return mine.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(1)


def notices(person: Person, page: int, per_page: int = 20) -> Pagination:
    """What somebody was told on the site, unread first, then newest first."""
    mine = select(Notice).where(Notice.person_id == person.id)
    ordered = mine.order_by(Notice.read_at.is_not(None), Notice.created_at.desc(), Notice.id.desc())
    return db.paginate(ordered, page=page, per_page=per_page, error_out=False)


def load_notice(person: Person, notice_id: int) -> Notice:
    """A notice to this person. Otherwise NotFound."""
    notice = db.session.scalar(select(Notice).where(Notice.id == notice_id, Notice.person_id == person.id))
    if notice is None:
        raise NotFound(_("Dit bericht bestaat niet."))
    return notice


def mark_read(notice: Notice) -> None:
    """Note that it was read; the first time counts."""
    notice.read_at = notice.read_at or now()


def mark_all_read(person: Person, until: int) -> None:
    """Note that all was read up to the notice with this number: what came after it was never on the page."""
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person.id, Notice.read_at.is_(None), Notice.id <= until)
        .values(read_at=now())
    )


def deliver(payload: dict[str, Any]) -> None:
    """Send one mail (a job). A mail that is gone or was sent before is left alone.

    Without ``MAIL_URL`` the mail stays in the site and is never marked as sent.
    """
    mail = _find(payload["message_id"])
    if mail is None or mail.sent_at is not None or not current_app.config["MAIL_URL"]:
        return
    known = registry().mail_kinds.get(mail.kind)
    may_stop = known is not None and not known.required
    letter = post.letter(
        mail, unsubscribing.headers(mail.person_id, mail.kind) if may_stop and mail.person_id else None
    )
    # A post office may take its time: nobody else's writing waits for it.
    db.session.rollback()
    post.hand_over(letter)
    sent = _find(payload["message_id"])
    if sent is not None:
        sent.sent_at = now()


def all_mails(page: int, per_page: int = 20) -> Pagination:
    """The mails that the site wrote, newest first."""
    return db.paginate(
        select(Mail).order_by(Mail.created_at.desc(), Mail.id.desc()), page=page, per_page=per_page, error_out=False
    )


def _find(message_id: str) -> Mail | None:
    return db.session.scalar(select(Mail).where(Mail.message_id == message_id))


def _closing(person: Person, kind: str) -> str:
    # After "-- " mail programs show a text as the sender's, and leave it out of an answer.
    site = current_app.config["SITE_NAME"]
    words = _("U krijgt deze mail van %(site)s. Wilt u zulke mails niet meer? Stop ze hier:", site=site)
    return f"-- \n{words}\n{unsubscribing.address(person.id, kind)}"


def _on_this_site(address: str) -> str:
    """Path and query of a full address, so that the line leads nowhere else and outlives a move of the site."""
    parts = urlsplit(address)
    path = "/" + parts.path.lstrip("/") if address else ""
    return urlunsplit(("", "", path, parts.query, parts.fragment))
