"""A red line as it stands for one county on one day, read from the effective policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import Protocol

from features.canonical import canonical_json, sha256_hex
from features.schema import Cadence
from risk.red_lines.grain import GRAINS, Grain
from risk.red_lines.limit import Document, Limit
from risk.red_lines.state import Level


@dataclass(frozen=True)
class Record:
    """A raw record that a column is read from.

    Attributes
    ----------
    cadence
        How often a reading is due; None = it never goes stale.
    disputed
        Column of the flag that says the record is in dispute: what is read from it is unknown.
    """

    cadence: Cadence | None
    disputed: str

    @classmethod
    def of(cls, row: Document) -> Record:
        """Read a record of the effective policy."""
        return cls(row["cadence"] and Cadence(**row["cadence"]), row["disputed"])


@dataclass(frozen=True)
class Input:
    """A column that a line reads.

    Attributes
    ----------
    unit
        Name of a grain.
    records
        Raw records it comes from, as a frame's provenance names them.
    """

    name: str
    unit: str
    records: Mapping[str, Record]

    @classmethod
    def of(cls, name: str, row: Document) -> Input:
        """Read an input of the effective policy."""
        records = {record: Record.of(said) for record, said in row["records"].items()}
        return cls(name, row["unit"], records)

    @cached_property
    def grain(self) -> Grain:
        """Return the grain of its unit."""
        return GRAINS[self.unit]


@dataclass(frozen=True)
class Condition:
    """A duty that goes with a lawful act: shown where the column `when` is there."""

    when: str
    text: Mapping[str, str]
    expiry: str | None = None

    @classmethod
    def of(cls, row: Document) -> Condition:
        """Read a condition of the effective policy."""
        return cls(row["when"], row["text"], row.get("expiry"))


@dataclass(frozen=True)
class Test:
    """One comparison: `over ÷ under`, a value, or a flag, against one limit a level.

    Every kind is judged as a ÷ b against p/q in integers: a is `over` times `factor_over`, b is
    `under` times `factor_under`, or `factor_under` alone for a value.
    """

    __test__ = False

    id: str
    kind: str
    over: Input
    under: Input | None
    is_burden: bool
    high_is_bad: bool
    applies_when: str | None
    limits: tuple[Limit, ...]
    conditions: tuple[Condition, ...]
    reported: tuple[Input, Input] | None = None
    """The unadjusted figures shown beside a ratio; they decide nothing."""

    @classmethod
    def of(cls, row: Document, inputs: Mapping[str, Input]) -> Test:
        """Read a test of the effective policy."""
        return cls(
            row["id"],
            row["kind"],
            inputs[row["over"]],
            inputs[row["under"]] if "under" in row else None,
            row.get("under_is") == "burden",
            row.get("bad", "high") == "high",
            row.get("applies_when"),
            tuple(sorted(map(Limit.of, row["limits"]), key=lambda limit: limit.level)),
            tuple(map(Condition.of, row.get("conditions", ()))),
            _reported(row, inputs),
        )

    @cached_property
    def factors(self) -> tuple[int, int]:
        """Return what `over` and `under` are multiplied by, so that both count the same unit."""
        if self.under is None:
            return 1, self.over.grain.scale
        over, under = self.over.grain.scale, self.under.grain.scale
        common = gcd(over, under)
        return under // common, over // common

    @cached_property
    def beyond_at(self) -> bool:
        """Return whether standing exactly at the limit is beyond it."""
        return self.kind != "ratio" and self.over.grain.beyond_at

    @cached_property
    def formula(self) -> str:
        """Return the quotient or value in the names of the columns."""
        return self.over.name if self.under is None else f"{self.over.name} ÷ {self.under.name}"

    @cached_property
    def binding(self) -> int:
        """Return the place of the limit that headroom is measured to: breach, else the mildest."""
        levels = [limit.level for limit in self.limits]
        return levels.index(Level.BREACH) if Level.BREACH in levels else 0

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """Return the names of the two sides, or of the value."""
        return (self.over.name,) + (() if self.under is None else (self.under.name,))

    @cached_property
    def judged(self) -> tuple[str, ...]:
        """Return every column that the test's state follows from, its sides first."""
        names = [*self.sides]
        names += [name for limit in self.limits for name in limit.columns()]
        names += [self.applies_when] if self.applies_when else []
        return tuple(dict.fromkeys(names))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Return every column the test reads, those it is judged by first."""
        names = [*self.judged]
        names += [condition.when for condition in self.conditions]
        names += [condition.expiry for condition in self.conditions if condition.expiry]
        names += [given.name for given in self.reported or ()]
        return tuple(dict.fromkeys(names))


def _reported(row: Document, inputs: Mapping[str, Input]) -> tuple[Input, Input] | None:
    names = row.get("reported")
    return None if names is None else (inputs[names["over"]], inputs[names["under"]])


@dataclass(frozen=True)
class RedLine:
    """A line in force.

    Attributes
    ----------
    inside
        Id of the line at which its finding is told; None = its own.
    content
        Its whole effective text, whose hash is `rule_version`.
    """

    id: str
    title: Mapping[str, str]
    subject: str
    severity: str
    clause: Mapping[str, str]
    action: Mapping[str, str]
    inputs: Mapping[str, Input]
    tests: tuple[Test, ...]
    inside: str | None
    content: Document

    @classmethod
    def of(cls, content: Document) -> RedLine:
        """Read a line of the effective policy."""
        inputs = {name: Input.of(name, row) for name, row in content["inputs"].items()}
        return cls(
            content["id"],
            content["title"],
            content["subject"],
            content["severity"],
            content["clause"],
            content["action"],
            inputs,
            tuple(Test.of(row, inputs) for row in content["tests"]),
            content.get("inside"),
            content,
        )

    @cached_property
    def rule_version(self) -> str:
        """Return the sha256 of the line's effective content."""
        return sha256_hex(canonical_json(self.content))

    def sides(self) -> tuple[str, ...]:
        """Return every column that judging takes: of tests, limits, conditions and disputes."""
        records = (given.records for given in self.inputs.values())
        disputed = (record.disputed for read in records for record in read.values())
        return tuple(dict.fromkeys((*self.inputs, *disputed)))


class RuleBook(Protocol):
    """What the judge reads of an effective policy."""

    @property
    def sha256(self) -> str:
        """Hash of the effective policy."""

    @property
    def red_lines(self) -> Mapping[str, RedLine]:
        """Lines by id."""

    @property
    def grace_days(self) -> int:
        """Days after its next reading was due on which a reading is stale."""
