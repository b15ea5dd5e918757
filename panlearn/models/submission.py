"""Answers. The row is the truth of grading; a queue only wakes workers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from panlearn.domain.clock import utc_now
from panlearn.domain.report import Fault, Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.models.base import PUBLIC_ID_LENGTH, Base, new_public_id


class Submission(Base):
    """One answer to one exercise, with all that its grading depends on, so that grading it again says the same.

    `earlier` maps needed exercises to the answers in force when this one was sent, `drawn` the lesson's variables to
    this learner's numbers. `worker` and `lease_until`
    belong to whoever grades it now; `gradings` counts beginnings. `report` is what the learner reads,
    `author_note` never is. `not_before` puts off a try after the platform failed. `by_hand`: verdict and points are a
    person's, and no machine changes them.
    """

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_waiting", "state", "not_before"),
        Index("ix_submission_learner_exercise", "learner_id", "course_slug", "exercise_id"),
        Index("ix_submission_exercise_learner", "course_slug", "exercise_id", "learner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(PUBLIC_ID_LENGTH), unique=True, default=new_public_id)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"))
    course_slug: Mapped[str] = mapped_column(String(80))
    release_digest: Mapped[str] = mapped_column(String(64))
    environment_digest: Mapped[str] = mapped_column(String(64))
    lesson: Mapped[str] = mapped_column(String(120))
    exercise_id: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(Text)
    earlier: Mapped[dict[str, str]] = mapped_column(default=dict)
    drawn: Mapped[dict[str, str]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    state: Mapped[SubmissionState] = mapped_column(default=SubmissionState.QUEUED)
    gradings: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(default=utc_now)
    worker: Mapped[str] = mapped_column(String(160), default="")
    lease_until: Mapped[datetime | None]

    verdict: Mapped[Verdict | None]
    fault: Mapped[Fault | None]
    points: Mapped[float] = mapped_column(default=0.0)
    by_hand: Mapped[bool] = mapped_column(default=False)
    report: Mapped[dict[str, Any] | None]
    author_note: Mapped[str] = mapped_column(Text, default="")
    graded_at: Mapped[datetime | None]
