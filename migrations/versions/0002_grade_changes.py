"""Grades that changed after they were given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from panlearn.models.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "grade_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("verdict_before", sa.String(length=32), nullable=False),
        sa.Column("points_before", sa.Double(), nullable=False),
        sa.Column("verdict_after", sa.String(length=32), nullable=False),
        sa.Column("points_after", sa.Double(), nullable=False),
        sa.Column("release_digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_grade_change_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_change")),
    )
    op.create_index("ix_grade_change_submission_id", "grade_change", ["submission_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_grade_change_submission_id", table_name="grade_change")
    op.drop_table("grade_change")
