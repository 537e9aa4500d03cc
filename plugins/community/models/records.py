"""What a library writes down about its community. Groups and numbers: no table has a place for a citizen's name."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base, Person, now

PARTNER, STAKEHOLDER = "partner", "stakeholder"
LIBRARY_ROLES = ("create", "organise", "facilitate", "participate")
DECISIONS = ("continue", "change", "stop")


class Record:
    """What the records have in common: whose they are, and when they came."""

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community_community.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class TargetGroup(Record, Base):
    """A group of people that matters to the library. One of them is ``chosen``; why, how and what it takes are R0.9."""

    __tablename__ = "community_target_group"

    name: Mapped[str] = mapped_column(String(200))
    importance: Mapped[str] = mapped_column(Text, default="")
    profile: Mapped[str] = mapped_column(Text, default="")  # what they do already, where they meet, what they want
    in_touch: Mapped[bool] = mapped_column(default=False)  # they come to the library already
    chosen: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(Text, default="")
    how: Mapped[str] = mapped_column(Text, default="")
    takes: Mapped[str] = mapped_column(Text, default="")


class Precondition(Record, Base):
    """Something that must be arranged, and the role at work that is about it. Not a person."""

    __tablename__ = "community_precondition"

    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(120))
    is_met: Mapped[bool] = mapped_column(default=False)


class Contact(Record, Base):
    """One time that the library spoke with people of its target group. Numbers and what was learned."""

    __tablename__ = "community_contact"

    on: Mapped[date]
    form: Mapped[str] = mapped_column(String(20))
    people: Mapped[int]
    learned: Mapped[str] = mapped_column(Text)


class Concept(Record, Base):
    """What the community will be. Each time it is saved it is a new version; the earlier ones stay."""

    __tablename__ = "community_concept"
    __table_args__ = (UniqueConstraint("community_id", "number"),)

    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text, default="")  # round which content it gathers
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id", ondelete="SET NULL"), index=True)

    created_by: Mapped[Person | None] = relationship()


class OrganisationGoal(Base):
    """A goal of the organisation, which the goals of its community serve."""

    __tablename__ = "community_organisation_goal"

    id: Mapped[int] = mapped_column(primary_key=True)
    library_id: Mapped[int] = mapped_column(ForeignKey("core_library.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))


class Goal(Record, Base):
    """A goal of a community, on a goal of the organisation, with what is measured."""

    __tablename__ = "community_goal"

    organisation_goal_id: Mapped[int] = mapped_column(ForeignKey("community_organisation_goal.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    indicator: Mapped[str] = mapped_column(String(200))
    target: Mapped[float | None] = mapped_column(Numeric(12, 2, asdecimal=False))
    by: Mapped[date | None]

    organisation_goal: Mapped[OrganisationGoal] = relationship()
    measurements: Mapped[list["Measurement"]] = relationship(
        order_by="Measurement.on", cascade="all, delete-orphan", back_populates="goal"
    )


class Measurement(Base):
    """What the indicator of a goal was on a day."""

    __tablename__ = "community_measurement"
    __table_args__ = (UniqueConstraint("goal_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("community_goal.id", ondelete="CASCADE"))
    on: Mapped[date]
    value: Mapped[float] = mapped_column(Numeric(12, 2, asdecimal=False))
    note: Mapped[str] = mapped_column(Text, default="")

    goal: Mapped[Goal] = relationship(back_populates="measurements")


class Partner(Record, Base):
    """An organisation that takes part, or has a stake: what is in it for both. Work data only."""

    __tablename__ = "community_partner"

    kind: Mapped[str] = mapped_column(String(20))
    organisation: Mapped[str] = mapped_column(String(200))
    function: Mapped[str] = mapped_column(String(120), default="")  # of who we speak with, not a name
    about: Mapped[str] = mapped_column(Text, default="")  # what they do, and how we stand to each other
    for_them: Mapped[str] = mapped_column(Text, default="")
    for_us: Mapped[str] = mapped_column(Text, default="")


class Evaluation(Record, Base):
    """Looking back: what was found, what would be done otherwise, and whether it goes on."""

    __tablename__ = "community_evaluation"

    on: Mapped[date]
    findings: Mapped[str] = mapped_column(Text)
    otherwise: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[str] = mapped_column(String(20))
