"""Any table as float64 and text columns, with a target that says what is bad."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from numpy.typing import NDArray
from pyarrow import csv, parquet

from features.errors import BadInput

SECONDS_A_DAY = 86_400.0
LARGEST_BLOCK = 2**31 - 1
MISSING_WORDS = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"]


def read_columns(path: Path, like: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return a Parquet, CSV or CSV.gz table as columns of float64 (NaN = missing) and text.

    Numbers, booleans, dates (days since 1970) and times become float64; text and categories stay
    text, None where missing. With `like`, the columns of that frame must be there and take its
    kinds.

    Raises
    ------
    BadInput
        Where the file is absent, unreadable or empty, or a column is of no such kind.
    """
    table = _read(path)
    if table.num_rows == 0:
        raise BadInput("the table has no row", where=path.name)
    names = table.column_names
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise BadInput("stands twice in the table", where=path.name, field=doubled)
    columns = {name: _column(table[name], name, path.name) for name in names}
    frame = pd.DataFrame(columns)
    return frame if like is None else _alike(frame, like, path.name)


def _read(path: Path) -> pa.Table:
    if not path.is_file():
        raise BadInput("no such file", where=str(path))
    if path.stat().st_size == 0:
        raise BadInput("the file is empty", where=path.name)
    try:
        if path.suffix == ".parquet":
            return parquet.read_table(path)
        if path.suffixes[-1:] == [".csv"] or path.suffixes[-2:] == [".csv", ".gz"]:
            return _read_csv(path)
    except (pa.ArrowInvalid, OSError) as fault:
        raise BadInput(f"cannot be read: {fault}", where=path.name) from fault
    raise BadInput("a table is .parquet, .csv or .csv.gz", where=path.name)


def _read_csv(path: Path) -> pa.Table:
    """Return the table, read as one block: Arrow takes a column's kind from its first block."""
    with pa.input_stream(str(path), compression="detect") as stream:
        content = stream.read()
    return csv.read_csv(
        pa.BufferReader(content),
        read_options=csv.ReadOptions(block_size=min(len(content) + 1, LARGEST_BLOCK)),
        convert_options=csv.ConvertOptions(null_values=MISSING_WORDS, strings_can_be_null=True),
    )


def _column(column: pa.ChunkedArray, name: str, where: str) -> NDArray[np.generic]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.combine_chunks().dictionary_decode()
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return np.asarray(column.to_pylist(), dtype=object)
    if pa.types.is_timestamp(kind) or pa.types.is_date64(kind):
        column = column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
        column = pc.divide(column.cast(pa.float64()), SECONDS_A_DAY)
    if pa.types.is_date32(kind):
        column = column.cast(pa.int32())
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    if pa.types.is_binary(kind):
        raise BadInput("cannot be read as text in UTF-8", where=where, field=name)
    try:
        numbers = pc.cast(column, pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
        raise BadInput(f"a column of {kind} is no feature", where=where, field=name) from fault
    return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def _alike(frame: pd.DataFrame, like: pd.DataFrame, where: str) -> pd.DataFrame:
    for name in like.columns:
        if name not in frame.columns:
            raise BadInput("a column of the training table is missing", where=where, field=name)
        text = like[name].dtype != np.float64
        if text and frame[name].dtype == np.float64:
            whole = frame[name].map(lambda x: None if np.isnan(x) else f"{x:.15g}")
            frame[name] = whole.astype(object)
        elif not text and frame[name].dtype != np.float64:
            if frame[name].notna().any():
                raise BadInput("is text here, a number in training", where=where, field=name)
            frame[name] = np.nan
    return frame


@dataclass(frozen=True)
class TargetRule:
    """Which column is the outcome and which value of it is bad (None: 1 or true)."""

    column: str
    bad: str | None = None


def outcomes(table: pd.DataFrame, rule: TargetRule, where: str) -> NDArray[np.bool_]:
    """Return (n,) outcomes, True = bad.

    Raises
    ------
    BadInput
        Where the column is absent, a row has none, a value is neither good nor bad, or all rows
        are of one class.
    """
    if rule.column not in table.columns:
        raise BadInput("the table has no such target", where=where, field=rule.column)
    target = table[rule.column]
    missing = int(target.isna().sum())
    if missing:
        raise BadInput(f"{missing} rows have no target", where=where, field=rule.column)
    bad = _is_bad(target, rule, where)
    if bad.all() or not bad.any():
        which = "bad" if bad.all() else "good"
        raise BadInput(f"every row is {which}: one class", where=where, field=rule.column)
    return bad


def _is_bad(target: pd.Series, rule: TargetRule, where: str) -> NDArray[np.bool_]:
    words = target.map(_word).astype(str)
    if rule.bad is not None:
        return (words == _word(rule.bad)).to_numpy()
    unknown = words[~words.isin(["0", "1"])]
    if len(unknown):
        rule_text = "a target is 0/1 or true/false, or --bad names the bad value"
        raise BadInput(rule_text, where=where, field=rule.column, value=str(unknown.iloc[0]))
    return (words == "1").to_numpy()


def _word(value: object) -> str:
    text = str(value).strip()
    truth = {"true": "1", "false": "0"}.get(text.lower())
    if truth is not None:
        return truth
    try:
        return f"{float(text):.15g}"
    except ValueError:
        return text


def read_signs(path: Path, columns: Iterable[str]) -> dict[str, int]:
    """Return column to +1 or -1 from a YAML file.

    Raises
    ------
    BadInput
        Where the file is no such map, or names a column the table has not.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise BadInput(f"cannot be read: {fault}", where=str(path)) from fault
    if not isinstance(content, dict):
        raise BadInput("signs are a map of column: +1 | -1", where=path.name)
    known = set(columns)
    for name, sign in content.items():
        if name not in known:
            raise BadInput("no such column in the table", where=path.name, field=str(name))
        if sign not in (1, -1) or isinstance(sign, bool):
            raise BadInput("a sign is +1 or -1", where=path.name, field=name, value=str(sign))
    return {str(name): int(sign) for name, sign in content.items()}
