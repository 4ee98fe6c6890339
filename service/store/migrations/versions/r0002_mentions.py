"""What records name of other tables, in a table of its own instead of one column.

A record is found by more than one thing it names, and by what its child rows name.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAMED = {
    "application": ("household_id", "resources.resource_id"),
    "household": ("village_code",),
    "loan": ("application_id",),
    "project": ("coop_id", "developer_id", "resources.resource_id"),
    "resource": ("coop_id",),
}
"""What this revision knew of; later relations bring a revision of their own."""

BELONGED = {
    "application": "household_id",
    "household": "village_code",
    "project": "coop_id",
    "resource": "coop_id",
}
AT_ONCE = 5_000
SHARED = "\"table\" IN ('cooperative', 'county', 'project', 'resource')"


def upgrade() -> None:
    op.create_table(
        "mention",
        sa.Column("table", sa.Text, nullable=False),
        sa.Column("column", sa.Text, nullable=False),
        sa.Column("value", _bytewise(), nullable=False),
        sa.Column("key", _bytewise(), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("table", "column", "value", "key", "owner", name="mention_once"),
        sqlite_with_rowid=False,
    )
    _fill_mentions()
    op.drop_index("record_belongs_to", "record")
    op.drop_column("record", "belongs_to")
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    op.add_column("record", sa.Column("belongs_to", _bytewise()))
    _refill_records()
    listed = sa.text("belongs_to IS NOT NULL")
    op.create_index(
        "record_belongs_to",
        "record",
        ["table", "belongs_to", "key"],
        postgresql_where=listed,
        sqlite_where=listed,
    )
    op.drop_table("mention")


def _bytewise() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _fill_mentions() -> None:
    """Read what every record names; row-level security would hide it from the tables' owner."""
    bind = op.get_bind()
    _all_visible(see_all=True)
    record = sa.table("record", *(sa.column(name) for name in ("table", "key", "owner", "body")))
    mention = sa.table(
        "mention", *(sa.column(name) for name in ("table", "column", "value", "key", "owner"))
    )
    statement = sa.select(record).where(record.c.table.in_(NAMED))
    said: set[tuple[str, str, str, str, str]] = set()
    for row in bind.execute(statement.execution_options(yield_per=AT_ONCE)):
        for column, value in _named(row.table, orjson.loads(row.body)):
            said.add((row.table, column, value, row.key, row.owner))
    names = ("table", "column", "value", "key", "owner")
    if said:
        bind.execute(
            mention.insert(), [dict(zip(names, one, strict=True)) for one in sorted(said)]
        )
    _all_visible(see_all=False)


def _named(table: str, body: dict[str, object]) -> Iterator[tuple[str, str]]:
    for column in NAMED[table]:
        own, _, inner = column.partition(".")
        held = body.get(own)
        sources = held if isinstance(held, list) else () if inner else (body,)
        for source in sources:
            value = source.get(inner or own)
            if value is not None:
                yield column, str(value)


def _refill_records() -> None:
    """Write back the one column; a record is otherwise never changed."""
    bind = op.get_bind()
    on_postgresql = bind.dialect.name == "postgresql"
    _all_visible(see_all=True)
    if on_postgresql:
        op.execute("ALTER TABLE record DISABLE TRIGGER record_append_only")
    else:
        op.execute("DROP TRIGGER record_no_update")
    for table, column in BELONGED.items():
        bind.execute(
            sa.text(
                "UPDATE record SET belongs_to = (SELECT min(value) FROM mention WHERE "
                'mention."table" = :table AND mention."column" = :column '
                "AND mention.key = record.key AND mention.owner = record.owner) "
                'WHERE "table" = :table'
            ),
            {"table": table, "column": column},
        )
    if on_postgresql:
        op.execute("ALTER TABLE record ENABLE TRIGGER record_append_only")
    else:
        op.execute(
            "CREATE TRIGGER record_no_update BEFORE UPDATE ON record "
            "BEGIN SELECT RAISE(ABORT, 'record is append-only'); END"
        )
    _all_visible(see_all=False)


def _all_visible(*, see_all: bool) -> None:
    """Let the owner of the tables see every row, or bind it by their policy again."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("record", "mention"):
            op.execute(f"ALTER TABLE {table} {'NO ' if see_all else ''}FORCE ROW LEVEL SECURITY")


def _guard_postgresql() -> None:
    op.execute(
        "CREATE TRIGGER mention_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mention "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    is_owner = "owner = current_setting('app.owner', true)"
    op.execute("ALTER TABLE mention ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE mention FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY mention_owner ON mention USING ({is_owner} OR {SHARED}) "
        f"WITH CHECK ({is_owner})"
    )


def _guard_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER mention_no_{change.lower()} BEFORE {change} ON mention "
            "BEGIN SELECT RAISE(ABORT, 'mention is append-only'); END"
        )
