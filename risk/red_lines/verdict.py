"""A verdict: what a line says of one subject, with every number needed to recompute it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property
from math import isinf
from typing import Protocol

from risk.red_lines.grain import MILLIONTH, Grain
from risk.red_lines.limit import LimitSeen
from risk.red_lines.program import Found, Grains
from risk.red_lines.rule import Input, RedLine, Test
from risk.red_lines.scalar import TestSeen, look
from risk.red_lines.state import State

EPOCH = date(1970, 1, 1)
SHANGHAI = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Reading:
    """The record of one raw table that a subject was judged on.

    Attributes
    ----------
    day
        What it describes, in days since 1970-01-01.
    known_at
        When it was learnt, in UTC without saying so.
    """

    day: int
    known_at: datetime | None
    source: str

    def document(self) -> dict[str, object]:
        """Return the keys an input shows of its record."""
        return {
            "as_of": (EPOCH + timedelta(days=self.day)).isoformat(),
            "known_at": instant(self.known_at),
            "source": self.source,
        }


class Judged(Protocol):
    """What a verdict keeps of the row it judged (see `panel.Row`)."""

    @property
    def subject(self) -> tuple[str, str]:
        """Kind and id."""

    @property
    def as_of(self) -> date:
        """Day the row is judged on."""

    @property
    def values(self) -> Mapping[str, Grains]:
        """Whole grains of each column; None where missing, too old or in dispute."""

    @property
    def seen(self) -> Mapping[str, Grains]:
        """Whole grains of each column as read."""

    @property
    def stale(self) -> frozenset[str]:
        """Columns whose value was too old."""

    @property
    def disputed(self) -> frozenset[str]:
        """Columns whose value is in dispute."""

    @property
    def readings(self) -> Mapping[str, Reading]:
        """Raw records by the name provenance gives them."""


class Shown(Protocol):
    """A cure as a verdict shows it (see `risk.cure`)."""

    def document(self) -> dict[str, object]:
        """Return act, amount, state it leads to, other lines it changes, and postings."""


def instant(known_at: datetime | None) -> str | None:
    """Return an instant of UTC as it reads in Shanghai."""
    return (
        None if known_at is None else known_at.replace(tzinfo=UTC).astimezone(SHANGHAI).isoformat()
    )


def shown(grain: Grain, value: Grains) -> str | None:
    """Return whole grains as the text of a document; nothing where missing or infinite."""
    if value is None or isinf(value):
        return None
    if grain.unit == "date":
        return (EPOCH + timedelta(days=int(value))).isoformat()
    return f"{grain.shown(int(value)):f}"


def quotient(test: Test, over: Grains, under: Grains) -> str | None:
    """Return over ÷ under to 6 places, half-even, for display; a value as it is."""
    if test.under is None or over is None or under is None:
        return shown(test.over.grain, over)
    if isinf(over) or isinf(under) or under == 0:
        return None
    factor_over, factor_under = test.factors
    top, bottom = int(over) * factor_over * MILLIONTH, int(under) * factor_under
    if bottom < 0:
        top, bottom = -top, -bottom
    whole, rest = divmod(top, bottom)
    whole += 2 * rest > bottom or (2 * rest == bottom and whole % 2)
    return f"{Decimal(whole).scaleb(-6):f}"


def limit_document(limit: LimitSeen, *, is_flag: bool) -> dict[str, object]:
    """Return a limit with its basis and source; a flag's has no number."""
    at = None
    if limit.fraction is not None and not is_flag:
        p, q = limit.fraction
        at = f"{(Decimal(p) / Decimal(q)).normalize() + 0:f}"
    return {"level": limit.level.word, "at": at, "basis": limit.basis, "source": limit.source}


