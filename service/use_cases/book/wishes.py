"""What a correction asks for: the row as it should stand, beside what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from features.canonical import canonical_json
from features.records import book_from_rows, rows_from_book
from service.store.proposals import Proposal
from service.store.records import SHANGHAI
from service.store.versions import Row
from service.use_cases.assessing.request_book import refuse_faults

KIND = "correction"
STATED = ("as_of", "known_at", "recorded_at", "owner", "correction_reason", "approved_by")
"""Columns that a correction does not choose: another period is another row."""


@dataclass(frozen=True)
class Wish:
    """What a correction asks for.

    Attributes
    ----------
    row
        The whole row as it should stand.
    base
        Digest of the version that its author saw.
    """

    table: str
    key: str
    as_of: date
    reason: str
    row: Row
    base: str
    changes: list[dict[str, object]]

    def content(self) -> bytes:
        """Return what is kept of it."""
        return canonical_json({**vars(self), "as_of": self.as_of.isoformat()})


def canonical(table: str, row: Row, now: datetime) -> Row:
    """Return a row as the store keeps it.

    Raises
    ------
    BadRows
        Naming every value that cannot be.
    """
    checked = book_from_rows({table: [row]}, now.date())
    refuse_faults(checked.faults)
    ((_, found),) = rows_from_book(checked.book)
    return found


def differing(known: Row, wished: Row) -> Iterator[dict[str, object]]:
    """Yield each column that a correction changes, from and to."""
    for name in sorted({*known, *wished} - set(STATED)):
        if known.get(name) != wished.get(name):
            yield {"column": name, "from": known.get(name), "to": wished.get(name)}


def document(asked: Proposal) -> dict[str, object]:
    """Return a proposal as it is answered."""
    wished = orjson.loads(asked.content)
    shown = ("table", "as_of", "reason", "changes", "base")
    said: dict[str, object] = {
        "id": asked.id,
        "kind": KIND,
        "by": asked.by,
        "at": stamp(asked.made_at),
        "state": asked.state,
        "subject": wished["key"],
        **{name: wished[name] for name in shown},
    }
    if asked.decided_at is not None:
        decided = {"by": asked.decided_by, "at": stamp(asked.decided_at), "reason": asked.why}
        said["decided"] = decided
    return said


def stamp(moment: datetime) -> str:
    """Return an instant as documents write it."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="microseconds")
