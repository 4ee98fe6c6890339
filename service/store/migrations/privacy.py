"""The part of revision 0003 that keeps identity numbers apart and lets a person be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

IS_OWNER = "owner = current_setting('app.owner', true)"


def make() -> None:
    """Make the tables."""
    op.create_table(
        "identity",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("subject_token", _bytewise(), nullable=False),
        sa.Column("id_cipher", sa.Text, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "subject_token", name="identity_of"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _bind_to_owner("identity")


def unmake() -> None:
    """Take them away again."""
    op.drop_table("identity")


def _bytewise() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _bind_to_owner(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY {table}_owner ON {table} USING ({IS_OWNER}) WITH CHECK ({IS_OWNER})"
    )
