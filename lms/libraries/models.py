"""Libraries: the organisations that people belong to."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class Library(Base):
    """A library organisation (bibliotheek) with its province; the province is empty when nobody gave it."""

    __tablename__ = "core_library"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    province: Mapped[str] = mapped_column(String(40), default="")
