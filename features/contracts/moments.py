"""Moments: dates and instants as people type them, in Asia/Shanghai unless they say otherwise."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.book import INSTANT
from features.schema import MONTHS_A_YEAR

Ints = NDArray[np.int64]

US_A_DAY = 86_400_000_000
SHANGHAI_OFFSET_US = 8 * 3_600_000_000
_ISO_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DATE = r"^(?P<y>[0-9]{4})[-/.年](?P<m>[0-9]{1,2})[-/.月](?P<d>[0-9]{1,2})日?$"
_INSTANT = (
    r"^(?P<date>[^ T]+)(?:[ T]+(?P<h>[01]?[0-9]|2[0-3]):(?P<min>[0-5][0-9])"
    r"(?::(?P<s>[0-5][0-9])(?:\.(?P<frac>[0-9]{1,6}))?)?"
    r" ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)


def read_dates(texts: pa.Array) -> pa.Array:
    """Return date32 of texts such as 2026-03-31, 2026/3/31, 2026年3月31日; null where none is.

    Examples
    --------
    >>> read_dates(pa.array(["2026/3/31", "2026-02-30", None])).to_pylist()
    [datetime.date(2026, 3, 31), None, None]
    """
    try:
        return pc.cast(texts, pa.date32())
    except pa.ArrowInvalid:
        return _dates_by_part(texts)


def _dates_by_part(texts: pa.Array) -> pa.Array:
    parts = pc.extract_regex(texts, _DATE)
    year, month, day = (_whole(pc.struct_field(parts, part)) for part in "ymd")
    months = (year - 1970) * MONTHS_A_YEAR + month - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days = first + day - 1
    valid = np.asarray(parts.is_valid()) & (month >= 1) & (month <= MONTHS_A_YEAR)
    valid &= (day >= 1) & (days < after)
    return pa.array(days.astype(np.int32), pa.int32(), mask=~valid).cast(pa.date32())


def read_instants(texts: pa.Array) -> pa.Array:
    """Return instants of texts: a date and perhaps a time and a zone, else Asia/Shanghai is meant.

    Examples
    --------
    >>> morning = read_instants(pa.array(["2026-03-31 08:00", "2026-03-31T00:00:00Z"]))
    >>> morning[0] == morning[1]
    True
    """
    try:
        wall = pc.cast(texts, pa.timestamp("us")).cast(pa.int64())
        return pc.subtract(wall, SHANGHAI_OFFSET_US).cast(INSTANT)
    except pa.ArrowInvalid:
        return _instants_by_part(texts)


def _instants_by_part(texts: pa.Array) -> pa.Array:
    parts = pc.extract_regex(texts, _INSTANT)
    dates = read_dates(pc.struct_field(parts, "date"))
    hour, minute, second = (_whole(pc.struct_field(parts, part)) for part in ("h", "min", "s"))
    fraction = pc.utf8_rpad(pc.struct_field(parts, "frac"), 6, "0")
    us = ((_days(dates) * 24 + hour) * 60 + minute) * 60 + second
    us = us * 1_000_000 + _whole(fraction) - _offset(pc.struct_field(parts, "zone"))
    missing = ~np.asarray(dates.is_valid())
    return pa.array(us, pa.int64(), mask=missing).cast(INSTANT)


def instant_texts(instants: pa.Array) -> pa.Array:
    """Return ISO 8601 texts in Asia/Shanghai, whole seconds without a fraction.

    Examples
    --------
    >>> instant_texts(read_instants(pa.array(["2026-03-31T00:00:00Z", None]))).to_pylist()
    ['2026-03-31T08:00:00+08:00', None]
    """
    local = pc.add(instants.cast(pa.int64()), SHANGHAI_OFFSET_US).cast(pa.timestamp("us"))
    texts = pc.replace_substring_regex(local.cast(pa.string()), r"\.000000$", "")
    return pc.binary_join_element_wise(pc.replace_substring(texts, " ", "T"), "+08:00", "")


def days_of(instants: pa.Array) -> pa.Array:
    """Return the day in Asia/Shanghai on which each instant falls, as int32 days since 1970."""
    local = pc.add(instants.cast(pa.int64()), SHANGHAI_OFFSET_US)
    days = pc.fill_null(local, 0).to_numpy() // US_A_DAY
    return pa.array(days.astype(np.int32), mask=np.asarray(local.is_null()))


def _days(dates: pa.Array) -> Ints:
    days: Ints = pc.fill_null(dates.cast(pa.int32()), 0).to_numpy().astype(np.int64)
    return days


def _whole(texts: pa.Array) -> Ints:
    given = pc.if_else(pc.equal(texts, ""), None, texts)
    whole: Ints = pc.fill_null(pc.cast(given, pa.int64()), 0).to_numpy()
    return whole


def _offset(zones: pa.Array) -> Ints:
    """Return microseconds east of Greenwich; no zone is Asia/Shanghai."""
    coded = pc.fill_null(zones, "").dictionary_encode()
    known = np.array([_zone_us(zone) for zone in coded.dictionary.to_pylist()], dtype=np.int64)
    offsets: Ints = known[coded.indices.to_numpy()]
    return offsets


def _zone_us(zone: str) -> int:
    match zone:
        case "":
            return SHANGHAI_OFFSET_US
        case "Z":
            return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return (-1 if zone[0] == "-" else 1) * minutes * 60_000_000
