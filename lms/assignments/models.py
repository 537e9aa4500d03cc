"""Work: a draft that saves itself, and hand-ins that never change."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import now
from ..courses.models import Activity
from ..db import Base
from ..files.models import StoredFile
from ..runs.models import Enrolment

draft_file = Table(
    "core_draft_file",
    Base.metadata,
    Column("draft_id", ForeignKey("core_draft.id", ondelete="CASCADE"), primary_key=True),
    Column("file_id", ForeignKey("core_file.id", ondelete="CASCADE"), primary_key=True, index=True),
)
version_file = Table(
    "core_version_file",
    Base.metadata,
    Column("version_id", ForeignKey("core_version.id", ondelete="CASCADE"), primary_key=True),
    Column("file_id", ForeignKey("core_file.id"), primary_key=True, index=True),
)


class Draft(Base):
    """What a participant is working on. ``revision`` rises with each save, so that a second tab is noticed."""

    __tablename__ = "core_draft"
    __table_args__ = (UniqueConstraint("enrolment_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("core_activity.id"), index=True)
    text: Mapped[str] = mapped_column(Text, default="")
    sheet: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """A worksheet with the form as it was then: see ``lms.worksheets.filled``. None for an assignment without."""
    revision: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    activity: Mapped[Activity] = relationship()
    files: Mapped[list[StoredFile]] = relationship(secondary=draft_file, order_by=StoredFile.id)


class Submission(Base):
    """All that one participant handed in for one assignment."""

    __tablename__ = "core_submission"
    __table_args__ = (UniqueConstraint("enrolment_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("core_activity.id"), index=True)

    enrolment: Mapped[Enrolment] = relationship()
    activity: Mapped[Activity] = relationship()
    versions: Mapped[list["Version"]] = relationship(order_by="Version.number", back_populates="submission")


class Version(Base):
    """One hand-in. It is never changed; a next hand-in is a next version."""

    __tablename__ = "core_version"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("core_submission.id", ondelete="CASCADE"))
    number: Mapped[int]
    late: Mapped[bool] = mapped_column(default=False)
    handed_in_at: Mapped[datetime] = mapped_column(default=now, index=True)
    # Long texts last: SQLite reads a row from its beginning, and lists want only what stands above.
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    sheet: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)

    submission: Mapped[Submission] = relationship(back_populates="versions")
    files: Mapped[list[StoredFile]] = relationship(secondary=version_file, order_by=StoredFile.id)
