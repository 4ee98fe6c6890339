"""The files a batch may come in, read as they arrive: NDJSON, CSV, Parquet.

NDJSON holds bodies as for one assessment, with `product` beside where a line says it; CSV and
Parquet hold a column application_id, and may hold a column product. A line that cannot be read
becomes its problem; a file that is none at all is refused.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from features.errors import BadInput
from service.doors.http.wire.arrival import BODY_LIMIT
from service.doors.http.wire.problems import Fault, Problem, ProblemKind
from service.doors.http.wire.strict_json import decode_object
from service.use_cases.batches.files import Line, room_on_disk

NDJSON = "application/x-ndjson"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"

APPLICATION_ID, PRODUCT = "application_id", "product"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_ID = 255
PARQUET_ROWS_AT_ONCE = 4096
LARGEST_COLUMN = 1 << 28
"""Bytes of a Parquet column once it is unpacked; a small file may claim to hold much more."""


class Reader(Protocol):
    """Turns the bytes of a file into the lines of a batch."""

    def feed(self, content: bytes) -> Iterator[Line]:
        """Yield the lines that end in the next bytes."""
        ...

    def end(self) -> Iterator[Line]:
        """Yield the lines that the file's end completes."""
        ...


class _TextLines:
    """Cut bytes into lines; of one that is too long its beginning alone is kept."""

    def __init__(self) -> None:
        self._begun = b""

    def feed(self, content: bytes) -> Iterator[bytes]:
        """Yield the lines that end in the next bytes, without blank ones."""
        first, *others = content.split(b"\n")
        self._grow(first)
        for other in others:
            yield from self.end()
            self._grow(other)

    def end(self) -> Iterator[bytes]:
        """Yield the line that the file's end completes."""
        line, self._begun = self._begun.rstrip(b"\r"), b""
        if line.strip():
            yield line

    def _grow(self, content: bytes) -> None:
        self._begun += content[: BODY_LIMIT + 1 - len(self._begun)]


class NdjsonReader:
    """Bodies of assessments, one a line."""

    def __init__(self) -> None:
        self._lines = _TextLines()

    def feed(self, content: bytes) -> Iterator[Line]:
        """Yield the lines that end in the next bytes."""
        return map(_json_line, self._lines.feed(content))

    def end(self) -> Iterator[Line]:
        """Yield the line that the file's end completes."""
        return map(_json_line, self._lines.end())


class CsvReader:
    """Applications of the book, one a row below a heading."""

    def __init__(self) -> None:
        self._lines = _TextLines()
        self._heading: list[str] | None = None

    def feed(self, content: bytes) -> Iterator[Line]:
        """Yield the rows that end in the next bytes."""
        return self._rows(self._lines.feed(content))

    def end(self) -> Iterator[Line]:
        """Yield the row that the file's end completes."""
        yield from self._rows(self._lines.end())
        if self._heading is None:
            _check_heading([])

    def _rows(self, lines: Iterator[bytes]) -> Iterator[Line]:
        for content in lines:
            if self._heading is None:
                self._heading = _cells(content.removeprefix(BYTE_ORDER_MARK))
                _check_heading(self._heading)
            else:
                yield _csv_line(self._heading, content)


class ParquetReader:
    """Applications of the book, one a row; the file is read once it is whole.

    Parameters
    ----------
    folder
        Where it lies until then, without a name.
    """

    def __init__(self, folder: Path) -> None:
        with room_on_disk():
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - `end` closes it

    def feed(self, content: bytes) -> Iterator[Line]:
        """Keep the next bytes; a Parquet file cannot be read before its end."""
        with room_on_disk():
            self._file.write(content)
        return iter(())

    def end(self) -> Iterator[Line]:
        """Yield the rows."""
        with self._file:
            try:
                yield from _parquet_lines(self._file)
            except (pa.ArrowException, OSError, UnicodeDecodeError) as fault:
                reason = str(fault).partition("\n")[0][:200]
                said = f"无法读取 Parquet · this is no readable Parquet file ({reason})"
                raise BadInput(said) from fault


