"""What readers add to an entry: that they took it over, that it still holds, whether it is of use to them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, Library, now

from .entries import Entry, Measured


class TakeOver(Measured, Base):
    """A library took an action over, with its own result: a link in the chain of evidence. One for each library."""

    __tablename__ = "kennisbank_take_over"
    __table_args__ = (UniqueConstraint("entry_id", "library_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"))
    library_id: Mapped[int] = mapped_column(ForeignKey("core_library.id", ondelete="CASCADE"), index=True)
    since: Mapped[str] = mapped_column(String(80), default="")  # «sinds september 2026»
    changed: Mapped[str] = mapped_column(Text, default="")  # what they did otherwise
    result_on: Mapped[date | None]  # «resultaat volgt»
    person_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    entry: Mapped[Entry] = relationship()
    library: Mapped[Library] = relationship()


class Confirmation(Base):
    """«Klopt dit nog?»: what one reader said last about an entry."""

    __tablename__ = "kennisbank_confirmation"
    __table_args__ = (UniqueConstraint("entry_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    holds: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(default=now)


class Answer(StrEnum):
    """Of use to us? Yes, with a change, or no."""

    YES = "yes"
    CHANGED = "changed"
    NO = "no"


class Vote(Base):
    """«Bruikbaar voor ons?»: one answer of one person; ``library_id`` is whose «ons» it was."""

    __tablename__ = "kennisbank_vote"
    __table_args__ = (UniqueConstraint("entry_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    library_id: Mapped[int | None] = mapped_column(ForeignKey("core_library.id", ondelete="SET NULL"), index=True)
    answer: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(default=now)
