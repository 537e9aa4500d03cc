"""The audit log: who did what to whose. It tells that something happened, never what was written."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import Person
from ..clock import now
from ..db import Base


class AuditEntry(Base):
    """``actor`` did ``action`` to a subject that concerns ``person``.

    Both become None when their account is removed. ``via`` is ``site`` or ``command``: at the command line nobody is
    signed in. ``details`` holds ids, dates and keys: no names and no texts, so nothing in it needs to be removed.
    """

    __tablename__ = "core_audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    via: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    actor: Mapped[Person | None] = relationship(foreign_keys=actor_id)
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
