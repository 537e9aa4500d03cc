"""A community of a library and the step plan that it walks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, Library, Person, now

ACTIVE = "active"
STOPPED = "stopped"


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

    plan: Mapped[Plan] = relationship(back_populates="steps")


class Community(Base):
    """The community of one library. Its texts name groups of people, never a citizen."""

    __tablename__ = "community_community"

    id: Mapped[int] = mapped_column(primary_key=True)
    library_id: Mapped[int] = mapped_column(ForeignKey("core_library.id"), unique=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("community_plan.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    target_group: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(20), default=ACTIVE)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)

    library: Mapped[Library] = relationship()
    plan: Mapped[Plan] = relationship()
    created_by: Mapped[Person | None] = relationship()
    records: Mapped[list["CommunityStep"]] = relationship(cascade="all, delete-orphan", back_populates="community")

    @property
    def is_stopped(self) -> bool:
        return self.status == STOPPED

    def walk(self) -> "Walk":
        """The steps of the plan in order, with what this community did of each."""
        records = {record.step_id: record for record in self.records}
        return Walk(tuple(self.plan.steps), records)


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

    community: Mapped[Community] = relationship(back_populates="records")
    done_by: Mapped[Person | None] = relationship()


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
