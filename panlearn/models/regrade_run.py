"""Regrades that were asked for on a page: what was asked, how far it is, what it would change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from panlearn.domain.clock import utc_now
from panlearn.domain.regrading import RunState
from panlearn.models.base import PUBLIC_ID_LENGTH, Base, new_public_id


class RegradeRun(Base):
    """One dry run over all stored answers of one exercise, with one release; a newer one takes its place.

    `graded` of `different` answers are graded so far. `outcome` says who moves, with examples that name nobody;
    `moves` holds the reports that would be put into force, until they are. `worker` and `lease_until` belong to
    whoever grades it now.
    """

    __tablename__ = "regrade_run"
    __table_args__ = (Index("ix_regrade_run_exercise", "course_slug", "exercise_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(PUBLIC_ID_LENGTH), unique=True, default=new_public_id)
    course_slug: Mapped[str] = mapped_column(String(80))
    exercise_id: Mapped[str] = mapped_column(String(120))
    release_digest: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[str] = mapped_column(String(120), default="")
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)

    state: Mapped[RunState] = mapped_column(default=RunState.QUEUED)
    worker: Mapped[str] = mapped_column(String(160), default="")
    lease_until: Mapped[datetime | None]
    beginnings: Mapped[int] = mapped_column(default=0)
    different: Mapped[int] = mapped_column(default=0)
    graded: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[dict[str, Any] | None]
    moves: Mapped[list[dict[str, Any]] | None] = deferred(mapped_column(JSON(none_as_null=True)))

    applied_at: Mapped[datetime | None]
    applied: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")
