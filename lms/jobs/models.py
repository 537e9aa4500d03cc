"""Work for later, in the same transaction as what it is for."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db import Base


class RoutineTurn(Base):
    """When a routine is due next; without a row it is due now."""

    __tablename__ = "core_routine_turn"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(default=now)


class Job(Base):
    """``state`` is waiting, done or failed; ``due_at`` moves forward with each failed attempt."""

    __tablename__ = "core_job"
    __table_args__ = (Index("ix_core_job_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
