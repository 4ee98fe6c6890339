"""Tenants and their kinds, outside sign-in, documents about decisions, batches, proposals.

A document about a decision (a review, an erasure) stands in the same chain as the decisions. What
a tenant may read of others' records follows its kind, too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations import privacy

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OWNED = ("batch", "batch_fault", "proposal")
LONG_AGO = "1970-01-01 00:00:00+00:00"
IS_OWNER = "owner = current_setting('app.owner', true)"
SHARED = "\"table\" IN ('cooperative', 'county', 'project', 'resource')"
OF_A_DEVELOPER = (
    "\"table\" = 'organisation' AND EXISTS (SELECT 1 FROM mention m WHERE m.\"table\" = 'project' "
    "AND m.\"column\" = 'developer_id' AND m.value = record.key AND m.owner = record.owner)"
)
OF_A_PARTNER = (
    "current_setting('app.kind', true) IN ('county', 'province') "
    "AND EXISTS (SELECT 1 FROM tenant t "
    'WHERE t.owner = record.owner AND (t.kind, record."table") '
    "IN (('bank', 'bank'), ('guarantee', 'guarantee_body')))"
)


def upgrade() -> None:
    _make_tenants()
    _extend_people()
    op.add_column(
        "decision", sa.Column("kind", sa.String(16), nullable=False, server_default="decision")
    )
    op.add_column("decision", sa.Column("about", sa.Text))
    op.create_index("decision_about", "decision", ["owner", "about"])
    _make_batches()
    _make_proposals()
    privacy.make()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _let_records_be_read_by(f"{IS_OWNER} OR {SHARED}")
    privacy.unmake()
    for table in ("proposal", "batch_claim", "batch_fault", "batch", "federated", "tenant"):
        op.drop_table(table)
    op.drop_index("decision_about", "decision")
    for table, columns in (
        ("decision", ("about", "kind")),
        ("api_key", ("name", "revoked_at")),
        ("session", ("used_at", "barred")),
        ("person", ("disabled_at", "password_drawn")),
    ):
        for column in columns:
            op.drop_column(table, column)


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _make_tenants() -> None:
    op.create_table(
        "tenant",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("county_code", sa.Text),
        sa.Column("label", sa.Text, nullable=False),
    )


def _extend_people() -> None:
    op.add_column("person", sa.Column("disabled_at", _instant()))
    for table, column in (("person", "password_drawn"), ("session", "barred")):
        no = sa.Column(column, sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column(table, no)
    op.add_column(
        "session",
        sa.Column("used_at", _instant(), nullable=False, server_default=LONG_AGO),
    )
    op.add_column("api_key", sa.Column("name", sa.Text, nullable=False, server_default=""))
    op.add_column("api_key", sa.Column("revoked_at", _instant()))
    op.create_table(
        "federated",
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column(
            "person",
            sa.Text,
            sa.ForeignKey("person.name", name="federated_person"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name="federated_once"),
    )


def _make_batches() -> None:
    op.create_table(
        "batch",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("product", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("made_at", _instant(), nullable=False),
        sa.Column("finished_at", _instant()),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("faulty", sa.BigInteger, nullable=False),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("owner", "id", name="batch_id"),
        sa.UniqueConstraint("owner", "idempotency_key", name="batch_idempotency"),
    )
    op.create_table(
        "batch_fault",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("line", sa.BigInteger, nullable=False),
        sa.Column("problem", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("owner", "batch", "line", name="batch_fault_line"),
    )
    op.create_table(
        "batch_claim",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("until", _instant(), nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
    )


def _make_proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("made_at", _instant(), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", _instant()),
        sa.Column("why", sa.Text),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("request_digest", sa.String(64)),
        sa.PrimaryKeyConstraint("owner", "id", name="proposal_id"),
        sa.UniqueConstraint("owner", "idempotency_key", name="proposal_idempotency"),
    )


def _guard_postgresql() -> None:
    for table in OWNED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_owner ON {table} USING ({IS_OWNER}) WITH CHECK ({IS_OWNER})"
        )
    _let_records_be_read_by(f"{IS_OWNER} OR {SHARED} OR ({OF_A_DEVELOPER}) OR ({OF_A_PARTNER})")


def _let_records_be_read_by(rule: str) -> None:
    op.execute("DROP POLICY record_owner ON record")
    op.execute(f"CREATE POLICY record_owner ON record USING ({rule}) WITH CHECK ({IS_OWNER})")
