"""Files: the tables of a folder, Parquet or CSV, as they came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.contracts.headings import nearest
from features.contracts.sheet import CellFault, Raw
from features.dictionary import Dictionary
from features.errors import BadInput

SUFFIXES = (".parquet", ".csv.gz", ".csv")
EMPTY_FILE = "文件为空 · the file is empty"
NOT_UTF8 = "编码不是UTF-8，请另存为“CSV UTF-8（逗号分隔）” · not UTF-8: save it as CSV UTF-8"
NO_TABLES = "没有任何表（.parquet、.csv、.csv.gz） · no table is here (.parquet, .csv, .csv.gz)"

_HEAD_BYTES = 1 << 16
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
WRONG_WIDTH = "单元格数不符，表头列数为 · wrong number of cells, the heading has"


def raw_tables(folder: Path, dictionary: Dictionary) -> dict[str, Raw]:
    """Return each table of a folder under its name; names that start with `_` are no tables.

    Raises
    ------
    BadInput
        Where the folder holds no table, two files of one table, a file of an unknown name, or one
        that cannot be read.
    """
    found = dict(_table_files(folder, dictionary))
    if not found:
        raise BadInput(NO_TABLES, where=str(folder))
    return {name: read_file(path) for name, path in found.items()}


def _table_files(folder: Path, dictionary: Dictionary) -> Iterator[tuple[str, Path]]:
    if not folder.is_dir():
        raise BadInput("没有这个文件夹 · no such folder", where=str(folder))
    known = [table.name for table in dictionary.all_tables]
    seen: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        suffix = next((s for s in SUFFIXES if path.name.lower().endswith(s)), None)
        if suffix is None or path.name.startswith("_") or not path.is_file():
            continue
        name = path.name[: -len(suffix)]
        if name not in known:
            raise BadInput(f"未知的表 · unknown table{nearest(name, known)}", where=path.name)
        if name in seen:
            raise BadInput(f"同一表有两个文件 · the same table as {seen[name]}", where=path.name)
        seen[name] = path.name
        yield name, path


def read_file(path: Path) -> Raw:
    """Return the table of one file: Parquet with its types, CSV as texts.

    Raises
    ------
    BadInput
        On a file that is empty, not Parquet, not UTF-8 or not CSV.
    """
    if path.stat().st_size == 0:
        raise BadInput(EMPTY_FILE, where=path.name)
    if path.name.lower().endswith(".parquet"):
        return Raw(_read_parquet(path))
    return _read_csv(path)


def _read_parquet(path: Path) -> pa.Table:
    try:
        return pq.read_table(path, partitioning=None)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput(
            f"不是Parquet文件 · not a Parquet file: {error}", where=path.name
        ) from error


def _read_csv(path: Path) -> Raw:
    headings = _headings(path)
    broken: list[pa_csv.InvalidRow] = []

    def set_aside(row: pa_csv.InvalidRow) -> str:
        broken.append(row)
        return "skip"

    options = {name: pa.string() for name in headings}
    try:
        columns = pa_csv.read_csv(
            path,
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=1 << 24),
            parse_options=pa_csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=set_aside
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=options, strings_can_be_null=False, check_utf8=True
            ),
        )
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        rule = NOT_UTF8 if "utf" in str(error).lower() else f"不是CSV · not CSV: {error}"
        raise BadInput(rule, where=path.name) from error
    return _numbered(_without_blank_column(columns), broken)


def _headings(path: Path) -> list[str]:
    """Return the headings, so that every column is read as text; duplicates stay visible."""
    try:
        with pa.input_stream(str(path)) as stream:
            head = bytes(stream.read(_HEAD_BYTES))
    except OSError as error:
        raise BadInput(f"读不出 · unreadable: {error}", where=path.name) from error
    if not head.strip():
        raise BadInput(EMPTY_FILE, where=path.name)
    if head.startswith(_UTF16):
        raise BadInput(NOT_UTF8, where=path.name)
    first = head.split(b"\n", 1)[0]
    try:
        first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(NOT_UTF8, where=path.name) from error
    parsed = pa_csv.read_csv(
        pa.BufferReader(first + b"\n"),
        read_options=pa_csv.ReadOptions(autogenerate_column_names=True),
        convert_options=pa_csv.ConvertOptions(strings_can_be_null=False),
    )
    return [str(column[0].as_py()) for column in parsed.columns]


def _without_blank_column(columns: pa.Table) -> pa.Table:
    """Drop columns without heading and without cells: what a trailing comma leaves behind."""
    kept = [
        place
        for place, heading in enumerate(columns.column_names)
        if heading.strip() or pc.any(pc.not_equal(columns.column(place), "")).as_py()
    ]
    return columns.select(kept)


def _numbered(columns: pa.Table, broken: list[pa_csv.InvalidRow]) -> Raw:
    """Return the records, numbered as in the file; blank lines go, broken ones are faults."""
    numbers = np.arange(1, columns.num_rows + len(broken) + 1)
    lost = np.array([row.number - 1 for row in broken], dtype=np.int64)
    numbers = np.concatenate([np.delete(numbers, lost - 1), lost])
    filled = ~_blank(columns)
    kept = columns if filled.all() else columns.filter(pa.array(filled))
    if not broken:
        return Raw(kept, numbers[filled])
    rule = f"{WRONG_WIDTH} {broken[0].expected_columns}"
    faults = tuple(
        CellFault(kept.num_rows + place, "", str(row.actual_columns), rule)
        for place, row in enumerate(broken)
    )
    empty = [pa.nulls(len(broken), field.type) for field in kept.schema]
    whole = pa.concat_tables([kept, pa.table(empty, schema=kept.schema)])
    return Raw(whole, numbers[np.append(filled, np.ones(len(broken), dtype=np.bool_))], faults)


def _blank(columns: pa.Table) -> NDArray[np.bool_]:
    blank = np.ones(columns.num_rows, dtype=np.bool_)
    for column in columns.columns:
        if not blank.any():
            break
        blank &= pc.equal(column, "").to_numpy()
    return blank
