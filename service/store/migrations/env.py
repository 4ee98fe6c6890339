"""Run by Alembic for each command: all revisions in the transaction the caller opened."""

from __future__ import annotations

from alembic import context

from service.store.tables import metadata


def run() -> None:
    """Run the revisions on the connection that the caller handed over."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()


if hasattr(context, "config"):  # absent where this file is imported for its documentation
    run()
