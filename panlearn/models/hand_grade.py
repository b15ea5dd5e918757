"""Grades that a person gave, with what they wrote: the last one is in force, the others are its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from panlearn.domain.clock import utc_now
from panlearn.models.base import Base


class HandGrade(Base):
    """One grade of one submission. Rows are only ever added. `rubric`: points given, by criterion."""

    __tablename__ = "hand_grade"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    grader_id: Mapped[int | None] = mapped_column(ForeignKey("learner.id", ondelete="SET NULL"))
    points: Mapped[float]
    points_before: Mapped[float]
    comment: Mapped[str] = mapped_column(Text, default="")
    rubric: Mapped[dict[str, Any]] = mapped_column(default=dict)
    given_at: Mapped[datetime] = mapped_column(default=utc_now)
