"""The limits of one test: a dated row a level, absolute, relative, or a flag's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from risk.files.dated import ASIDE, BASES, DATED, Row, in_force, ordered, read_row, unit_of
from risk.files.strict_yaml import Node

LEVELS = ("warn", "breach", "exit")
PLACES = 6

Effective = Mapping[str, Any]
Overrides = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Limits:
    """The dated rows of one test, by level, the mildest first."""

    high_is_bad: bool
    rows: Mapping[str, tuple[Row, ...]]

    def on(self, day: date, overrides: Overrides) -> list[Effective]:
        """Return the limits in force on a day, a county's own rows before ours."""
        found: list[Effective] = []
        for level, rows in self.rows.items():
            row = in_force(overrides.get(level, ()), day) or in_force(rows, day)
            if row is not None and row.value is not None:
                found.append({"level": level, **row.value})
        return found

    def days(self, overrides: Overrides) -> list[date]:
        """Return every day on which a limit changes."""
        rows = [row for own in (self.rows, overrides) for level in own.values() for row in level]
        return sorted({day for row in rows for day in (row.begins, row.ends) if day is not None})

    def check_order(self, overrides: Overrides, node: Node) -> None:
        """Refuse a level that is not milder than the next one, on any day."""
        for day in self.days(overrides):
            for mild, hard in pairwise(self.on(day, overrides)):
                margins = stricter_by(mild, hard, high_is_bad=self.high_is_bad)
                if margins is not None and not all(margin > 0 for margin in margins):
                    raise node.fault(
                        f"{mild['level']} must be milder than {hard['level']} (from {day})"
                    )


def stricter_by(one: Effective, other: Effective, *, high_is_bad: bool) -> list[Decimal] | None:
    """Return by how much each number of one limit is reached before the other's.

    None where the two cannot be compared: another reference, or other fallbacks.
    """
    pairs = _pairs(one, other)
    if pairs is None:
        return None
    return [later - sooner if high_is_bad else sooner - later for sooner, later in pairs]


def _pairs(one: Effective, other: Effective) -> list[tuple[Decimal, Decimal]] | None:
    if one.get("to") != other.get("to"):
        return None
    key = "at" if "to" not in one else "add"
    numbers = [(one[key], other[key])] if key in one and key in other else []
    here, there = one.get("else", ()), other.get("else", ())
    if [row.get("when") for row in here] != [row.get("when") for row in there]:
        return None
    numbers += [(mine["at"], theirs["at"]) for mine, theirs in zip(here, there, strict=True)]
    return [(Decimal(mine), Decimal(theirs)) for mine, theirs in numbers]


def read_limits(node: Node, *, is_flag: bool, high_is_bad: bool) -> Limits:
    """Return the limits of a test."""
    rows: dict[str, list[Row]] = {}
    for entry in node.items():
        level, row = read_limit(entry, is_flag=is_flag)
        rows.setdefault(level, []).append(row)
    levels = {level: ordered(rows[level]) for level in LEVELS if level in rows}
    limits = Limits(high_is_bad, levels)
    limits.check_order({}, node)
    return limits


def read_limit(node: Node, *, is_flag: bool) -> tuple[str, Row]:
    """Return level and row of one entry; of a flag `at` may only be null, which repeals it."""
    needed = ("level", *DATED) if is_flag else ("level", "at", *DATED)
    row = node.section(needed, (*ASIDE, "at") if is_flag else ASIDE)
    level = row["level"].word(LEVELS)
    value: Mapping[str, object] | None = {}
    if "at" in row:
        if is_flag and not row["at"].is_null():
            raise row["at"].fault("a flag has no number")
        value = read_bound(row["at"])
    return level, read_row(row, value, unit_of(row))


def read_bound(at: Node) -> Mapping[str, object] | None:
    """Return a limit: a quoted decimal, null, `{add, to, else}`, or `{parameter}`."""
    if at.is_null():
        return None
    if not at.is_mapping():
        return {"at": str(at.decimal())}
    if any(key == "parameter" for key, _ in at.pairs()):
        return {"parameter": at.section(("parameter",))["parameter"].text()}
    relative = at.section(("add", "to"), ("else",))
    value: dict[str, object] = {"add": _fine(relative["add"]), "to": relative["to"].text()}
    fallbacks = relative.maybe("else", Node.items)
    if fallbacks is not None:
        value["else"] = [_fallback(entry) for entry in fallbacks]
        for entry, read in zip(fallbacks[:-1], fallbacks, strict=False):
            if "when" not in dict(read.pairs()):
                raise entry.fault("only the last fallback may stand without `when`")
    return value


def _fallback(node: Node) -> dict[str, str]:
    entry = node.section(("at", "basis", "source"), ("when",))
    when = entry.maybe("when", Node.text)
    return {
        "at": _fine(entry["at"]),
        "basis": entry["basis"].word(BASES),
        "source": entry["source"].text(),
        **({} if when is None else {"when": when}),
    }


def _fine(node: Node) -> str:
    number = node.decimal()
    if number != round(number, PLACES):
        raise node.fault(f"has more than {PLACES} decimals")
    return str(number)
