"""What was taken over: which piece of work to which place, when and by whom, and what became of each row.

Of the work itself only fingerprints are kept, so that a change is seen: the work stays with its producer, and what
was made of it with its taker.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import Person
from ..clock import now
from ..db import Base


class Transfer(Base):
    """One piece of work (``source``) and one place (``target``), by one offer. Its row is the lock on both."""

    __tablename__ = "core_transfer"
    __table_args__ = (UniqueConstraint("offer", "target", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    offer: Mapped[str] = mapped_column(String(120))
    target: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200), index=True)


class Taking(Base):
    """One confirmation: somebody took rows. ``title`` is that of the piece of work."""

    __tablename__ = "core_taking"

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("core_transfer.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]

    transfer: Mapped[Transfer] = relationship()
    person: Mapped[Person | None] = relationship()
    rows: Mapped[list["TakingRow"]] = relationship(
        order_by="TakingRow.id", cascade="all, delete-orphan", foreign_keys="TakingRow.taking_id"
    )


class TakingRow(Base):
    """One row in one taking. Of a row in a transfer at most one is ``live``: the last that was taken and not undone.

    ``ref`` is the taker's word for what it made. ``given`` and ``kept`` are fingerprints of the row as it was handed
    out, and of what the taker held right after. ``before`` is what the taker had in its place; None when it made
    something new. ``outcome`` tells what undoing did: undone, left (somebody changed it since), gone or later.
    """

    __tablename__ = "core_taking_row"
    # Twice doubles nothing, whatever two processes do: `live` is True or NULL, and NULLs are never equal.
    __table_args__ = (UniqueConstraint("transfer_id", "row_id", "live"),)

    UNDONE, LEFT, GONE, LATER = "undone", "left", "gone", "later"

    id: Mapped[int] = mapped_column(primary_key=True)
    taking_id: Mapped[int] = mapped_column(ForeignKey("core_taking.id", ondelete="CASCADE"), index=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("core_transfer.id", ondelete="CASCADE"))
    row_id: Mapped[str] = mapped_column(String(120))
    live: Mapped[bool | None]
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("core_taking_row.id", ondelete="SET NULL"), index=True)
    ref: Mapped[str] = mapped_column(String(120), index=True)
    label: Mapped[str] = mapped_column(String(300))
    given: Mapped[str] = mapped_column(String(64))
    kept: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(20), default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    taking: Mapped[Taking] = relationship(back_populates="rows", foreign_keys=taking_id)
    previous: Mapped["TakingRow | None"] = relationship(remote_side=id)
