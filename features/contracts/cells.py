"""Cells: a raw column, text or typed, becomes a column of the dictionary's type.

A cell that cannot be read becomes null and a fault; the whole column is refused only where its
type cannot hold the dictionary's values at all (money as a float, an id as a number).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.book import ARROW_TYPES, MONEY
from features.contracts.identifiers import Flags, identity_numbers, social_credit_codes
from features.contracts.texts import NOT_FINITE, flags_of, read_texts
from features.contracts.typed import read_typed
from features.dictionary import Column, Kind

PERSON = "疑似身份证号，不得明文存储 · looks like an identity number, never kept in clear"
BAD_CODE = "统一社会信用代码或其校验位有误 · not a social credit code (GB 32100)"
BAD_DATE = "日期不在1900至2200年间 · a date outside 1900 … 2200"

FIRST_DAY, LAST_DAY = (np.datetime64(day).astype(int) for day in ("1900-01-01", "2200-12-31"))
LARGEST_MONEY = Decimal(9 * 10**13)
LARGEST_COUNT = Decimal(2**53)


@dataclass(frozen=True)
class Cells:
    """A read column.

    Attributes
    ----------
    values
        n values of the dictionary's Arrow type, null where missing or at fault.
    faults
        Rule to the n flags of the rows that break it.
    """

    values: pa.Array
    faults: Mapping[str, Flags]


def read_cells(column: Column, raw: pa.Array) -> Cells:
    """Return a raw column as the dictionary's type, with the faults of its cells.

    Raises
    ------
    BadInput
        Where the column's own type cannot hold the dictionary's kind.
    """
    if pa.types.is_dictionary(raw.type):
        raw = raw.cast(raw.type.value_type)
    if pa.types.is_null(raw.type):
        return Cells(pa.nulls(len(raw), ARROW_TYPES[column.kind]), {})
    is_text = pa.types.is_string(raw.type) or pa.types.is_large_string(raw.type)
    values, unread = read_texts(column, raw) if is_text else read_typed(column, raw)
    if pa.types.is_floating(values.type):
        infinite = flags_of(pc.invert(pc.is_finite(values)))
        unread[NOT_FINITE] = unread.get(NOT_FINITE, False) | infinite
        values = pc.if_else(pa.array(infinite), pa.scalar(None, values.type), values)
    found = [*unread.items(), *_impossible(column, values)]
    faults = {rule: rows for rule, rows in found if rows.any()}
    if faults:
        at_fault = functools.reduce(np.logical_or, faults.values())
        values = pc.if_else(pa.array(at_fault), pa.scalar(None, values.type), values)
    return Cells(values, faults)


def _impossible(column: Column, values: pa.Array) -> Iterator[tuple[str, Flags]]:
    """Yield the rules of the column's range and form with the rows that break them."""
    match column.kind:
        case Kind.TEXT:
            yield PERSON, identity_numbers(values)
            if column.form == "social_credit_code":
                given = np.asarray(values.is_valid())
                yield BAD_CODE, given & ~social_credit_codes(values)
        case Kind.DATE:
            days = values.cast(pa.int32())
            outside = pc.or_(pc.less(days, FIRST_DAY), pc.greater(days, LAST_DAY))
            yield BAD_DATE, flags_of(outside)
        case Kind.MONEY | Kind.RATIO | Kind.AREA | Kind.COUNT | Kind.NUMBER:
            yield from _outside(column, values)
        case _:
            return


def _outside(column: Column, values: pa.Array) -> Iterator[tuple[str, Flags]]:
    extremes = pc.min_max(values)
    least, most = (extremes[name].as_py() for name in ("min", "max"))
    if least is None:
        return
    largest = LARGEST_MONEY if values.type == MONEY else LARGEST_COUNT
    if not pa.types.is_floating(values.type) and max(-least, most) > largest:
        beyond = pc.greater(pc.abs(values), pa.scalar(largest).cast(values.type))
        yield f"绝对值不得超过 {largest} · beyond ±{largest}", flags_of(beyond)
    low, high = column.minimum, column.maximum
    if low is not None and least < low:
        bound = pa.scalar(low).cast(values.type)
        yield f"不得小于 {low} · below {low}", flags_of(pc.less(values, bound))
    if high is not None and most > high:
        bound = pa.scalar(high).cast(values.type)
        yield f"不得大于 {high} · above {high}", flags_of(pc.greater(values, bound))
