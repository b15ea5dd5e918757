"""Learners, releases, enrolments, submissions, work: the first revision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from panlearn.models.base import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "course_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_slug", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_release")),
        sa.UniqueConstraint("course_slug", "digest", name=op.f("uq_course_release_course_slug_digest")),
        sa.UniqueConstraint("course_slug", "version", name=op.f("uq_course_release_course_slug_version")),
    )
    op.create_index(
        "uq_course_release_active",
        "course_release",
        ["course_slug"],
        unique=True,
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )

    op.create_table(
        "learner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("stamp", sa.String(length=22), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("signed_up_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner")),
        sa.UniqueConstraint("email", name=op.f("uq_learner_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_learner_public_id")),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("course_slug", sa.String(length=80), nullable=False),
        sa.Column("release_digest", sa.String(length=64), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("last_page", sa.String(length=120), nullable=False),
        sa.Column("last_section", sa.String(length=120), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_enrolment_learner_id_learner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("learner_id", "course_slug", name=op.f("uq_enrolment_learner_id_course_slug")),
    )
    op.create_index("ix_enrolment_last", "enrolment", ["learner_id", "last_at"], unique=False)

    op.create_table(
        "hint_shown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("course_slug", sa.String(length=80), nullable=False),
        sa.Column("exercise_id", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_hint_shown_learner_id_learner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hint_shown")),
        sa.UniqueConstraint(
            "learner_id",
            "course_slug",
            "exercise_id",
            "number",
            name=op.f("uq_hint_shown_learner_id_course_slug_exercise_id_number"),
        ),
    )
    op.create_table(
        "learner_role",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("learner", "trainer", "organiser", "operator", name="role", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_learner_role_learner_id_learner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("learner_id", "role", name=op.f("pk_learner_role")),
    )
    op.create_table(
        "saved_cell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("course_slug", sa.String(length=80), nullable=False),
        sa.Column("lesson", sa.String(length=120), nullable=False),
        sa.Column("cell", sa.String(length=120), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_saved_cell_learner_id_learner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_cell")),
        sa.UniqueConstraint(
            "learner_id", "course_slug", "lesson", "cell", name=op.f("uq_saved_cell_learner_id_course_slug_lesson_cell")
        ),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("course_slug", sa.String(length=80), nullable=False),
        sa.Column("release_digest", sa.String(length=64), nullable=False),
        sa.Column("environment_digest", sa.String(length=64), nullable=False),
        sa.Column("lesson", sa.String(length=120), nullable=False),
        sa.Column("exercise_id", sa.String(length=120), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("earlier", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "grading", "graded", name="submissionstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("gradings", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("worker", sa.String(length=160), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "passed",
                "failed",
                "error",
                "timeout",
                "memory",
                "killed",
                "author-error",
                "platform-error",
                name="verdict",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "fault", sa.Enum("learner", "author", "platform", name="fault", native_enum=False, length=32), nullable=True
        ),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("author_note", sa.Text(), nullable=False),
        sa.Column("graded_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_submission_learner_id_learner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("public_id", name=op.f("uq_submission_public_id")),
    )
    op.create_index(
        "ix_submission_learner_exercise", "submission", ["learner_id", "course_slug", "exercise_id"], unique=False
    )
    op.create_index("ix_submission_waiting", "submission", ["state", "not_before"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_submission_waiting", table_name="submission")
    op.drop_index("ix_submission_learner_exercise", table_name="submission")

    op.drop_table("submission")
    op.drop_table("saved_cell")
    op.drop_table("learner_role")
    op.drop_table("hint_shown")
    op.drop_index("ix_enrolment_last", table_name="enrolment")

    op.drop_table("enrolment")
    op.drop_table("learner")
    op.drop_index(
        "uq_course_release_active",
        table_name="course_release",
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )

    op.drop_table("course_release")
