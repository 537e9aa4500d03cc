"""Telling people: a mail is a row, written with what it is about; the worker sends it later."""

import uuid
from typing import Any

from flask import current_app
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select

from ..accounts.models import Person
from ..clock import now
from ..db import db
from ..jobs.services import enqueue
from . import post
from .models import Mail

SUBJECT_LENGTH = 300


def send(person: Person, kind: str, subject: str, body: str) -> Mail:
    """Write a mail to somebody; it goes out once the present transaction is committed.

    ``kind`` is a word for what it is for, such as ``receipt``; ``body`` is plain text.
    """
    mail = Mail(
        person_id=person.id,
        to=person.email,
        kind=kind,
        subject=post.one_line(subject)[:SUBJECT_LENGTH],
        body=body.strip() + "\n",
        # Fixed here and not at the sending: whoever gets the same mail twice sees that it is the same.
        message_id=f"<{uuid.uuid4().hex}@{post.domain(current_app)}>",
    )
    db.session.add(mail)
    # By this id, for the row has none yet: mails to a whole group go to the database together.
    enqueue("core.mail", message_id=mail.message_id)
    return mail


def link(endpoint: str, **values: Any) -> str:
    """The full address of a page, for in a mail. From ``BASE_URL``: a request can claim any host it likes."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return current_app.config["BASE_URL"] + path


def deliver(payload: dict[str, Any]) -> None:
    """Send one mail (a job). A mail that is gone or was sent before is left alone.

    Without ``MAIL_URL`` the mail stays in the site and is never marked as sent.
    """
    mail = _find(payload["message_id"])
    if mail is None or mail.sent_at is not None or not current_app.config["MAIL_URL"]:
        return
    letter = post.letter(mail)
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
