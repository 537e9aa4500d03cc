"""Our own few questions about how a community is doing. An answer belongs to nobody."""

from datetime import date

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base

from .steps import Plan


class Question(Base):
    """A question on a scale of 1 to 5. It comes with a step plan, so another plan may ask others."""

    __tablename__ = "community_question"
    __table_args__ = (UniqueConstraint("plan_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("community_plan.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    element: Mapped[str] = mapped_column(String(80))

    plan: Mapped[Plan] = relationship()


class Response(Base):
    """One filled-in list of questions: of whom is not known, and cannot be asked."""

    __tablename__ = "community_response"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community_community.id", ondelete="CASCADE"), index=True)
    on: Mapped[date]
    form: Mapped[str | None] = mapped_column(String(40), unique=True)  # chance; sent twice, one form is one list

    answers: Mapped[list["Answer"]] = relationship(cascade="all, delete-orphan")


class Answer(Base):
    """A score of 1 to 5."""

    __tablename__ = "community_answer"
    __table_args__ = (UniqueConstraint("response_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("community_response.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("community_question.id", ondelete="CASCADE"), index=True)
    score: Mapped[int]
