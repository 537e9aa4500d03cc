"""An entry with its results, its words and its history."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, Library, Person, Term, now


class Status(StrEnum):
    """Where an entry stands. ``lifecycle`` says who may take it from one to the next."""

    DRAFT = "draft"  # concept
    SUBMITTED = "submitted"  # ingediend: waits for the redactie
    PUBLISHED = "published"  # gepubliceerd
    REVIEW = "review"  # te herzien: still to be read, with a warning
    STOPPED = "stopped"  # gestopt: still to be read
    SUCCEEDED = "succeeded"  # opgevolgd door another entry: still to be read
    ARCHIVED = "archived"  # gearchiveerd: no longer in lists


READABLE = (Status.PUBLISHED, Status.REVIEW, Status.STOPPED, Status.SUCCEEDED)
"""What stands in lists and is found."""


class Visibility(StrEnum):
    """Who reads a published entry: everybody, or people with an account."""

    PUBLIC = "public"
    NETWORK = "network"


class Origin(StrEnum):
    """How an entry came here; collected means by the redactie from public sources, not by the library it names."""

    COLLECTED = "collected"
    CONTRIBUTED = "contributed"
    IMPORTED = "imported"


class Entry(Base):
    """One item of the kennisbank: what was done, and what it brought.

    Texts are plain text as people or sources wrote them, empty when nobody said anything. What the filters use are the
    terms in ``links``; ``words`` keep what a source said that no list knows. Change an entry through
    ``content.put`` and ``lifecycle``, which keep the history and tell who follows (the event ``kennisbank.changed``).
    """

    __tablename__ = "kennisbank_entry"
    __table_args__ = (Index("ix_kennisbank_entry_status_visibility", "status", "visibility"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(40), default="actie")  # a key of data/kinds.toml
    status: Mapped[str] = mapped_column(String(20), default=Status.PUBLISHED)
    status_note: Mapped[str] = mapped_column(Text, default="")  # why it stopped, went back or must be looked at
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="SET NULL"), index=True)
    visibility: Mapped[str] = mapped_column(String(20), default=Visibility.PUBLIC)
    origin: Mapped[str] = mapped_column(String(20), default=Origin.COLLECTED)
    file: Mapped[str] = mapped_column(String(80), default="")  # the file it was read from, such as acties.json

    # Who has it: a role of a library, so that it stays when a person leaves.
    library_id: Mapped[int | None] = mapped_column(ForeignKey("core_library.id", ondelete="SET NULL"), index=True)
    owner_role: Mapped[str] = mapped_column(String(80), default="contact")
    contact: Mapped[str] = mapped_column(String(200), default="")  # a function or team, such as «team marketing»

    title: Mapped[str] = mapped_column(String(300))
    library: Mapped[str] = mapped_column(String(300))  # as the source names it, often several together
    country: Mapped[str] = mapped_column(String(2), default="")
    period: Mapped[str] = mapped_column(String(80), default="")  # «2019», «2008-heden», «circa 2017»
    year: Mapped[int | None] = mapped_column(index=True)  # the first year in the period, to sort by
    goal: Mapped[str] = mapped_column(Text, default="")
    target: Mapped[str] = mapped_column(Text, default="")
    channels: Mapped[str] = mapped_column(Text, default="")
    phase_note: Mapped[str] = mapped_column(Text, default="")
    partners: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")  # in words; the figures are in ``results``
    figure: Mapped[str] = mapped_column(String(40), default="")  # the figure to lead with, as the result writes it
    figure_says: Mapped[str] = mapped_column(String(200), default="")
    result_on: Mapped[date | None]  # «resultaat volgt»: when it will have been measured
    caution: Mapped[str] = mapped_column(Text, default="")
    evaluation: Mapped[str] = mapped_column(Text, default="")
    takeover: Mapped[str] = mapped_column(Text, default="")  # whether and how to take it over
    materials: Mapped[str] = mapped_column(Text, default="")
    otherwise: Mapped[str] = mapped_column(Text, default="")  # what one would do otherwise
    source: Mapped[str] = mapped_column(Text, default="")
    read_on: Mapped[date | None]  # when the sources were read
    folded: Mapped[str] = mapped_column(Text, default="")  # its words as ``search`` writes them, for phrases

    revision: Mapped[int] = mapped_column(default=0)  # the number of the last row in ``revisions``
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]  # when the redactie looked at what is published; None waits for them
    confirmed_at: Mapped[datetime | None]  # when somebody last said that it still holds
    review_by: Mapped[date | None]  # «herzien vóór»
    asked_on: Mapped[date | None]  # when the owner was last asked to look, or for the result

    owner: Mapped[Library | None] = relationship()
    created_by: Mapped[Person | None] = relationship()
    links: Mapped[list["EntryTerm"]] = relationship(back_populates="entry", cascade="all, delete-orphan")
    words: Mapped[list["EntryWord"]] = relationship(cascade="all, delete-orphan", order_by="EntryWord.id")
    results: Mapped[list["Result"]] = relationship(cascade="all, delete-orphan", order_by="Result.position")

    @property
    def is_readable(self) -> bool:
        """Does it stand in lists, whoever may read it?"""
        return self.status in READABLE


class EntryTerm(Base):
    """An entry and a term of a shared vocabulary. An entry without a term of a vocabulary counts as «onbekend».

    ``vocabulary`` repeats the key of the term's list (a term never moves), so that counting needs no other table.
    """

    __tablename__ = "kennisbank_entry_term"
    __table_args__ = (Index("ix_kennisbank_entry_term_vocabulary", "vocabulary", "term_id"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"), primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("core_term.id", ondelete="CASCADE"), primary_key=True, index=True)
    vocabulary: Mapped[str] = mapped_column(String(80))

    entry: Mapped[Entry] = relationship(back_populates="links")
    term: Mapped[Term] = relationship()


class EntryWord(Base):
    """What a source says under a vocabulary in words that its list does not know: kept as it is."""

    __tablename__ = "kennisbank_entry_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"), index=True)
    vocabulary: Mapped[str] = mapped_column(String(80))
    word: Mapped[str] = mapped_column(String(300))


class Measured:
    """A figure and how far to trust it. ``baseline`` and ``outcome`` are as people write them: «15.836», «ruim 300».

    ``kind`` is a code of the vocabulary resultaatsoort; «onbekend» where the source does not say.
    """

    indicator: Mapped[str] = mapped_column(String(200), default="")
    baseline: Mapped[str] = mapped_column(String(80), default="")
    outcome: Mapped[str] = mapped_column(String(80), default="")
    unit: Mapped[str] = mapped_column(String(80), default="")
    period: Mapped[str] = mapped_column(String(200), default="")
    method: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(500), default="")
    kind: Mapped[str] = mapped_column(String(40), default="onbekend")


class Result(Measured, Base):
    """One row of what an entry brought; the first is the one to lead with."""

    __tablename__ = "kennisbank_result"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=1)


class Revision(Base):
    """An entry as it was after one change: ``data`` has the form of ``content.snapshot``. Never changed."""

    __tablename__ = "kennisbank_revision"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    summary: Mapped[str] = mapped_column(String(300), default="")  # what happened, in a few words
    by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)

    entry: Mapped[Entry] = relationship()
    by: Mapped[Person | None] = relationship()


class Draft(Base):
    """What a library is writing on an entry, apart from what others read. One for each entry.

    ``data`` are the fields of the form; ``revision`` rises with each save, so that a second window is noticed.
    """

    __tablename__ = "kennisbank_draft"

    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    revision: Mapped[int] = mapped_column(default=0)
    based_on: Mapped[int] = mapped_column(default=0)  # the revision of the entry that the writing began with
    by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    updated_at: Mapped[datetime] = mapped_column(default=now)
