"""Lines compiled together: what one subject's row is read into, and what each line makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, timedelta
from functools import cached_property

from features.frame import MISSING_DAY, Frame
from risk.red_lines.program import Grains, Values, compile_test
from risk.red_lines.rule import Input, RedLine
from risk.red_lines.staleness import one_stale_from
from risk.red_lines.verdict import EPOCH, Reading, Verdict


class Panel:
    """Some lines over one flat list of columns.

    Parameters
    ----------
    lines
        Lines of one subject.
    kind
        What verdicts call the subject.
    grace_days
        Days after which a reading is stale; None = never.
    """

    def __init__(self, lines: Sequence[RedLine], kind: str, grace_days: int | None) -> None:
        self.kind = kind
        self.inputs = {name: given for line in lines for name, given in line.inputs.items()}
        records = {
            name: record
            for given in self.inputs.values()
            for name, record in given.records.items()
        }
        self.disputed = [(name, record.disputed) for name, record in records.items()]
        self._grace_days = grace_days or 0
        self._cadences = [
            (name, record.cadence)
            for name, record in records.items()
            if record.cadence is not None and grace_days is not None
        ]
        judged = dict.fromkeys(name for line in lines for t in line.tests for name in t.judged)
        place = {name: at for at, name in enumerate(judged)}
        self._columns = [(name, self.inputs[name].grain.multiplier) for name in judged]
        self._records = [frozenset(self.inputs[name].records) for name in judged]
        self._programs = [
            (line, [compile_test(test, place) for test in line.tests]) for line in lines
        ]

    def judge(self, frame: Frame, row: int, policy: str) -> list[Verdict]:
        """Return the verdict of each line on one row, with the hash of its policy."""
        read = Row(self, frame, row, self._argued(frame, row), self._old(frame, row))
        values = self._values(read)
        verdicts = []
        for line, programs in self._programs:
            found = tuple([program(values) for program in programs])
            state = found[0][0] if len(found) == 1 else max(found)[0]
            verdicts.append(Verdict(line, state, found, read, policy))
        return verdicts

    def _values(self, row: Row) -> Values:
        """Return whole grains in the order of places; None from a record that is of no use."""
        columns, at = row.frame.columns, row.at
        values: list[Grains] = []
        for name, multiplier in self._columns:
            column = columns.get(name)
            values.append(None if column is None else grains(column.item(at), multiplier))
        if not row.useless:
            return values
        return [
            value if row.useless.isdisjoint(records) else None
            for value, records in zip(values, self._records, strict=True)
        ]

    def _argued(self, frame: Frame, row: int) -> set[str]:
        """Return the records in dispute."""
        columns = frame.columns
        return {
            name
            for name, flag in self.disputed
            if flag in columns and columns[flag].item(row) == 1
        }

    def _old(self, frame: Frame, row: int) -> set[str]:
        """Return the records whose reading is too old on the row's own day."""
        old = set()
        for name, cadence in self._cadences:
            read = frame.provenance.get(name)
            day = MISSING_DAY if read is None else read.as_of.item(row)
            if day != MISSING_DAY and frame.as_of.item(row) >= one_stale_from(
                day, cadence, self._grace_days
            ):
                old.add(name)
        return old


NONE: frozenset[str] = frozenset()


def grains(number: float, multiplier: int) -> Grains:
    """Return a value of a frame in whole grains, half-even; None where missing.

    Examples
    --------
    >>> grains(2.5, 1), grains(float("nan"), 1), grains(float("inf"), 1)
    (2, None, inf)
    """
    if number != number:
        return None
    try:
        return round(number * multiplier)
    except OverflowError:
        return number


class Row:
    """One row of a frame as the judge reads it; no dataclass, since one is made for each subject.

    Parameters
    ----------
    argued, old
        Records in dispute, or too old.
    """

    def __init__(
        self, panel: Panel, frame: Frame, at: int, argued: set[str], old: set[str]
    ) -> None:
        self.panel = panel
        self.frame = frame
        self.at = at
        self.argued = argued
        self.old = old
        self.useless = argued | old if argued or old else NONE

    @property
    def subject(self) -> tuple[str, str]:
        """Return kind and id."""
        return self.panel.kind, self.frame.keys[self.at]

    @property
    def as_of(self) -> date:
        """Return the day the row is judged on."""
        return EPOCH + timedelta(days=self.frame.as_of.item(self.at))

    @cached_property
    def seen(self) -> Mapping[str, Grains]:
        """Return whole grains by column as read, old and disputed ones too."""
        return {name: self._read(given) for name, given in self.panel.inputs.items()}

    def _read(self, given: Input) -> Grains:
        values = self.frame.columns.get(given.name)
        return None if values is None else grains(values.item(self.at), given.grain.multiplier)

    @cached_property
    def values(self) -> Mapping[str, Grains]:
        """Return the same; None where missing, too old or in dispute."""
        return {**self.seen, **dict.fromkeys(self._read_from(self.useless))}

    @property
    def stale(self) -> frozenset[str]:
        """Return the columns that had a value which was too old."""
        return self._read_from(self.old)

    @property
    def disputed(self) -> frozenset[str]:
        """Return the columns that had a value in dispute."""
        return self._read_from(self.argued)

    def _read_from(self, records: Set[str]) -> frozenset[str]:
        return frozenset(
            name
            for name, given in self.panel.inputs.items()
            if self.seen[name] is not None and not records.isdisjoint(given.records)
        )

    @cached_property
    def readings(self) -> Mapping[str, Reading]:
        """Return the raw records by the name provenance gives them."""
        found = {}
        for name, _ in self.panel.disputed:
            read = self.frame.provenance.get(name)
            if read is not None and read.as_of[self.at] != MISSING_DAY:
                known = read.known_at[self.at].astype("datetime64[us]").item()
                found[name] = Reading(read.as_of.item(self.at), known, read.source[self.at])
        return found
