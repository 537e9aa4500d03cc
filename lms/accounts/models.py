"""People, what they were given to do, and the attempts to sign in as them."""

import secrets
from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from ..db import Base
from ..libraries.models import Library


class Person(UserMixin, Base):
    """Somebody with an account. ``version`` rises with each change of password, which ends all other sessions."""

    __tablename__ = "core_person"
    # A number is never given again: a session or a link of somebody who was removed must not become another's.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # in lower case
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))  # None: invited, not yet come
    library_id: Mapped[int | None] = mapped_column(ForeignKey("core_library.id"), index=True)
    # Begins anywhere, so that a session made for a number before a restore opens nothing after it.
    version: Mapped[int] = mapped_column(default=lambda: secrets.randbelow(2**30))
    active: Mapped[bool] = mapped_column(default=True)
    # Mail kind to whether it is wanted, for the kinds that the person chose. Here, so that telling a whole group asks
    # the database nothing more.
    mail_choices: Mapped[dict[str, bool]] = mapped_column(JSON, default=dict)
    # Rises when the address of the calendar is renewed. Begins anywhere, as the version does.
    calendar_turn: Mapped[int] = mapped_column(default=lambda: secrets.randbelow(2**30))
    created_at: Mapped[datetime] = mapped_column(default=now)

    library: Mapped[Library | None] = relationship()

    @property
    def is_active(self) -> bool:
        return self.active

    @property
    def first_name(self) -> str:
        """The first word of the name, for a greeting."""
        return self.name.split()[0] if self.name.split() else self.name

    @property
    def initials(self) -> str:
        return self.name[:1].upper()

    def get_id(self) -> str:
        return f"{self.id}:{self.version}"


class RoleGrant(Base):
    """A role that somebody was given, for the site or for one library."""

    __tablename__ = "core_role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "library_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(80))
    library_id: Mapped[int | None] = mapped_column(ForeignKey("core_library.id", ondelete="CASCADE"), index=True)


class Attempt(Base):
    """A failed try that counts towards a limit, for example ``login:noor@…``."""

    __tablename__ = "core_attempt"
    __table_args__ = (Index("ix_core_attempt_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(default=now)


class EndedSession(Base):
    """A session that was signed out before its cookie ran out: a copy of that cookie opens nothing. See ``session``."""

    __tablename__ = "core_ended_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), index=True)
    ended_at: Mapped[datetime] = mapped_column(default=now)


class Setting(Base):
    """A fact about the whole site that is no configuration, such as that it is a demo."""

    __tablename__ = "core_setting"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(String(400))
