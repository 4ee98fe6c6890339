"""Typed columns: what Parquet may hold for each kind, and what it may not."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from features.book import INSTANT, MONEY
from features.contracts.identifiers import Flags
from features.contracts.moments import SHANGHAI_OFFSET_US
from features.contracts.texts import NOT_COUNT, NOT_DATE, NOT_FINITE, NOT_MONEY, flags_of
from features.dictionary import Column, Kind
from features.errors import BadInput

is_type = pa.types

_EXPECTED = {
    Kind.MONEY: "decimal128(18, 2)",
    Kind.RATIO: "double",
    Kind.AREA: "double",
    Kind.NUMBER: "double",
    Kind.COUNT: "int64",
    Kind.DATE: "date32",
    Kind.TEXT: "string",
    Kind.ENUM: "string",
    Kind.FLAG: "bool",
    Kind.INSTANT: "timestamp",
}


def read_typed(column: Column, raw: pa.Array) -> tuple[pa.Array, dict[str, Flags]]:
    """Return a typed column as the dictionary's type, and for each rule the rows that break it.

    Raises
    ------
    BadInput
        Where the type cannot hold the kind: money that is no decimal, an id that is a number.
    """
    kind, found = column.kind, raw.type
    if kind is Kind.MONEY and is_type.is_decimal(found):
        return _exactly(raw, MONEY, NOT_MONEY)
    if kind in (Kind.RATIO, Kind.AREA, Kind.NUMBER) and _is_number(found):
        return pc.cast(raw, pa.float64(), safe=False), {}
    if kind is Kind.COUNT and _is_number(found):
        return _counts(raw)
    if kind is Kind.DATE and (is_type.is_date(found) or is_type.is_timestamp(found)):
        return _exactly(_local(raw), pa.date32(), NOT_DATE)
    if kind is Kind.INSTANT and (is_type.is_date(found) or is_type.is_timestamp(found)):
        return _instants(raw), {}
    if kind is Kind.FLAG and is_type.is_boolean(found):
        return raw, {}
    rule = f"类型应为 {_EXPECTED[kind]}，而非 {found} · {_EXPECTED[kind]} is expected, not {found}"
    raise BadInput(rule, field=column.name)


def _is_number(kind: pa.DataType) -> bool:
    return bool(is_type.is_integer(kind) or is_type.is_floating(kind) or is_type.is_decimal(kind))


def _counts(raw: pa.Array) -> tuple[pa.Array, dict[str, Flags]]:
    if not is_type.is_floating(raw.type):
        return _exactly(raw, pa.int64(), NOT_COUNT)
    finite = pc.is_finite(raw)
    values, faults = _exactly(
        pc.if_else(finite, raw, pa.scalar(None, raw.type)), pa.int64(), NOT_COUNT
    )
    return values, {**faults, NOT_FINITE: flags_of(pc.invert(finite))}


def _exactly(raw: pa.Array, kind: pa.DataType, rule: str) -> tuple[pa.Array, dict[str, Flags]]:
    """Return the cast; values that it would change are null and at fault."""
    try:
        return pc.cast(raw, kind), {}
    except pa.ArrowInvalid:
        pass
    values = pc.cast(raw, kind, safe=False)
    back = pc.cast(values, raw.type, safe=False)
    kept = pc.fill_null(pc.equal(back, raw), True)
    changed: Flags = ~kept.to_numpy(zero_copy_only=False)
    return pc.if_else(kept, values, pa.scalar(None, kind)), {rule: changed}


def _local(raw: pa.Array) -> pa.Array:
    """Return timestamps as the wall clock of Asia/Shanghai, dates as they are."""
    if not is_type.is_timestamp(raw.type):
        return raw
    us = pc.cast(raw, pa.timestamp("us", tz=raw.type.tz), safe=False).cast(pa.int64())
    offset = SHANGHAI_OFFSET_US if raw.type.tz else 0
    return pc.add(us, offset).cast(pa.timestamp("us"))


def _instants(raw: pa.Array) -> pa.Array:
    """Return instants; a date or a time without zone is meant in Asia/Shanghai."""
    tz = raw.type.tz if is_type.is_timestamp(raw.type) else None
    us = pc.cast(raw, pa.timestamp("us", tz=tz), safe=False).cast(pa.int64())
    return pc.subtract(us, 0 if tz else SHANGHAI_OFFSET_US).cast(INSTANT)
