"""Files that people add: what we know of them. The bytes lie in the file store under ``key``."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db import Base


class StoredFile(Base):
    """An uploaded file. ``name`` is the person's own; ``size`` is in bytes.

    ``width`` and ``height`` are in pixels, and only there for a picture that we drew anew ourselves.
    """

    __tablename__ = "core_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def is_picture(self) -> bool:
        """May it be shown within a page?"""
        return self.width is not None
