"""Regrades asked for on a page, and an index for figures about one exercise."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from panlearn.models.base import UtcDateTime

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "regrade_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("course_slug", sa.String(length=80), nullable=False),
        sa.Column("exercise_id", sa.String(length=120), nullable=False),
        sa.Column("release_digest", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("worker", sa.String(length=160), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("beginnings", sa.Integer(), nullable=False),
        sa.Column("different", sa.Integer(), nullable=False),
        sa.Column("graded", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("outcome", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("moves", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_regrade_run_public_id")),
    )
    op.create_index("ix_regrade_run_exercise", "regrade_run", ["course_slug", "exercise_id"], unique=False)
    op.create_index(
        "ix_submission_exercise_learner", "submission", ["course_slug", "exercise_id", "learner_id"], unique=False
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_submission_exercise_learner", table_name="submission")
    op.drop_index("ix_regrade_run_exercise", table_name="regrade_run")
    op.drop_table("regrade_run")
