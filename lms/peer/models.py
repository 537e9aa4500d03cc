"""Rounds of peer feedback, who reads whose work in them, and what they say of it."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..assignments.models import Version
from ..clock import now
from ..courses.models import Activity
from ..db import Base
from ..runs.models import Enrolment, Run

PLAN, QUEUE, EXTRA, TRAINER, FILLED, SELF = "plan", "queue", "extra", "trainer", "filled", "self"
"""How somebody came to read a work: by the plan, because they asked, because they offered one more, because the
trainer asked them, because they are the trainer and fill in, or because it is their own."""
OPEN, GIVEN, UNREADABLE, MOVED = "open", "given", "unreadable", "moved"
TOP, TIP, QUESTION = "top", "tip", "question"
DO, PARTLY, NOT = "do", "partly", "not"


def new_token() -> str:
    """How a review or remark is called in addresses and pages. An id rises with time, and would help an author to
    work out who gave it."""
    return secrets.token_hex(8)


class Round(Base):
    """One round: one peer activity in one run. ``opened_at`` is empty while it waits for work.

    ``assignment_id`` is the work that is read. Until ``closed_at``, work that was not revised after feedback does not
    wait for the trainer yet.
    ``told_at`` is when the trainers were told that it waits; ``reminded_at`` and ``last_reminded_at`` are when people
    with something to do were reminded, and ``closed_at`` is when its end was dealt with.
    """

    __tablename__ = "core_peer_round"
    __table_args__ = (UniqueConstraint("run_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("core_run.id", ondelete="CASCADE"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("core_activity.id", ondelete="CASCADE"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("core_activity.id", ondelete="SET NULL"), index=True)
    opened_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    last_reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    run: Mapped[Run] = relationship()
    activity: Mapped[Activity] = relationship(foreign_keys=activity_id)


class Review(Base):
    """Somebody reads a work: a lease while it is open, feedback once it is given.

    ``lapses_at`` is when an open one without a draft moves on; saving a draft empties it. ``reviewer_id`` is empty
    after the reviewer's account was removed: the feedback stays, without the name.
    """

    __tablename__ = "core_peer_review"
    __table_args__ = (UniqueConstraint("round_id", "reviewer_id", "author_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(20), default=new_token, unique=True, index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("core_peer_round.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("core_enrolment.id", ondelete="SET NULL"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("core_version.id", ondelete="CASCADE"), index=True)
    origin: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12), default=OPEN)
    taken_at: Mapped[datetime] = mapped_column(default=now)
    lapses_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime | None]
    given_at: Mapped[datetime | None]
    useful_at: Mapped[datetime | None]
    flagged_at: Mapped[datetime | None]
    flag_words: Mapped[str] = mapped_column(Text, default="")
    hidden_at: Mapped[datetime | None]
    hidden_note: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship()
    reviewer: Mapped[Enrolment | None] = relationship(foreign_keys=reviewer_id)
    author: Mapped[Enrolment] = relationship(foreign_keys=author_id)
    version: Mapped[Version] = relationship()
    remarks: Mapped[list["Remark"]] = relationship(
        order_by="Remark.position", cascade="all, delete-orphan", back_populates="review"
    )


class Remark(Base):
    """A top, a tip or a question, about a passage, a row of a sheet, a criterion, or the whole when none is named.

    ``passage`` quotes the text, ``row`` is «part:id» of a row of the sheet; ``level`` is how far the work is on the
    criterion, in a round that asks for it; ``answer`` is what the author does with a
    tip, and ``answer_words`` why.
    """

    __tablename__ = "core_peer_remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(20), default=new_token, unique=True, index=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("core_peer_review.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text, default="")
    passage: Mapped[str] = mapped_column(Text, default="")
    row: Mapped[str] = mapped_column(String(80), default="")
    criterion: Mapped[str] = mapped_column(String(80), default="")
    level: Mapped[str] = mapped_column(String(20), default="")
    answer: Mapped[str] = mapped_column(String(10), default="")
    answer_words: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]

    review: Mapped[Review] = relationship(back_populates="remarks")


class Exemption(Base):
    """Somebody who need not give feedback in a round, with the trainer's reason; they still get it."""

    __tablename__ = "core_peer_exemption"
    __table_args__ = (UniqueConstraint("round_id", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("core_peer_round.id", ondelete="CASCADE"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")


class Shortfall(Base):
    """A work that will lack ``missing`` reviews on the lesson day if nothing is done: it waits for the trainers.

    Found anew when the clockwork looks and whenever somebody gives or a trainer steps in, so that a list of what is
    missing costs one query.
    """

    __tablename__ = "core_peer_shortfall"
    __table_args__ = (UniqueConstraint("round_id", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("core_peer_round.id", ondelete="CASCADE"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"), index=True)
    missing: Mapped[int]


class Apart(Base):
    """Two people of a run who do not read each other's work; ``one_id`` is the lower."""

    __tablename__ = "core_peer_apart"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
