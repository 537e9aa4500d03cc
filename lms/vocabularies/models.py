"""Shared vocabularies: lists that are data, so that plugins speak the same words."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, String, Text, UniqueConstraint, and_, bindparam, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..db import Base


class Vocabulary(Base):
    """A list such as doelgroepen; ``key`` is what code asks for."""

    __tablename__ = "core_vocabulary"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)

    terms: Mapped[list["Term"]] = relationship(order_by="Term.position", back_populates="vocabulary")

    @property
    def title(self) -> str:
        """The key as people read it: «Maatschappelijke opgaven»."""
        return self.key.replace("_", " ").capitalize()


class Term(Base):
    """A word of a list. ``code`` is for code and addresses and never changes, ``label`` is for people.

    ``valid_from`` and ``valid_to`` are the first and the last day on which it is offered. A term that was merged has a
    ``successor``. ``delivered`` is what the product brought last: what differs from it was changed by an
    administrator; it is empty for a term that an administrator added. ``revision`` rises with each change on screen.
    """

    __tablename__ = "core_term"
    __table_args__ = (UniqueConstraint("vocabulary_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vocabulary_id: Mapped[int] = mapped_column(ForeignKey("core_vocabulary.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(120))
    label: Mapped[str] = mapped_column(String(200))
    definition: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(String(120), default="")
    position: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column("active", default=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("core_term.id", ondelete="SET NULL"), index=True)
    delivered: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    vocabulary: Mapped[Vocabulary] = relationship(back_populates="terms")
    aliases: Mapped[list["TermAlias"]] = relationship(
        order_by="TermAlias.id", cascade="all, delete-orphan", lazy="selectin"
    )
    successor: Mapped["Term | None"] = relationship(remote_side=id)

    @hybrid_property
    def active(self) -> bool:
        """Is it offered today? One that is not stays readable where it was used."""
        day = clock.today()
        return (
            self.enabled
            and self.successor_id is None
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or self.valid_to >= day)
        )

    @active.inplace.expression
    @classmethod
    def _is_active(cls) -> ColumnElement[bool]:
        day: Any = bindparam(None, callable_=clock.today, unique=True, type_=cls.__table__.c.valid_from.type)
        return and_(
            cls.enabled,
            cls.successor_id.is_(None),
            or_(cls.valid_from.is_(None), cls.valid_from <= day),
            or_(cls.valid_to.is_(None), cls.valid_to >= day),
        )


class TermAlias(Base):
    """Another word for a term, such as «Informeren» for Kennis en informatie; ``earlier`` when it once was its name."""

    __tablename__ = "core_term_alias"
    __table_args__ = (UniqueConstraint("term_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("core_term.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(200))
    earlier: Mapped[bool] = mapped_column(default=False, server_default="0")
