"""A trainer's judgement of a version, by rubric and in words; hidden until it is released."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import Person
from ..assignments.models import Version
from ..clock import now
from ..db import Base


class Assessment(Base):
    """``overall`` and the levels are nog_niet, voldoende or goed; empty while the trainer has not chosen."""

    __tablename__ = "core_assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("core_version.id", ondelete="CASCADE"), unique=True)
    assessor_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    overall: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=now)
    released_at: Mapped[datetime | None]
    retracted_at: Mapped[datetime | None]
    retraction_reason: Mapped[str] = mapped_column(Text, default="")

    version: Mapped[Version] = relationship()
    assessor: Mapped[Person | None] = relationship()
    criteria: Mapped[list["CriterionLevel"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    row_remarks: Mapped[list["RowRemark"]] = relationship(cascade="all, delete-orphan", order_by="RowRemark.id")


class CriterionLevel(Base):
    """The level and the words for one criterion of the rubric, by its slug."""

    __tablename__ = "core_criterion_level"
    __table_args__ = (UniqueConstraint("assessment_id", "criterion"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("core_assessment.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str] = mapped_column(Text, default="")


class RowRemark(Base):
    """What a trainer says of one row of a worksheet, by its part and its id; released with the judgement."""

    __tablename__ = "core_row_remark"
    __table_args__ = (UniqueConstraint("assessment_id", "part", "row_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("core_assessment.id", ondelete="CASCADE"))
    part: Mapped[str] = mapped_column(String(80))
    row_id: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text, default="")


class Waiting(Base):
    """A version that waits for a judgement; ``queue`` keeps these rows.

    Whether somebody left, and whether the run was closed, is asked when they are read.
    """

    __tablename__ = "core_waiting"
    # All that finding the oldest of a run takes, in its order.
    __table_args__ = (
        Index("ix_core_waiting_run_id_handed_in_at", "run_id", "handed_in_at", "version_id", "enrolment_id"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("core_version.id", ondelete="CASCADE"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("core_submission.id", ondelete="CASCADE"), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("core_enrolment.id", ondelete="CASCADE"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("core_run.id", ondelete="CASCADE"))
    handed_in_at: Mapped[datetime]
