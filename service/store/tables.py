"""The tables of the store, as SQLAlchemy knows them; the migrations make them.

`record` is bitemporal and append-only: `as_of` is the day a row describes, `known_at` when its
source knew it, `recorded_at` when this store learnt it. `mention` says which records ever
named what in a column that others are found by. `decision` is a chain per owner, in which what
is said about a decision later (`about`) stands too. `batch_claim` is what is still to be worked
through, of all owners: a worker takes it before it knows whose it is, so it says nothing else.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import TypeDecorator

SHARED_TABLES = ("cooperative", "county", "project", "resource")
"""Readable by every owner, one writing owner per key (design 10.6)."""

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC; SQLite keeps no zone, so it gets none."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _bytewise() -> Text:
    """Return a text type that both databases order by bytes."""
    return Text().with_variant(Text(collation="C"), "postgresql")


record = Table(
    "record",
    metadata,
    Column("table", Text, nullable=False),
    Column("key", _bytewise(), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("known_at", Instant, nullable=False),
    Column("owner", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("table", "key", "as_of", "known_at", "owner", name="record_version"),
)

mention = Table(
    "mention",
    metadata,
    Column("table", Text, nullable=False),
    Column("column", Text, nullable=False),
    Column("value", _bytewise(), nullable=False),
    Column("key", _bytewise(), nullable=False),
    Column("owner", Text, nullable=False),
    PrimaryKeyConstraint("table", "column", "value", "key", "owner", name="mention_once"),
    sqlite_with_rowid=False,
)

decision = Table(
    "decision",
    metadata,
    Column("owner", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("id", String(32), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("application", Text),
    Column("idempotency_key", Text),
    Column("request_digest", String(64)),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("kind", String(16), nullable=False, server_default="decision"),
    Column("about", Text),
    PrimaryKeyConstraint("owner", "sequence", name="decision_place"),
    UniqueConstraint("id", name="decision_id"),
    UniqueConstraint("owner", "idempotency_key", name="decision_idempotency"),
)
Index("decision_application", decision.c.owner, decision.c.application)
Index("decision_about", decision.c.owner, decision.c.about)

chain_head = Table(
    "chain_head",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

blob = Table(
    "blob",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled_at", Instant),
    Column("password_drawn", Boolean, nullable=False, server_default=false()),
)

tenant = Table(
    "tenant",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("county_code", Text),
    Column("label", Text, nullable=False),
)

federated = Table(
    "federated",
    metadata,
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("person", Text, ForeignKey("person.name", name="federated_person"), nullable=False),
    PrimaryKeyConstraint("issuer", "subject", name="federated_once"),
)

api_key = Table(
    "api_key",
    metadata,
    Column("prefix", String(16), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("owner", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("revoked_at", Instant),
)

LONG_AGO = "1970-01-01 00:00:00+00:00"

session = Table(
    "session",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("person", Text, ForeignKey("person.name", name="session_person"), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False, server_default=LONG_AGO),
    Column("barred", Boolean, nullable=False, server_default=false()),
)

batch = Table(
    "batch",
    metadata,
    Column("owner", Text, nullable=False),
    Column("id", String(32), nullable=False),
    Column("product", Text),
    Column("by", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("state", String(16), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("faulty", BigInteger, nullable=False),
    Column("idempotency_key", Text),
    Column("request_digest", String(64), nullable=False),
    PrimaryKeyConstraint("owner", "id", name="batch_id"),
    UniqueConstraint("owner", "idempotency_key", name="batch_idempotency"),
)

batch_fault = Table(
    "batch_fault",
    metadata,
    Column("owner", Text, nullable=False),
    Column("batch", String(32), nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("problem", LargeBinary, nullable=False),
    PrimaryKeyConstraint("owner", "batch", "line", name="batch_fault_line"),
)

batch_claim = Table(
    "batch_claim",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("worker", Text),
    Column("until", Instant, nullable=False),
    Column("place", BigInteger, nullable=False),
)

proposal = Table(
    "proposal",
    metadata,
    Column("owner", Text, nullable=False),
    Column("id", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("about", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("why", Text),
    Column("idempotency_key", Text),
    Column("request_digest", String(64)),
    PrimaryKeyConstraint("owner", "id", name="proposal_id"),
    UniqueConstraint("owner", "idempotency_key", name="proposal_idempotency"),
)

erased = Table(
    "erased",
    metadata,
    Column("owner", Text, nullable=False),
    Column("table", Text, nullable=False),
    Column("key", _bytewise(), nullable=False),
    Column("through", Date, nullable=False),
    Column("entry", String(32), nullable=False),
    PrimaryKeyConstraint("owner", "table", "key", "entry", name="erased_by"),
)

withdrawn = Table(
    "withdrawn",
    metadata,
    Column("owner", Text, nullable=False),
    Column("consent_id", Text, nullable=False),
    Column("entry", String(32), nullable=False),
    Column("withdrawn_at", Instant, nullable=False),
    PrimaryKeyConstraint("owner", "consent_id", name="withdrawn_once"),
)

identity = Table(
    "identity",
    metadata,
    Column("owner", Text, nullable=False),
    Column("subject_token", _bytewise(), nullable=False),
    Column("id_cipher", Text, nullable=False),
    Column("kept_at", Instant, nullable=False),
    PrimaryKeyConstraint("owner", "subject_token", name="identity_of"),
)