@dataclass(frozen=True)
class Verdict:
    """What one line says of one subject on one day.

    Attributes
    ----------
    found
        What each test came to; the worst holds.
    row
        What was judged.
    policy
        Hash of the effective policy.
    cures
        Transactions that lead back to pass; None where none were sought.
    """

    rule: RedLine
    state: State
    found: tuple[Found, ...]
    row: Judged
    policy: str
    cures: tuple[Shown, ...] | None = None

    @cached_property
    def tests(self) -> tuple[TestSeen, ...]:
        """Return each test with its own state, its limits and what it lacked."""
        read = self.row.values.__getitem__
        pairs = zip(self.rule.tests, self.found, strict=True)
        return tuple(look(test, found, read) for test, found in pairs)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the columns without a value that made a test unknown."""
        return tuple(dict.fromkeys(name for seen in self.tests for name in seen.missing))

    @property
    def known_at(self) -> datetime | None:
        """Return when the latest record that the line read was learnt, in UTC."""
        used = {name for given in self.rule.inputs.values() for name in given.records}
        read = [self.row.readings[name].known_at for name in used if name in self.row.readings]
        return max((at for at in read if at is not None), default=None)

    def document(self) -> dict[str, object]:
        """Return the verdict with the keys of design section 9."""
        rule, row, missing = self.rule, self.row, self.missing
        sought = {} if self.cures is None else {"cures": [cure.document() for cure in self.cures]}
        return {
            "rule": rule.id,
            "title": rule.title,
            "subject": {"kind": row.subject[0], "id": row.subject[1]},
            "as_of": row.as_of.isoformat(),
            "known_at": instant(self.known_at),
            "state": self.state.word,
            "severity": rule.severity,
            "tests": [self._test(seen) for seen in self.tests],
            "conditions": self._conditions(),
            "rule_version": f"sha256:{rule.rule_version}",
            "clause": rule.clause,
            "action": rule.action,
            **sought,
            "missing": list(missing),
            "stale": [name for name in missing if name in row.stale],
            "disputed": [name for name in missing if name in row.disputed],
            "policy": f"sha256:{self.policy}",
        }

    def _test(self, seen: TestSeen) -> dict[str, object]:
        test = seen.test
        sides: dict[str, object] = {}
        if test.under is not None:
            sides["over"] = shown(test.over.grain, seen.over)
            sides["under"] = shown(test.under.grain, seen.under)
        is_flag = test.kind == "flag"
        return {
            "id": test.id,
            "state": seen.state.word,
            "level": seen.level.word,
            "formula": test.formula,
            **sides,
            "value": quotient(test, seen.over, seen.under),
            **self._reported(test),
            "limits": [limit_document(limit, is_flag=is_flag) for limit in seen.limits],
            "headroom": shown(test.over.grain, seen.headroom),
            "inputs": [self._input(self.rule.inputs[name]) for name in test.columns],
        }

    def _reported(self, test: Test) -> dict[str, object]:
        """Return the unadjusted figures that stand beside a ratio."""
        if test.reported is None:
            return {}
        over, under = (self.row.seen.get(given.name) for given in test.reported)
        return {
            "reported": {
                "over": shown(test.reported[0].grain, over),
                "under": shown(test.reported[1].grain, under),
                "value": None if under is None else quotient(test, over, under),
            }
        }

    def _input(self, given: Input) -> dict[str, object]:
        readings = self.row.readings
        records = [readings[name] for name in given.records if name in readings]
        blank: dict[str, object] = {"as_of": None, "known_at": None, "source": None}
        return {
            "name": given.name,
            "value": shown(given.grain, self.row.seen.get(given.name)),
            "unit": given.grain.unit,
            **(records[0].document() if records else blank),
        }

    def _conditions(self) -> list[dict[str, object]]:
        """Return the duties that go with a lawful act: only a pass has them."""
        if self.state is not State.PASS:
            return []
        values, inputs = self.row.values, self.rule.inputs
        return [
            {
                "text": condition.text,
                "doc": condition.when,
                "expiry": condition.expiry
                and shown(inputs[condition.expiry].grain, values.get(condition.expiry)),
            }
            for seen in self.tests
            for condition in seen.test.conditions
            if values.get(condition.when)
        ]
