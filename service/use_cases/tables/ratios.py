"""Leverage and liquidity of any table of statements, with the verdicts of RL-01 … RL-07."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from features.errors import BadInput
from features.point_in_time import evaluate
from risk.files import EffectivePolicy, Policy
from risk.red_lines import State, Verdicts, judge
from risk.red_lines.columns import Column
from risk.red_lines.rule import Input, RedLine
from risk.red_lines.table import decimals, figures
from service.use_cases.tables.statement_map import StatementMap
from service.use_cases.tables.statements import Statements, read_table, statements

LINES = tuple(f"RL-{number:02d}" for number in range(1, 8))
SUBJECT = "cooperative"
WHOLE_UNITS = ("count", "days", "months", "rank")
SUFFIXES = (".parquet", ".csv", ".csv.gz")


@dataclass(frozen=True)
class Ratios:
    """Statements, their sides and verdicts.

    Attributes
    ----------
    table
        One row per statement in the order of the input (design 11.11).
    outside
        Our column to how many values were outside the dictionary's range and read as missing.
    """

    table: pa.Table
    verdicts: Verdicts
    outside: Mapping[str, int]

    def counts(self) -> dict[str, dict[str, int]]:
        """Return per line how many statements are in each state that occurs."""
        return {
            rule: {
                state.word: int((codes == state).sum())
                for state in State
                if (codes == state).any()
            }
            for rule, codes in self.verdicts.codes.items()
        }

    def write(self, path: Path) -> None:
        """Write the table as its suffix says.

        Raises
        ------
        BadInput
            Where the suffix is none of ours.
        """
        name = path.name
        if name.endswith(".parquet"):
            pq.write_table(self.table, path)
        elif name.endswith(".csv.gz"):
            with pa.CompressedOutputStream(str(path), "gzip") as stream:
                pcsv.write_csv(self.table, stream)
        elif name.endswith(".csv"):
            pcsv.write_csv(self.table, path)
        else:
            raise BadInput(
                "须以 · must end in " + ", ".join(SUFFIXES), field="-o", value=str(path)
            )


def ratios_of(
    path: Path, mapping: StatementMap | None, policy: Policy, today: EffectivePolicy
) -> Ratios:
    """Return leverage and liquidity of a table of statements, each row judged on its own day.

    The limits are those of `today`, as if they had always been in force, and no reading is stale.

    Raises
    ------
    BadInput
        Naming what cannot be read.
    """
    read = statements(read_table(path), mapping, path.name)
    lines = [today.red_lines[id] for id in LINES if id in today.red_lines]
    wanted = list(dict.fromkeys(name for line in lines for name in line.sides()))
    frame = evaluate(read.book, SUBJECT, wanted, at=None, parameters=policy.parameters())
    verdicts = judge(frame, today, [line.id for line in lines], stale=False)
    return Ratios(_table(read, verdicts, lines), verdicts, read.outside)


def _table(read: Statements, verdicts: Verdicts, lines: list[RedLine]) -> pa.Table:
    """Return subject, day, sides and verdicts in the order of the input."""
    inputs = {
        side.name: side
        for line in lines
        for test in line.tests
        for side in (test.over, test.under)
        if side is not None
    }
    frame = verdicts.frame
    columns: dict[str, pa.Array] = {
        "subject": pa.array(frame.keys, pa.string()),
        "as_of": pa.array(frame.as_of.astype("datetime64[D]")),
    }
    columns |= {name: _shown(verdicts.columns[side], side) for name, side in inputs.items()}
    words = pa.array([state.word for state in State])
    for line in lines:
        seen = figures(line, verdicts.columns)
        name = line.id.replace("-", "_")
        columns[f"{name}_state"] = words.take(pa.array(verdicts.states(line.id)))
        columns[f"{name}_value"] = pa.array(seen.value, mask=np.isnan(seen.value))
        columns[f"{name}_headroom"] = seen.headroom.cast(_kind(line.tests[0].over))
    back = np.empty(len(read.order), dtype=np.int64)
    back[read.order] = np.arange(len(read.order))
    return pa.table(columns).take(pa.array(back))


def _shown(column: Column, side: Input) -> pa.Array:
    absent = column.missing | column.infinite
    return decimals(column.whole.values, absent, side.grain).cast(_kind(side))


def _kind(side: Input) -> pa.DataType:
    """Return the Arrow type of a side in an answer: money stays exact."""
    if side.unit == "fen":
        return pa.decimal128(18, 2)
    return pa.int64() if side.unit in WHOLE_UNITS else pa.float64()
