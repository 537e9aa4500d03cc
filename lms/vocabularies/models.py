"""Shared vocabularies: lists that are data, so that plugins speak the same words."""

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Base


class Vocabulary(Base):
    """A list such as doelgroepen; ``key`` is what code asks for."""

    __tablename__ = "core_vocabulary"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)

    terms: Mapped[list["Term"]] = relationship(order_by="Term.position", back_populates="vocabulary")


class Term(Base):
    """A word of a list. ``code`` is for code and addresses and never changes, ``label`` is for people."""

    __tablename__ = "core_term"
    __table_args__ = (UniqueConstraint("vocabulary_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vocabulary_id: Mapped[int] = mapped_column(ForeignKey("core_vocabulary.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(120))
    label: Mapped[str] = mapped_column(String(200))
    definition: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(String(120), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    vocabulary: Mapped[Vocabulary] = relationship(back_populates="terms")
    aliases: Mapped[list["TermAlias"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class TermAlias(Base):
    """Another word for a term, such as «Informeren» for Kennis en informatie."""

    __tablename__ = "core_term_alias"
    __table_args__ = (UniqueConstraint("term_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("core_term.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(200))
