"""Tables of the kennisbank: entries with their terms, and what participants chose from a collection."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, Term, now


class Entry(Base):
    """One item of the kennisbank: what was done, and what it brought.

    ``origin`` names the file that a row came from. ``goal``, ``target`` and ``channels`` hold the words of the
    source; what the filters use are the terms in ``links``. Texts that the source does not give are empty.
    """

    __tablename__ = "kennisbank_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(40), default="actie")
    title: Mapped[str] = mapped_column(String(300))
    library: Mapped[str] = mapped_column(String(300))  # as the source names it, often several together
    country: Mapped[str] = mapped_column(String(2), default="")
    period: Mapped[str] = mapped_column(String(80), default="")  # «2019», «2008-heden», «circa 2017»
    goal: Mapped[str] = mapped_column(Text, default="")
    target: Mapped[str] = mapped_column(Text, default="")
    channels: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    figure: Mapped[str] = mapped_column(String(40), default="")  # the figure to lead with, as the result writes it
    figure_says: Mapped[str] = mapped_column(String(200), default="")
    caution: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    read_on: Mapped[date | None]  # when the sources were read
    origin: Mapped[str] = mapped_column(String(80), default="")
    folded: Mapped[str] = mapped_column(Text, default="")  # all its words without accents and capitals, to search
    updated_at: Mapped[datetime] = mapped_column(default=now)

    links: Mapped[list["EntryTerm"]] = relationship(back_populates="entry", cascade="all, delete-orphan")


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


class Choice(Base):
    """What one participant chose from one collection."""

    __tablename__ = "kennisbank_choice"
    __table_args__ = (UniqueConstraint("enrolment_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("core_activity.id", ondelete="CASCADE"), index=True)
    chosen_at: Mapped[datetime] = mapped_column(default=now)

    picks: Mapped[list["Pick"]] = relationship(order_by="Pick.slug", cascade="all, delete-orphan")


class Pick(Base):
    """One chosen entry with the reason. By slug, so that the participant's words outlive the entry."""

    __tablename__ = "kennisbank_pick"
    __table_args__ = (UniqueConstraint("choice_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    choice_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_choice.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
