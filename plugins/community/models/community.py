"""The community of a library: what it is called, for whom it is, and how it stands."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, Library, Person, now

from .programme import Programme
from .steps import CommunityStep, Plan, Walk

ACTIVE = "active"
STOPPED = "stopped"
REPORTED = "reported"
"""Known from a source only: whether it still runs is not known, and nobody writes in it."""
_RUNNING = text("status = 'active'")


class Community(Base):
    """The community of one library, of which one runs at a time. Its texts name groups of people, never a citizen.

    ``library_role`` is what the library does in it: create, organise, facilitate or participate; empty when not said.
    ``published_at`` is None while only its own people, its coach and the programme lead see it.
    """

    __tablename__ = "community_community"
    __table_args__ = (
        Index(
            "ix_community_community_running",
            "library_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    library_id: Mapped[int] = mapped_column(ForeignKey("core_library.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("community_plan.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(
        ForeignKey("community_programme.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    target_group: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text, default="")
    library_role: Mapped[str] = mapped_column(String(20), default="")
    status: Mapped[str] = mapped_column(String(20), default=ACTIVE)
    stopped_why: Mapped[str] = mapped_column(Text, default="")
    succeeded_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("community_community.id", ondelete="SET NULL"), index=True
    )
    source: Mapped[str] = mapped_column(Text, default="")  # where we know this from, if the library did not write it
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)

    library: Mapped[Library] = relationship()
    plan: Mapped[Plan] = relationship()
    programme: Mapped[Programme | None] = relationship()
    created_by: Mapped[Person | None] = relationship()
    succeeded_by: Mapped["Community | None"] = relationship(remote_side=[id])
    records: Mapped[list["CommunityStep"]] = relationship(cascade="all, delete-orphan", back_populates="community")

    @property
    def is_stopped(self) -> bool:
        return self.status == STOPPED

    @property
    def is_reported(self) -> bool:
        return self.status == REPORTED

    @property
    def is_finished(self) -> bool:
        """Does nobody write in it any more?"""
        return self.status != ACTIVE

    def walk(self) -> Walk:
        """The steps of the plan in order, with what this community did of each."""
        records = {record.step_id: record for record in self.records}
        return Walk(tuple(self.plan.steps), records)
