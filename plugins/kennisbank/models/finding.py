"""What the search keeps: the index, synonyms, and questions that no entry answered yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, Library, Person, now

from .entries import Entry

# Compared byte by byte, so that the order does not depend on the language of the database.
_BYTES = String(64).with_variant(String(64, collation="C"), "postgresql")


class Posting(Base):
    """An entry has this token; ``weight`` tells how well it fits. Written by ``search.index`` alone."""

    __tablename__ = "kennisbank_posting"
    __table_args__ = (
        Index("ix_kennisbank_posting_entry_id", "entry_id"),
        {"sqlite_with_rowid": False},  # the rows lie in the order of the key, so a token is read in one go
    )

    token: Mapped[str] = mapped_column(_BYTES, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"), primary_key=True)
    weight: Mapped[int]


class Indexed(Base):
    """An entry that can be found, with what the lists are sorted and limited by. Narrow, so that it is read fast."""

    __tablename__ = "kennisbank_indexed"

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("kennisbank_entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    public: Mapped[bool]
    trust: Mapped[int]  # how well the result was measured: the lower, the better
    year: Mapped[int]  # 0 when unknown


class Filed(Base):
    """A value of a filter that an entry has: the number of the filter and the term, 0 for «onbekend»."""

    __tablename__ = "kennisbank_filed"
    __table_args__ = ({"sqlite_with_rowid": False},)

    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"), primary_key=True)
    facet: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    term_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Synonym(Base):
    """A group of words that mean the same. ``key`` names one that came with the product, so that it comes once."""

    __tablename__ = "kennisbank_synonym"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(80), unique=True)
    words: Mapped[list[Any]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Question(Base):
    """«Wie heeft ervaring met …?»: asked after a search without hits, answered by an entry."""

    __tablename__ = "kennisbank_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(300))
    searched: Mapped[str] = mapped_column(String(200), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    library_id: Mapped[int | None] = mapped_column(ForeignKey("core_library.id", ondelete="SET NULL"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="SET NULL"), index=True)
    closed: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()
    library: Mapped[Library | None] = relationship()
    entry: Mapped[Entry | None] = relationship()
