"""Grades given by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from panlearn.models.base import UtcDateTime

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "hand_grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("grader_id", sa.Integer(), nullable=True),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("points_before", sa.Double(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("rubric", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_hand_grade_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["grader_id"], ["learner.id"], name=op.f("fk_hand_grade_grader_id_learner"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_grade")),
    )
    op.create_index("ix_hand_grade_submission_id", "hand_grade", ["submission_id"], unique=False)
    op.add_column("submission", sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("submission") as batch:
        batch.drop_column("by_hand")
    op.drop_index("ix_hand_grade_submission_id", table_name="hand_grade")
    op.drop_table("hand_grade")
