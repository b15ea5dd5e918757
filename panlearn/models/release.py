"""Which releases of a course there are, and which one is current."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from panlearn.domain.clock import utc_now
from panlearn.models.base import Base


class CourseRelease(Base):
    """A published release; its pages lie on disk under this digest. At most one of a course is active.

    `notes`: what its author says that has changed.
    """

    __tablename__ = "course_release"
    __table_args__ = (
        UniqueConstraint("course_slug", "digest"),
        UniqueConstraint("course_slug", "version"),
        Index(
            "uq_course_release_active",
            "course_slug",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_slug: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(default=utc_now)
    active: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(Text, default="")
