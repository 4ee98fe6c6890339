"""A row as the store keeps it: one version of what a source said about a key on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from features.canonical import sha256_hex
from features.dictionary import load_dictionary
from service.store.mentions import Mention, mentions_of

Row = Mapping[str, object]

ABOUT_THE_VERSION = ("known_at", "correction_reason", "approved_by")
"""Columns that say when and why something was said, not what: two versions that differ in these
alone say the same."""


@dataclass(frozen=True, slots=True)
class Version:
    """One row on its way into the store.

    Attributes
    ----------
    mentions
        What it names of other tables.
    digest
        The sha256 of what it says, `ABOUT_THE_VERSION` left out, children in any order.
    corrects
        Whether it names a reason and an approver, as a correction must.
    body
        The whole row as canonical JSON.
    """

    table: str
    key: str
    as_of: date
    known_at: datetime
    mentions: tuple[Mention, ...]
    digest: str
    corrects: bool
    body: str


def version_of(table: str, row: Row) -> Version:
    """Return a checked canonical row (`features.records`) as a version."""
    key = str(row[load_dictionary().table(table).key])
    said = {
        name: sorted(value, key=_bytes) if isinstance(value, list) else value
        for name, value in row.items()
        if name not in ABOUT_THE_VERSION
    }
    return Version(
        table,
        key,
        date.fromisoformat(str(row["as_of"])),
        datetime.fromisoformat(str(row["known_at"])),
        tuple(mentions_of(table, key, row)),
        sha256_hex(_bytes(said)),
        bool(row.get("correction_reason")) and bool(row.get("approved_by")),
        _bytes(row).decode(),
    )


def _bytes(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
