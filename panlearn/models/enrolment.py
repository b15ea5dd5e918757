"""A learner in a course: the release they began with, and where they stopped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from panlearn.domain.clock import utc_now
from panlearn.models.base import Base


class Enrolment(Base):
    """One learner in one course. `release_digest` is None until there is work to keep: then it pins the release.

    `last_page`, `last_section` and `last_at` say where to continue.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("learner_id", "course_slug"),
        Index("ix_enrolment_last", "learner_id", "last_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"))
    course_slug: Mapped[str] = mapped_column(String(80))
    release_digest: Mapped[str | None] = mapped_column(String(64))
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_page: Mapped[str] = mapped_column(String(120), default="")
    last_section: Mapped[str] = mapped_column(String(120), default="")
    last_at: Mapped[datetime] = mapped_column(default=utc_now)
