"""Judge one subject, in Python integers: half a microsecond a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isinf, isnan

from features.errors import BadInput
from features.frame import MISSING_DAY, Frame
from risk.red_lines.rule import Input, Record, RedLine, RuleBook
from risk.red_lines.scalar import Grains, judge_test
from risk.red_lines.staleness import one_stale_from
from risk.red_lines.subjects import kind_of, subject_of_table
from risk.red_lines.verdict import EPOCH, Reading, Verdict


@dataclass(frozen=True)
class Row:
    """One row of a frame as the judge reads it.

    Attributes
    ----------
    values
        Whole grains of each column; None where missing, too old or in dispute.
    seen
        The same as read, old and disputed ones too.
    stale, disputed
        Columns that had a value which was too old, or in dispute.
    readings
        Raw records by the name provenance gives them.
    """

    subject: tuple[str, str]
    as_of: date
    values: Mapping[str, Grains]
    seen: Mapping[str, Grains]
    stale: frozenset[str]
    disputed: frozenset[str]
    readings: Mapping[str, Reading]


def row_of(
    frame: Frame,
    row: int,
    lines: Sequence[RedLine],
    grace_days: int | None,
    subject: str | None = None,
) -> Row:
    """Read what some lines need of one row; with `grace_days` None nothing is stale."""
    inputs = {name: given for line in lines for name, given in line.inputs.items()}
    records = {name: record for given in inputs.values() for name, record in given.records.items()}
    readings = _readings(frame, row, records)
    day = int(frame.as_of[row])
    old = {
        name
        for name, record in records.items()
        if grace_days is not None
        and record.cadence is not None
        and name in readings
        and day >= one_stale_from(readings[name].day, record.cadence, grace_days)
    }
    argued = {name for name, record in records.items() if _holds(frame, row, record.disputed)}
    seen = {name: _grains(frame, row, given) for name, given in inputs.items()}
    stale = _read_from(inputs, seen, old)
    disputed = _read_from(inputs, seen, argued)
    values = seen | dict.fromkeys(stale | disputed) if stale or disputed else seen
    when = EPOCH + timedelta(days=day)
    kind = kind_of(frame.subject, subject or subject_of_table(frame.subject))
    return Row((kind, frame.keys[row]), when, values, seen, stale, disputed, readings)


def _readings(frame: Frame, row: int, records: Mapping[str, Record]) -> dict[str, Reading]:
    readings = {}
    for name in records:
        read = frame.provenance.get(name)
        if read is not None and read.as_of[row] != MISSING_DAY:
            known = read.known_at[row].astype("datetime64[us]").item()
            readings[name] = Reading(int(read.as_of[row]), known, read.source[row])
    return readings


def _holds(frame: Frame, row: int, flag: str) -> bool:
    """Return whether a flag is there and raised."""
    values = frame.columns.get(flag)
    return values is not None and float(values[row]) == 1


def _grains(frame: Frame, row: int, given: Input) -> Grains:
    values = frame.columns.get(given.name)
    if values is None:
        return None
    number = float(values[row])
    if isnan(number):
        return None
    return number if isinf(number) else round(number * given.grain.multiplier)


def _read_from(
    inputs: Mapping[str, Input], values: Mapping[str, Grains], records: set[str]
) -> frozenset[str]:
    """Return the columns with a value that was read from any of the records."""
    if not records:
        return frozenset()
    return frozenset(
        name
        for name, given in inputs.items()
        if values[name] is not None and not records.isdisjoint(given.records)
    )


def judge_line(rule: RedLine, row: Row, policy: str) -> Verdict:
    """Return the verdict of one line."""
    tests = tuple([judge_test(test, row.values.__getitem__) for test in rule.tests])
    state = max([seen.state for seen in tests])
    return Verdict(rule, state, tests, row, policy)


def lines_of(
    frame: Frame, policy: RuleBook, rules: Sequence[str] | None, subject: str | None
) -> list[RedLine]:
    """Return the lines that judge a frame, all or those named, in the order of their ids.

    Where its rows stand for a subject of another table, only lines whose columns it has.

    Raises
    ------
    BadInput
        Where a named line is not in the policy.
    """
    lines = policy.red_lines
    for id in rules or ():
        if id not in lines:
            raise BadInput("无此红线 · no such red line", field="rule", value=id)
    wanted = sorted(lines) if rules is None else rules
    judged = subject_of_table(frame.subject) if subject is None else subject
    own = [lines[id] for id in wanted if lines[id].subject == judged]
    if kind_of(frame.subject, judged) == judged:
        return own
    return [line for line in own if frame.columns.keys() >= line.inputs.keys()]


def judge_one(
    frame: Frame,
    policy: RuleBook,
    rules: Sequence[str] | None = None,
    *,
    row: int = 0,
    stale: bool = True,
    subject: str | None = None,
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
    subject
        The policy's subject that the frame stands for; that of its table by default.
    """
    lines = lines_of(frame, policy, rules, subject)
    read = row_of(frame, row, lines, policy.grace_days if stale else None, subject)
    return [judge_line(line, read, policy.sha256) for line in lines]
