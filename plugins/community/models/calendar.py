"""The activities of a community: its calendar."""

import secrets
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, now

from .community import Community
from .records import Goal

OFFLINE, ONLINE, BOTH = "offline", "online", "both"
MODES = (OFFLINE, ONLINE, BOTH)
FOR, WITH, BY = "for", "with", "by"
STARTERS = (FOR, WITH, BY)
DRAFT, PLANNED, CANCELLED = "draft", "planned", "cancelled"


def _uid() -> str:
    return secrets.token_hex(16)


class Item(Base):
    """One activity. What is planned rests on a goal; only a draft may still look for one.

    ``sequence`` rises with each change that a follower of the calendar must hear of, as iCalendar wants it. Moments
    are in UTC; an item of ``all_day`` runs from midnight to midnight in Amsterdam, the end not included.
    """

    __tablename__ = "community_item"
    __table_args__ = (
        CheckConstraint("status = 'draft' OR goal_id IS NOT NULL", name="rests_on_a_goal"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        Index("ix_community_item_community_id_starts_at", "community_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community_community.id", ondelete="CASCADE"))
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("community_goal.id"), index=True)
    uid: Mapped[str] = mapped_column(String(40), unique=True, default=_uid)
    sequence: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(20), default=PLANNED)
    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    all_day: Mapped[bool] = mapped_column(default=False)
    mode: Mapped[str] = mapped_column(String(20), default=OFFLINE)
    place: Mapped[str] = mapped_column(String(200), default="")
    online_url: Mapped[str] = mapped_column(String(500), default="")
    started_by: Mapped[str] = mapped_column(String(20), default=FOR)
    owner: Mapped[str] = mapped_column(String(120), default="")  # a role at work
    is_public: Mapped[bool] = mapped_column(default=False)
    turnout: Mapped[int | None]
    first_time: Mapped[int | None]  # how many of them came for the first time
    learned: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)

    community: Mapped[Community] = relationship()
    goal: Mapped[Goal | None] = relationship()

    @property
    def is_cancelled(self) -> bool:
        return self.status == CANCELLED

    @property
    def is_draft(self) -> bool:
        return self.status == DRAFT