READERS: dict[str, Callable[[Path], Reader]] = {
    NDJSON: lambda folder: NdjsonReader(),
    CSV: lambda folder: CsvReader(),
    PARQUET: ParquetReader,
}
"""Makes a reader, given a folder for what cannot be read as it arrives."""


def _json_line(content: bytes) -> Line:
    try:
        if len(content) > BODY_LIMIT:
            detail = f"一行不得超过 {BODY_LIMIT} 字节 · a line has at most {BODY_LIMIT} bytes"
            raise Problem(ProblemKind.TOO_LARGE, detail)
        body = decode_object(content)
        product = body.pop(PRODUCT, None)
        if product is not None and not isinstance(product, str):
            raise _bad(PRODUCT, "应为文本 · must be a text")
    except Problem as problem:
        return Line(problem=problem.document())
    return Line(product, body)


def _csv_line(heading: Sequence[str], content: bytes) -> Line:
    try:
        cells = _cells(content)
        if len(cells) != len(heading):
            raise _bad("", f"应有 {len(heading)} 格 · must have {len(heading)} cells")
    except Problem as problem:
        return Line(problem=problem.document())
    return _subject_line(dict(zip(heading, cells, strict=True)))


def _subject_line(row: dict[str, Any]) -> Line:
    key, product = row[APPLICATION_ID], row.get(PRODUCT)
    if not key or len(key) > LONGEST_ID or not key.isprintable():
        rule = f"应有 1-{LONGEST_ID} 个可见字符 · must have 1-{LONGEST_ID} printable characters"
        return Line(problem=_bad(APPLICATION_ID, rule).document())
    return Line(product or None, {"subject": {"kind": "application", "id": key}})


def _cells(content: bytes) -> list[str]:
    if len(content) > BODY_LIMIT:
        raise _bad("", f"一行不得超过 {BODY_LIMIT} 字节 · a line has at most {BODY_LIMIT} bytes")
    try:
        return [cell.strip() for cell in next(csv.reader([content.decode()], strict=True))]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise _bad("", "不是 UTF-8 的 CSV 行 · is no line of CSV in UTF-8") from fault


def _check_heading(names: Sequence[str]) -> None:
    """Refuse a file that does not name its applications, or holds what nobody would read."""
    if APPLICATION_ID not in names:
        raise BadInput("缺少此列 · this column is needed", field=APPLICATION_ID)
    for place, name in enumerate(names):
        if name not in (APPLICATION_ID, PRODUCT) or name in names[:place]:
            raise BadInput("未知或重复的列 · unknown or repeated column", field=name)


def _parquet_lines(file: Any) -> Iterator[Line]:
    """Yield a file's rows; text that stands in many rows is held once."""
    said = pq.ParquetFile(file)
    _check_columns(said.schema_arrow)
    _refuse_bloated(said.metadata)
    opened = pq.ParquetFile(file, metadata=said.metadata, read_dictionary=said.schema_arrow.names)
    for some in opened.iter_batches(PARQUET_ROWS_AT_ONCE):
        for cells in zip(*some.columns, strict=True):
            values = (cell.as_py() for cell in cells)
            yield _subject_line(dict(zip(some.schema.names, values, strict=True)))


def _check_columns(schema: pa.Schema) -> None:
    _check_heading(schema.names)
    for field in schema:
        if not _is_text(field.type):
            raise BadInput("应为文本列 · must be a column of text", field=field.name)


def _is_text(kind: pa.DataType) -> bool:
    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(held) or pa.types.is_large_string(held))


def _refuse_bloated(metadata: pq.FileMetaData) -> None:
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    columns = (group.column(i) for group in groups for i in range(group.num_columns))
    if any(column.total_uncompressed_size > LARGEST_COLUMN for column in columns):
        raise BadInput("解压后过大，请分多个行组 · unpacks to too much; use smaller row groups")


def _bad(field: str, rule: str) -> Problem:
    detail = f"{field}: {rule}" if field else rule
    return Problem(ProblemKind.BAD_INPUT, detail, faults=[Fault(field, None, rule)])
