"""Grades that changed after they were given: from what to what, why, and with which release."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from panlearn.domain.clock import utc_now
from panlearn.domain.report import Verdict
from panlearn.models.base import Base


class GradeChange(Base):
    """One change of one submission's grade. Rows are only ever added."""

    __tablename__ = "grade_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    verdict_before: Mapped[Verdict]
    points_before: Mapped[float]
    verdict_after: Mapped[Verdict]
    points_after: Mapped[float]
    release_digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(120), default="")
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)
