"""Faults: what was set aside, columnar, with identity values masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from features.typed import APART

SCHEMA = pa.schema(
    [
        ("table", pa.string()),
        ("row", pa.int64()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("rule", pa.string()),
    ]
)
LONGEST_VALUE = 80
_GAP = f"{APART}{{0,2}}"
_IDENTITY_DIGITS = f"[0-9０-９](?:{_GAP}[0-9０-９]){{13,}}{_GAP}[0-9０-９XxＸｘ]"
_FORMULA = r"^([=@\t\r]|[+-][^0-9.])"


def masked(values: pa.Array) -> pa.Array:
    """Return texts of which the first two characters are left: enough to find, not to know.

    Examples
    --------
    >>> masked(pa.array(["HH000123", None])).to_pylist()
    ['HH***', None]
    """
    head = pc.utf8_slice_codeunits(values, 0, 2)
    return pc.binary_join_element_wise(head, "***", "")


@dataclass(frozen=True)
class Faults:
    """Every fault found, one row a fault; a row of a table may have several.

    Attributes
    ----------
    rows
        table, row (1 = the first record), field, value as it was given, rule.
    """

    rows: pa.Table

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def counts(self) -> Mapping[str, int]:
        """Return how many rows of each table are set aside; tables without any are not named."""
        pairs = self.rows.group_by(["table", "row"], use_threads=False).aggregate([])
        found = pairs.group_by("table", use_threads=False).aggregate([([], "count_all")])
        return dict(zip(*(found[c].to_pylist() for c in ("table", "count_all")), strict=True))

    def by_rule(self) -> list[dict[str, object]]:
        """Return table, field, rule and the number of their faults, the most frequent first."""
        keys = ["table", "field", "rule"]
        found = self.rows.group_by(keys, use_threads=False).aggregate([([], "count_all")])
        found = found.rename_columns([*keys, "faults"])
        order = [("faults", "descending"), *((key, "ascending") for key in keys)]
        listed: list[dict[str, object]] = found.sort_by(order).to_pylist()
        return listed

    def write_csv(self, path: Path) -> None:
        """Write the quarantine file, UTF-8 with the mark by which spreadsheets know it."""
        value = self.rows["value"].combine_chunks()
        harmless = pc.if_else(
            pc.fill_null(pc.match_substring_regex(value, _FORMULA), False),
            pc.binary_join_element_wise("'", value, ""),
            value,
        )
        shown = self.rows.set_column(SCHEMA.get_field_index("value"), "value", harmless)
        with path.open("wb") as file:
            file.write(b"\xef\xbb\xbf")
            pa_csv.write_csv(shown, file)


class FaultLog:
    """Collects faults column by column."""

    def __init__(self) -> None:
        self._parts: list[pa.Table] = []

    def add(
        self,
        table: str,
        rows: NDArray[np.int64],
        field: str,
        rule: str,
        values: pa.Array | None = None,
        *,
        identity: bool = False,
    ) -> None:
        """Note a fault on each of `rows` (record numbers), with the values seen there."""
        if not len(rows):
            return
        seen = pa.nulls(len(rows), pa.string()) if values is None else shown(values, identity)
        same = [
            pa.repeat(pa.scalar(text, pa.string()), len(rows)) for text in (table, field, rule)
        ]
        columns = [same[0], pa.array(rows, pa.int64()), same[1], seen, same[2]]
        self._parts.append(pa.table(columns, schema=SCHEMA))

    def faults(self) -> Faults:
        """Return all of them by table and row."""
        rows = pa.concat_tables(self._parts or [SCHEMA.empty_table()])
        tables = list(dict.fromkeys(rows["table"].to_pylist())) if len(self._parts) else []
        place = pc.index_in(rows["table"], value_set=pa.array(tables, pa.string()))
        keys = pa.table({"place": place, "row": rows["row"]})
        order = pc.sort_indices(keys, [("place", "ascending"), ("row", "ascending")])
        return Faults(rows.take(order))


def shown(values: pa.Array, identity: bool) -> pa.Array:
    """Return values as short texts that name no person."""
    texts = values.cast(pa.string())
    if identity:
        return masked(texts)
    texts = pc.replace_substring_regex(texts, _IDENTITY_DIGITS, "***")
    return pc.utf8_slice_codeunits(texts, 0, LONGEST_VALUE)
