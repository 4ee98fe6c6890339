"""A verdict: what a line says of one subject, with every number needed to recompute it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from math import isinf

from risk.red_lines.grain import MILLIONTH, Grain
from risk.red_lines.rule import Input, RedLine, State
from risk.red_lines.scalar import Grains, LimitSeen, TestSeen

EPOCH = date(1970, 1, 1)
SHANGHAI = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Reading:
    """The record of one raw table that a subject was judged on; `day` counts from 1970-01-01."""

    day: int
    known_at: datetime | None
    source: str

    def document(self) -> dict[str, object]:
        """Return the keys an input shows of its record."""
        local = None if self.known_at is None else self.known_at.replace(tzinfo=UTC)
        return {
            "as_of": (EPOCH + timedelta(days=self.day)).isoformat(),
            "known_at": None if local is None else local.astimezone(SHANGHAI).isoformat(),
            "source": self.source,
        }


def shown(grain: Grain, value: Grains) -> str | None:
    """Return whole grains as the text of a document; nothing where missing or infinite."""
    if value is None or isinf(value):
        return None
    if grain.unit == "date":
        return (EPOCH + timedelta(days=int(value))).isoformat()
    return f"{grain.shown(int(value)):f}"


def quotient(seen: TestSeen) -> str | None:
    """Return over ÷ under to 6 places, half-even, for display; a value as it is."""
    test, over, under = seen.test, seen.over, seen.under
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
    subject
        Kind and id.
    tests
        Each test with its own state; the worst holds.
    missing, stale
        Columns that had no value where one was needed, and those of them that were too old.
    readings
        Raw records by the name provenance gives them.
    policy
        Hash of the effective policy.
    """

    rule: RedLine
    subject: tuple[str, str]
    as_of: date
    state: State
    tests: tuple[TestSeen, ...]
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    values: Mapping[str, Grains]
    readings: Mapping[str, Reading]
    policy: str

    @property
    def known_at(self) -> datetime | None:
        """Return the instant of the latest record the line read."""
        used = {name for given in self.rule.inputs.values() for name in given.records}
        known = (self.readings[name].known_at for name in used if name in self.readings)
        return max((at for at in known if at is not None), default=None)

    def document(self) -> dict[str, object]:
        """Return the verdict with the keys of design section 9."""
        rule, known_at = self.rule, self.known_at
        local = None if known_at is None else known_at.replace(tzinfo=UTC).astimezone(SHANGHAI)
        return {
            "rule": rule.id,
            "title": rule.title,
            "subject": {"kind": self.subject[0], "id": self.subject[1]},
            "as_of": self.as_of.isoformat(),
            "known_at": None if local is None else local.isoformat(),
            "state": self.state.word,
            "severity": rule.severity,
            "tests": [self._test(seen) for seen in self.tests],
            "conditions": self._conditions(),
            "rule_version": f"sha256:{rule.rule_version}",
            "clause": rule.clause,
            "action": rule.action,
            "missing": list(self.missing),
            "stale": list(self.stale),
            "policy": f"sha256:{self.policy}",
        }

    def _test(self, seen: TestSeen) -> dict[str, object]:
        test = seen.test
        room = None if seen.headroom is None else shown(test.over.grain, seen.headroom)
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
            "value": quotient(seen),
            "limits": [limit_document(limit, is_flag=is_flag) for limit in seen.limits],
            "headroom": room,
            "inputs": [self._input(self.rule.inputs[name]) for name in test.columns],
        }

    def _input(self, given: Input) -> dict[str, object]:
        blank: dict[str, object] = {"as_of": None, "known_at": None, "source": None}
        records = [self.readings[name] for name in given.records if name in self.readings]
        return {
            "name": given.name,
            "value": shown(given.grain, self.values.get(given.name)),
            "unit": given.grain.unit,
            **(records[0].document() if records else blank),
        }

    def _conditions(self) -> list[dict[str, object]]:
        if self.state is not State.PASS:
            return []
        return [
            {
                "text": condition.text,
                "doc": condition.when,
                "expiry": self._expiry(condition.expiry),
            }
            for seen in self.tests
            for condition in seen.test.conditions
            if self.values.get(condition.when)
        ]

    def _expiry(self, column: str | None) -> str | None:
        if column is None:
            return None
        return shown(self.rule.inputs[column].grain, self.values.get(column))
