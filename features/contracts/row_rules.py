"""Row rules: what one table must satisfy by itself, as the dictionary declares it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.book import fen
from features.contracts.groups import fingerprints, group_codes, sizes
from features.contracts.identifiers import Flags
from features.contracts.moments import days_of
from features.contracts.sheet import Sheet
from features.contracts.texts import flags_of
from features.dictionary import Check, Comparison, Filled, NoOverlap, UnitSlip

Numbers = NDArray[np.int64] | NDArray[np.float64]

FUTURE = "获知时间晚于今天 · known_at lies in the future"
BEFORE = "数据日期晚于获知时间 · as_of lies after known_at"
TWICE = "重复记录 · the same record twice"
AMBIGUOUS = "同一记录内容不同，无从取舍 · the same record twice with different content"
LAST_DAY = np.iinfo(np.int32).max
"""The end of what has no end, in days since 1970-01-01."""
REPEATED = "同一记录下重复 · repeated under one record"


def judge_rows(sheet: Sheet, today: date | None) -> None:
    """Set aside the rows that break a rule of their table; without `today` no day is future."""
    _times(sheet, today)
    for check in sheet.table.checks:
        _judge_alone(sheet, check)
    if sheet.table.parent is None:
        _duplicates(sheet)
    elif sheet.table.unique:
        _repeated(sheet)
    for check in sheet.table.checks:
        _judge_beside_others(sheet, check)


def _judge_alone(sheet: Sheet, check: Check) -> None:
    match check:
        case Comparison():
            _compare(sheet, check)
        case Filled():
            _filled(sheet, check)


def _judge_beside_others(sheet: Sheet, check: Check) -> None:
    match check:
        case NoOverlap():
            _no_overlap(sheet, check)
        case UnitSlip():
            _unit_slip(sheet, check)


def _times(sheet: Sheet, today: date | None) -> None:
    known = days_of(sheet.column("known_at"))
    as_of = sheet.column("as_of").cast(pa.int32())
    sheet.set_aside(flags_of(pc.greater(as_of, known)), "as_of", BEFORE)
    if today is not None:
        day = pa.scalar(int(np.datetime64(today, "D").astype(np.int64)), pa.int32())
        sheet.set_aside(flags_of(pc.greater(known, day)), "known_at", FUTURE)


def _compare(sheet: Sheet, check: Comparison) -> None:
    terms = [sheet.column(name) for name in (*check.left, *check.right)]
    given = np.logical_and.reduce([np.asarray(term.is_valid()) for term in terms])
    left = _total(terms[: len(check.left)], len(sheet))
    right = _total(terms[len(check.left) :], len(sheet))
    match check.op:
        case "<=":
            broken = left > right
        case "<":
            broken = left >= right
        case "==":
            over, under = check.within.as_integer_ratio()
            broken = np.abs(left - right) > np.abs(left) * over // under
    sheet.set_aside(broken & given, (*check.left, *check.right)[0], check.text)


def _total(terms: list[pa.Array], n: int) -> Numbers:
    return sum((_numbers(term) for term in terms), np.zeros(n, dtype=np.int64))


def _numbers(values: pa.Array) -> Numbers:
    """Return money as 分, dates as days, numbers as they are; 0 or anything where null."""
    if pa.types.is_decimal(values.type):
        return fen(values)
    if pa.types.is_date(values.type):
        values = values.cast(pa.int32())
    numbers: Numbers = pc.fill_null(values, 0).to_numpy()
    return numbers


def _filled(sheet: Sheet, check: Filled) -> None:
    empty = np.ones(len(sheet), dtype=np.bool_)
    for name in check.one_of:
        empty &= np.asarray(sheet.column(name).is_null())
    for name, code in check.when.items():
        empty &= flags_of(pc.equal(sheet.column(name), code))
    sheet.set_aside(empty, check.one_of[0], check.text)


def _duplicates(sheet: Sheet) -> None:
    """Set aside a record given again; where the contents differ, all of them."""
    record = group_codes([sheet.column(name) for name in sheet.table.identity])
    several = sheet.good & (sizes(np.where(sheet.good, record, -1)) > 1)
    if not several.any():
        return
    rows = np.flatnonzero(several)
    content = fingerprints(sheet.values.take(pa.array(rows)))
    record = record[rows]
    alike = sizes(_paired(record, content)) == sizes(record)
    first = np.zeros(len(rows), dtype=np.bool_)
    first[np.unique(record, return_index=True)[1]] = True
    sheet.set_aside(_scattered(rows[~alike], len(sheet)), sheet.table.key, AMBIGUOUS)
    sheet.set_aside(_scattered(rows[alike & ~first], len(sheet)), sheet.table.key, TWICE)


def _paired(record: NDArray[np.int64], content: NDArray[np.uint64]) -> NDArray[np.int64]:
    _, codes = np.unique(content, return_inverse=True)
    paired: NDArray[np.int64] = record * (codes.max() + 1) + codes
    return paired


def _scattered(rows: NDArray[np.int64], n: int) -> Flags:
    flags = np.zeros(n, dtype=np.bool_)
    flags[rows] = True
    return flags


def _repeated(sheet: Sheet) -> None:
    names = (*sheet.table.identity, *sheet.table.unique)
    alike = group_codes([sheet.column(name) for name in names])
    again = sheet.good & (sizes(np.where(sheet.good, alike, -1)) > 1)
    sheet.set_aside(again, sheet.table.unique[0], REPEATED)


def _no_overlap(sheet: Sheet, check: NoOverlap) -> None:
    """Set aside each row that begins before an earlier one of its like has ended."""
    begins, ends = sheet.column(check.begins), sheet.column(check.ends)
    alike = [sheet.column(name) for name in (*sheet.table.identity, *check.same)]
    judged = sheet.good.copy()
    for column in (begins, *alike):
        judged &= np.asarray(column.is_valid())
    rows = np.flatnonzero(judged)
    if len(rows) <= 1:
        return
    group = group_codes(alike)[rows]
    start = _numbers(begins)[rows]
    end = np.where(np.asarray(ends.is_valid()), _numbers(ends), LAST_DAY)[rows]
    order = np.lexsort((start, group))
    group, start, end, rows = group[order], start[order], end[order], rows[order]
    _, group = np.unique(group, return_inverse=True)
    latest = np.maximum.accumulate(group * (LAST_DAY + 1) + end)
    overlaps = latest[:-1] > group[1:] * (LAST_DAY + 1) + start[1:]
    again = (group[1:] == group[:-1]) & overlaps & (start[1:] < end[1:])
    sheet.set_aside(_scattered(rows[1:][again], len(sheet)), check.begins, check.text)


def _unit_slip(sheet: Sheet, check: UnitSlip) -> None:
    """Compare each row with the latest version of the last reading before it."""
    column = sheet.column(check.column)
    rows = np.flatnonzero(sheet.good & np.asarray(column.is_valid()))
    if len(rows) <= 1:
        return
    needed = sheet.values.select([*sheet.table.identity, check.column])
    taken = needed.take(pa.array(rows))
    order = pc.sort_indices(taken, [(name, "ascending") for name in sheet.table.identity])
    taken, rows = taken.take(order), rows[order.to_numpy()]
    key = group_codes([taken[sheet.table.key].combine_chunks()])
    reading = group_codes([taken[c].combine_chunks() for c in (sheet.table.key, "as_of")])
    value = _numbers(taken[check.column].combine_chunks()).astype(np.float64)
    starts = np.flatnonzero(np.diff(reading, prepend=-1))
    before = np.repeat(starts, np.diff(starts, append=len(rows))) - 1
    comparable = (before >= 0) & (key == key[before]) & (value > 0) & (value[before] > 0)
    ratio = value[comparable] / value[before[comparable]]
    times = np.maximum(ratio, 1 / ratio) / float(check.factor)
    give = float(check.give)
    slipped = np.flatnonzero(comparable)[(times >= 1 / give) & (times <= give)]
    sheet.set_aside(_scattered(rows[slipped], len(sheet)), check.column, check.text)
