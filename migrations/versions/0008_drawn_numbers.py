"""Numbers that were drawn for the learner of an answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.add_column(
        "submission", sa.Column("drawn", sa.JSON(none_as_null=True), nullable=False, server_default=sa.text("'{}'"))
    )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("submission") as batch:
        batch.drop_column("drawn")
