"""What the course does with entries: choosing from a collection, and citing."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, now


class ShelfPins(Base):
    """What the trainers of one run put on a shelf, in the place of what the course names there.

    ``search`` is the part of a kennisbank address after the question mark: what it finds now stands on the shelf too.
    """

    __tablename__ = "kennisbank_shelf"
    __table_args__ = (UniqueConstraint("run_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("core_run.id", ondelete="CASCADE"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("core_activity.id", ondelete="CASCADE"), index=True)
    pins: Mapped[list[str]] = mapped_column(JSON, default=list)  # slugs
    search: Mapped[str] = mapped_column(String(1000), default="")
    choose: Mapped[int] = mapped_column(default=1)
    task: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(default=now)


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


class Citation(Base):
    """A participant cites an entry in the work on one activity. The count stays when the participant leaves."""

    __tablename__ = "kennisbank_citation"
    __table_args__ = (UniqueConstraint("entry_id", "enrolment_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("kennisbank_entry.id", ondelete="CASCADE"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("core_enrolment.id", ondelete="SET NULL"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("core_activity.id", ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
