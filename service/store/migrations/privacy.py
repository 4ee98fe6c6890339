"""The part of revision 0003 that keeps identity numbers apart and lets a person be erased.

A record may be deleted where `erased` names it by an entry of its owner's decision log, of the
kind that says so; for everything else the records stay append-only.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

OWNED = ("erased", "identity", "withdrawn")
APPEND_ONLY = ("erased", "withdrawn")
ERASABLE = ("record", "mention")
IS_OWNER = "owner = current_setting('app.owner', true)"
WHOLE = "'9999-12-31'"
NAMED = (
    "EXISTS (SELECT 1 FROM erased e JOIN decision d ON d.owner = e.owner AND d.id = e.entry "
    "WHERE d.kind IN ('erasure', 'retention') AND e.owner = OLD.owner "
    'AND e."table" = OLD."table" AND e.key = OLD.key AND {reaches})'
)
REACHES = {"record": "e.through >= OLD.as_of", "mention": f"e.through = {WHOLE}"}


def make() -> None:
    """Make the tables, and open the one way by which a record may go."""
    _make_erased()
    _make_identity()
    _make_withdrawn()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _bind_to_owner(table)
        _open_postgresql()
    else:
        _open_sqlite()


def unmake() -> None:
    """Close it and take the tables away."""
    if op.get_bind().dialect.name == "postgresql":
        _close_postgresql()
    else:
        _close_sqlite()
    for table in OWNED:
        op.drop_table(table)


def _make_erased() -> None:
    op.create_table(
        "erased",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("table", sa.Text, nullable=False),
        sa.Column("key", _bytewise(), nullable=False),
        sa.Column("through", sa.Date, nullable=False),
        sa.Column("entry", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("owner", "table", "key", "entry", name="erased_by"),
    )


def _make_identity() -> None:
    op.create_table(
        "identity",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("subject_token", _bytewise(), nullable=False),
        sa.Column("id_cipher", sa.Text, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "subject_token", name="identity_of"),
    )


def _make_withdrawn() -> None:
    op.create_table(
        "withdrawn",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("consent_id", sa.Text, nullable=False),
        sa.Column("entry", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "consent_id", name="withdrawn_once"),
    )


def _bytewise() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _bind_to_owner(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY {table}_owner ON {table} USING ({IS_OWNER}) WITH CHECK ({IS_OWNER})"
    )


def _open_postgresql() -> None:
    for table in APPEND_ONLY:
        _guard(table, "UPDATE OR DELETE OR TRUNCATE")
    for table in ERASABLE:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        _guard(table, "UPDATE OR TRUNCATE")
        named = NAMED.format(reaches=REACHES[table])
        op.execute(
            f"CREATE FUNCTION refuse_deletion_of_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {named} THEN RETURN OLD; END IF; "
            f"RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_erased BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_deletion_of_{table}()"
        )


def _close_postgresql() -> None:
    for table in ERASABLE:
        op.execute(f"DROP TRIGGER {table}_erased ON {table}")
        op.execute(f"DROP FUNCTION refuse_deletion_of_{table}()")
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        _guard(table, "UPDATE OR DELETE OR TRUNCATE")


def _guard(table: str, changes: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE {changes} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _open_sqlite() -> None:
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            _abort(table, change, "")
    for table in ERASABLE:
        op.execute(f"DROP TRIGGER {table}_no_delete")
        _abort(table, "DELETE", f"WHEN NOT {NAMED.format(reaches=REACHES[table])}")


def _close_sqlite() -> None:
    for table in ERASABLE:
        op.execute(f"DROP TRIGGER {table}_no_delete")
        _abort(table, "DELETE", "")


def _abort(table: str, change: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
