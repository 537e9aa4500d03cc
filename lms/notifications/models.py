"""What people were told, on the site and by mail. Rows are made with what they are about; the worker sends mails."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import Person
from ..clock import now
from ..db import Base


class Mail(Base):
    """One mail to one person. ``kind`` is the key of a MailKind. Who answers it writes to ``reply_to``, if there is
    one, and else to the sender of the site."""

    __tablename__ = "core_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    to: Mapped[str] = mapped_column(String(254))
    kind: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    reply_to: Mapped[Person | None] = relationship(foreign_keys=reply_to_id)


class Notice(Base):
    """One line on somebody's page «Berichten voor u». ``link`` is an address on this site, or empty."""

    __tablename__ = "core_notice"
    __table_args__ = (Index("ix_core_notice_person_id_read_at", "person_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    link: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]
