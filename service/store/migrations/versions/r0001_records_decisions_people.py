"""Records, decisions, blobs and people.

Append-only tables refuse UPDATE and DELETE by trigger on both databases. PostgreSQL adds
row-level security: what is not shared is its owner's alone, and only he may write it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("record", "decision", "blob")
OWNED = ("record", "decision", "chain_head")
IS_OWNER = "owner = current_setting('app.owner', true)"
SHARED = "\"table\" IN ('cooperative', 'county', 'project', 'resource')"


def upgrade() -> None:
    _make_records()
    _make_decisions()
    _make_people()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    for table in ("session", "api_key", "person", "blob", "chain_head", "decision", "record"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _bytewise() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _make_records() -> None:
    op.create_table(
        "record",
        sa.Column("table", sa.Text, nullable=False),
        sa.Column("key", _bytewise(), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("known_at", _instant(), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("recorded_at", _instant(), nullable=False),
        sa.Column("belongs_to", _bytewise()),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(
            "table", "key", "as_of", "known_at", "owner", name="record_version"
        ),
    )
    listed = sa.text("belongs_to IS NOT NULL")
    op.create_index(
        "record_belongs_to",
        "record",
        ["table", "belongs_to", "key"],
        postgresql_where=listed,
        sqlite_where=listed,
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def _make_decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("recorded_at", _instant(), nullable=False),
        sa.Column("application", sa.Text),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("request_digest", sa.String(64)),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("owner", "sequence", name="decision_place"),
        sa.UniqueConstraint("id", name="decision_id"),
        sa.UniqueConstraint("owner", "idempotency_key", name="decision_idempotency"),
    )
    op.create_index("decision_application", "decision", ["owner", "application"])
    op.create_table(
        "chain_head",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )


def _make_people() -> None:
    op.create_table(
        "person",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
    )
    op.create_table(
        "api_key",
        sa.Column("prefix", sa.String(16), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("made_at", _instant(), nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column(
            "person", sa.Text, sa.ForeignKey("person.name", name="session_person"), nullable=False
        ),
        sa.Column("expires_at", _instant(), nullable=False),
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table in OWNED:
        readable = f"{IS_OWNER} OR {SHARED}" if table == "record" else IS_OWNER
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_owner ON {table} USING ({readable}) WITH CHECK ({IS_OWNER})"
        )


def _guard_sqlite() -> None:
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
