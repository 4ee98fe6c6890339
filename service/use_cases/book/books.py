"""Books in and out of the store: load what is checked, export what was known."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from features.book import write_book
from features.contracts import Faults, check_folder
from features.contracts.faults import SCHEMA
from features.errors import BadInput
from service.store.database import Tenant
from service.store.records import SHANGHAI
from service.store.sift import Quarantined
from service.store.store import Store
from service.trust.tenants import Tenants
from service.use_cases.assessing.consents import without_withdrawn
from service.use_cases.book.extract import extract

HOME_OWNER = "home"
"""The tenant of an installation that serves one body alone."""

QUARANTINE_FILE = "_quarantine.csv"


@dataclass(frozen=True)
class LoadReport:
    """What became of a folder's rows.

    Attributes
    ----------
    new, same
        Records that were kept, and those that say what is known already.
    faulty
        Rows of each table that the contracts set aside.
    refused
        Records of each table that the store set aside.
    quarantine
        Where all of them are listed; None where there are none.
    """

    new: int
    same: int
    faulty: Mapping[str, int]
    refused: Mapping[str, int]
    quarantine: Path | None


def load_folder(
    store: Store, folder: Path, owner: str = HOME_OWNER, known_at: datetime | None = None
) -> LoadReport:
    """Check a folder of tables and keep its news, all of it or, on any failure, nothing.

    Parameters
    ----------
    store
        Where to.
    folder
        Parquet and CSV tables; `_quarantine.csv` is written there when rows are set aside.
    owner
        Who states them.
    known_at
        Since when the rows that do not say so are known.

    Raises
    ------
    BadInput
        When a table is unusable or the folder cannot be written; nothing is kept then.
    """
    Tenant(owner)
    if folder.is_dir() and not os.access(folder, os.W_OK):
        rule = "须可写，以便列出隔离的行 · must be writable: rows set aside are listed there"
        raise BadInput(rule, where=str(folder))
    recorded_at = datetime.now(UTC)
    today = recorded_at.astimezone(SHANGHAI).date()
    checked = check_folder(folder, today, known_at=known_at)
    loaded = store.load(checked.book, owner, recorded_at)
    faults = Faults(pa.concat_tables([checked.faults.rows, _as_faults(loaded.quarantined)]))
    path = folder / QUARANTINE_FILE
    path.unlink(missing_ok=True)
    if len(faults):
        faults.write_csv(path)
    return LoadReport(
        loaded.new,
        loaded.same,
        checked.faults.counts(),
        Counter(row.table for row in loaded.quarantined),
        path if len(faults) else None,
    )


def export_folder(
    store: Store, folder: Path, known_at: date, owner: str = HOME_OWNER
) -> Mapping[str, int]:
    """Write the book as it was known by the end of a day and return the rows of each table.

    Households that have withdrawn their consent by now are left out, with their applications:
    training and batch scoring would be a new use of their data.

    Parameters
    ----------
    store
        Where from.
    folder
        Where to; it must be new or empty, so that no older table stays beside the new ones.
    known_at
        The day, in Asia/Shanghai.
    owner
        Whose book: its own rows, and of others' what it may take away (`extract`).

    Raises
    ------
    BadInput
        When the folder has files in it or cannot be written, or nothing was known by that day.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput("须为新建或空的文件夹 · must be a new or empty folder", where=str(folder))
    kind = Tenants(store.engine).kind(owner)
    found = extract(store, Tenant(owner, kind.value), known_at)
    book = without_withdrawn(found, store.withdrawals(owner))
    if not book.tables:
        raise BadInput("此日尚无记录 · nothing was known by that day", value=known_at.isoformat())
    try:
        write_book(book, folder)
    except OSError as fault:
        rule = f"无法写入 · cannot be written ({fault.strerror})"
        raise BadInput(rule, where=str(folder)) from fault
    return {name: table.num_rows for name, table in book.tables.items()}


def instant(text: str) -> datetime:
    """Return a day, or an instant with its offset, as an instant; a day begins in Asia/Shanghai.

    Raises
    ------
    BadInput
        When it is neither.

    Examples
    --------
    >>> instant("2026-03-31").isoformat()
    '2026-03-31T00:00:00+08:00'
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        rule = "应为日期或带时区的时间 · a date or an ISO 8601 instant is expected"
        raise BadInput(rule, field="known_at", value=text) from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _as_faults(quarantined: Sequence[Quarantined]) -> pa.Table:
    """Return what the store set aside in the columns of the contracts' faults.

    A record has no row number any more: it is named by key, as_of and known_at.
    """
    rows = [
        {
            "table": row.table,
            "row": None,
            "field": row.field,
            "value": f"{row.key} {row.as_of} {row.known_at.astimezone(SHANGHAI).isoformat()}",
            "rule": row.rule,
        }
        for row in quarantined
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)
