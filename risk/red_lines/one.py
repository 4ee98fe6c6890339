"""Judge one subject, in Python integers: half a microsecond a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isinf, isnan

import numpy as np

from features.frame import MISSING_DAY, Frame
from features.schema import Cadence
from risk.red_lines.rule import RedLine, RuleBook
from risk.red_lines.scalar import Grains, judge_test
from risk.red_lines.staleness import one_stale_from
from risk.red_lines.verdict import EPOCH, Reading, Verdict


@dataclass(frozen=True)
class Row:
    """One row of a frame as the judge reads it.

    Attributes
    ----------
    readings
        Raw records by the name provenance gives them.
    grace_days
        Days after its next reading was due on which a reading is stale; None: nothing is.
    """

    subject: tuple[str, str]
    as_of: int
    floats: Mapping[str, float]
    readings: Mapping[str, Reading]
    grace_days: int | None

    def is_stale(self, records: Mapping[str, Cadence | None]) -> bool:
        """Return whether any of the records is too old on the row's own day."""
        if self.grace_days is None:
            return False
        return any(
            self.as_of >= one_stale_from(self.readings[name].day, cadence, self.grace_days)
            for name, cadence in records.items()
            if cadence is not None and name in self.readings
        )


def row_of(frame: Frame, row: int, grace_days: int | None, names: Sequence[str]) -> Row:
    """Read one row of a frame."""
    readings = {}
    for record, read in frame.provenance.items():
        if read.as_of[row] == MISSING_DAY:
            continue
        known = read.known_at[row]
        instant = None if np.isnat(known) else known.astype("datetime64[us]").item()
        assert instant is None or isinstance(instant, datetime)
        readings[record] = Reading(int(read.as_of[row]), instant, read.source[row])
    columns = frame.columns
    floats = {name: float(columns[name][row]) for name in names if name in columns}
    return Row(
        (frame.subject, frame.keys[row]), int(frame.as_of[row]), floats, readings, grace_days
    )


def judge_line(rule: RedLine, row: Row, policy: str) -> Verdict:
    """Return the verdict of one line."""
    values: dict[str, Grains] = {}
    stale: list[str] = []
    for name, given in rule.inputs.items():
        number = row.floats.get(name)
        if number is None or isnan(number):
            values[name] = None
        elif row.is_stale(given.records):
            values[name] = None
            stale.append(name)
        else:
            values[name] = number if isinf(number) else round(number * given.grain.multiplier)
    tests = tuple(judge_test(test, values.__getitem__) for test in rule.tests)
    missing = tuple(dict.fromkeys(name for seen in tests for name in seen.missing))
    return Verdict(
        rule,
        row.subject,
        EPOCH + timedelta(days=row.as_of),
        max(seen.state for seen in tests),
        tests,
        missing,
        tuple(name for name in stale if name in missing),
        values,
        row.readings,
        policy,
    )


def lines_of(policy: RuleBook, subject: str, rules: Sequence[str] | None) -> list[RedLine]:
    """Return the lines that judge a subject, all or those named, in the order of their ids."""
    wanted = sorted(policy.red_lines) if rules is None else rules
    return [policy.red_lines[id] for id in wanted if policy.red_lines[id].subject == subject]


def judge_one(
    frame: Frame,
    policy: RuleBook,
    rules: Sequence[str] | None = None,
    *,
    row: int = 0,
    stale: bool = True,
) -> list[Verdict]:
    """Return the verdicts on one row of a frame.

    Parameters
    ----------
    frame
        Judged rows of one subject; a column it lacks is missing.
    policy
        Effective policy; its lines for another subject are left out.
    rules
        Ids of the lines; None for all.
    row
        Which row.
    stale
        Whether an old reading is missing.
    """
    lines = lines_of(policy, frame.subject, rules)
    names = list(dict.fromkeys(name for line in lines for name in line.inputs))
    read = row_of(frame, row, policy.grace_days if stale else None, names)
    return [judge_line(line, read, policy.sha256) for line in lines]
