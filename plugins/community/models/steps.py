"""The step plan, and how far a community has walked it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, Person, now

if TYPE_CHECKING:
    from .community import Community

PASSED, EARLY, REOPENED = "passed", "early", "reopened"


class Plan(Base):
    """A step plan: data, so that another programme can bring another one."""

    __tablename__ = "community_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))

    steps: Mapped[list["PlanStep"]] = relationship(order_by="PlanStep.position", back_populates="plan")


class PlanStep(Base):
    """One step: what is done in it (``task``), and in one sentence what it takes to finish it (``needed``)."""

    __tablename__ = "community_plan_step"
    __table_args__ = (UniqueConstraint("plan_id", "key"), UniqueConstraint("plan_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("community_plan.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]  # from 1, without gaps
    title: Mapped[str] = mapped_column(String(200))
    task: Mapped[str] = mapped_column(Text)
    needed: Mapped[str] = mapped_column(Text)
    gate: Mapped[str] = mapped_column(String(20), default="")  # what must be there to leave this step; see gates.py

    plan: Mapped[Plan] = relationship(back_populates="steps")


class CommunityStep(Base):
    """What a community did of one step. ``done_at`` is None when the step was opened again: the note stays."""

    __tablename__ = "community_step"
    __table_args__ = (UniqueConstraint("community_id", "step_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community_community.id", ondelete="CASCADE"))
    step_id: Mapped[int] = mapped_column(ForeignKey("community_plan_step.id"), index=True)
    note: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)

    community: Mapped["Community"] = relationship(back_populates="records")
    done_by: Mapped[Person | None] = relationship()


class Passage(Base):
    """A step was passed, passed early by the programme lead for a reason, or opened again. Kept, never changed."""

    __tablename__ = "community_passage"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community_community.id", ondelete="CASCADE"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("community_plan_step.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # PASSED, EARLY or REOPENED
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")

    step: Mapped[PlanStep] = relationship()
    by: Mapped[Person | None] = relationship()


@dataclass(frozen=True)
class Place:
    """One step as a community stands towards it."""

    step: PlanStep
    state: Literal["done", "now", "todo"]
    record: CommunityStep | None


class Walk:
    """How far a community is: its steps are done in order, so the first one that is not done is the present one."""

    def __init__(self, steps: tuple[PlanStep, ...], records: dict[int, CommunityStep]) -> None:
        done = 0
        while done < len(steps) and (record := records.get(steps[done].id)) is not None and record.done_at:
            done += 1
        self.done = done
        self.total = len(steps)
        self.places = tuple(
            Place(step, "done" if index < done else "now" if index == done else "todo", records.get(step.id))
            for index, step in enumerate(steps)
        )

    @property
    def now(self) -> Place | None:
        """The step to do now; None when every step is done."""
        return self.places[self.done] if self.done < self.total else None

    @property
    def last(self) -> Place | None:
        """The step that was finished last."""
        return self.places[self.done - 1] if self.done else None

    def place(self, key: str) -> Place | None:
        """The step with this key, if the plan has it."""
        return next((place for place in self.places if place.step.key == key), None)
