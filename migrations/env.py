"""How Alembic reaches the database: over the connection that `panlearn.models.schema` hands in."""

from __future__ import annotations

from alembic import context

from panlearn.models import Base


def run() -> None:
    """Run the migrations in one transaction. SQLite alters tables by copying them (batch mode)."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        message = "Run migrations with `panlearn db upgrade`, not with `alembic` itself."
        raise SystemExit(message)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
