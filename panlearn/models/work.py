"""What a learner leaves in a lesson besides answers: edited cells, and hints they asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from panlearn.domain.clock import utc_now
from panlearn.models.base import Base


class SavedCell(Base):
    """The text of one cell as the learner left it; no row means the lesson's own text."""

    __tablename__ = "saved_cell"
    __table_args__ = (UniqueConstraint("learner_id", "course_slug", "lesson", "cell"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"))
    course_slug: Mapped[str] = mapped_column(String(80))
    lesson: Mapped[str] = mapped_column(String(120))
    cell: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(default=utc_now)


class HintShown(Base):
    """A hint that a learner asked for; `number` counts from 1."""

    __tablename__ = "hint_shown"
    __table_args__ = (UniqueConstraint("learner_id", "course_slug", "exercise_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"))
    course_slug: Mapped[str] = mapped_column(String(80))
    exercise_id: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    shown_at: Mapped[datetime] = mapped_column(default=utc_now)
