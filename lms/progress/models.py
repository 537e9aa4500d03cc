"""How far somebody is, as reported by the activity types."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db import Base


class Progress(Base):
    """One participant and one activity. ``state`` is a word of the activity's type, ``place`` where they stopped."""

    __tablename__ = "core_progress"
    __table_args__ = (UniqueConstraint("enrolment_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("core_activity.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(40), default="opened")
    place: Mapped[str] = mapped_column(String(120), default="")
    completed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=now)
