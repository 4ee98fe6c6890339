"""Checking: raw tables in, a book of good rows and the faults of the others out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from features.book import Book
from features.contracts.family import judge_family
from features.contracts.faults import FaultLog, Faults
from features.contracts.files import raw_tables
from features.contracts.groups import sorted_order
from features.contracts.headings import nearest, one_fault
from features.contracts.row_rules import judge_rows
from features.contracts.sheet import Raw, Sheet, read_sheet
from features.dictionary import Dictionary, Table, load_dictionary
from features.errors import BadInput

NO_ROWS = "没有记录 · no rows"
NO_GOOD_ROW = "没有一行可用，首个问题 · no good row, the first fault"


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    book
        The good rows, sorted by key, as_of and known_at.
    faults
        What was set aside and why.
    rows
        Rows of each table as it came.
    """

    book: Book
    faults: Faults
    rows: Mapping[str, int]


def check_folder(
    folder: Path, today: date | None = None, *, known_at: datetime | None = None
) -> Checked:
    """Return the checked book of a folder of Parquet and CSV files; nothing is written.

    Parameters
    ----------
    today
        The last day on which something can have become known; None = no such day.
    known_at
        Fills the rows that have none.

    Raises
    ------
    BadInput
        Where a table is unusable: unreadable, an unknown column, a key column absent, no good row.
    """
    dictionary = load_dictionary()
    return check_raw(raw_tables(folder, dictionary), today, known_at=known_at)


def check_tables(
    raw: Mapping[str, pa.Table], today: date | None = None, *, known_at: datetime | None = None
) -> Checked:
    """Return the checked book of tables in memory; parameters and errors as `check_folder`."""
    return check_raw({n: Raw(table) for n, table in raw.items()}, today, known_at=known_at)


def check_raw(
    raw: Mapping[str, Raw],
    today: date | None = None,
    *,
    known_at: datetime | None = None,
    needs_good_rows: bool = True,
) -> Checked:
    """Return the checked book of raw tables, which may carry faults of their own.

    Parameters
    ----------
    needs_good_rows
        Whether a table without a good row is refused, or only reported.
    """
    dictionary = load_dictionary()
    log = FaultLog()
    sheets = _sheets(raw, dictionary, log, known_at)
    for sheet in sheets.values():
        judge_rows(sheet, today)
    for table in dictionary.tables.values():
        _judge_family(table, sheets, log)
    faults = log.faults()
    if needs_good_rows:
        _refuse_barren(sheets, faults)
    tables = {name: _good_rows(sheet) for name, sheet in sheets.items() if name in raw}
    return Checked(Book(tables), faults, {name: len(sheets[name]) for name in tables})


def _sheets(
    raw: Mapping[str, Raw], dictionary: Dictionary, log: FaultLog, known_at: datetime | None
) -> dict[str, Sheet]:
    """Return the sheets in dictionary order; every table that is unusable is named."""
    known = [table.name for table in dictionary.all_tables]
    refused = [
        BadInput(f"未知的表 · unknown table{nearest(name, known)}", where=name)
        for name in raw
        if name not in known
    ]
    sheets: dict[str, Sheet] = {}
    for table in dictionary.all_tables:
        if table.name not in raw:
            continue
        try:
            sheets[table.name] = read_sheet(table, dictionary, raw[table.name], log, known_at)
        except BadInput as fault:
            refused.append(fault)
    if refused:
        raise one_fault("", refused)
    return sheets


def _judge_family(table: Table, sheets: Mapping[str, Sheet], log: FaultLog) -> None:
    children = {c.short: sheets[c.name] for c in table.children.values() if c.name in sheets}
    parent = sheets.get(table.name)
    if parent is None and not children:
        return
    if parent is None:
        none = Raw(pa.table({name: pa.nulls(0) for name in table.indispensable}))
        parent = read_sheet(table, load_dictionary(), none, log)
    judge_family(parent, children)


def _refuse_barren(sheets: Mapping[str, Sheet], faults: Faults) -> None:
    """Refuse tables of which nothing is left; a child table may be empty from the start."""
    refused = []
    for name, sheet in sheets.items():
        if not len(sheet) and sheet.table.parent is None:
            refused.append(BadInput(NO_ROWS, where=name))
        elif len(sheet) and not sheet.good.any():
            first = faults.rows.filter(pc.equal(faults.rows["table"], name)).slice(0, 1)
            fault = first.to_pylist()[0]
            where = f"{name} row {fault['row']}"
            rule = f"{NO_GOOD_ROW}: {fault['rule']}"
            refused.append(BadInput(rule, where=where, field=fault["field"], value=fault["value"]))
    if refused:
        raise one_fault("", refused)


def _good_rows(sheet: Sheet) -> pa.Table:
    good = sheet.values if sheet.good.all() else sheet.values.filter(pa.array(sheet.good))
    order = sorted_order(good.select(sheet.table.identity))
    return good if order is None else good.take(order).combine_chunks()
