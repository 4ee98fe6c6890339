"""Lines made in a line, for tests of the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.frame import Frame
from risk.files.cases import Alone
from risk.red_lines import RedLine

QUARTER = {"months": 3, "due_days": 30, "due_months": 0}
STATEMENT = {"cooperative": {"cadence": QUARTER, "disputed": "quality__disputed"}}
TODAY = 20543
"""2026-03-31."""

Limit = Mapping[str, Any]


def limit(level: str, at: str | None, **more: object) -> Limit:
    number = {} if at is None else {"at": at}
    return {"level": level, "basis": "EXPERT", "source": "panel", **number, **more}


def relative(level: str, add: str, *fallbacks: Mapping[str, str]) -> Limit:
    stands = {"basis": "ANALOG", "source": "elsewhere"}
    others = [{**stands, **fallback} for fallback in fallbacks]
    return {**limit(level, None), "add": add, "to": "benchmark", "else": others}


def ratio(bad: str, under_is: str, *limits: Limit, **more: object) -> dict[str, Any]:
    sides = {"kind": "ratio", "over": "over", "under": "under"}
    return {"id": "t1", **sides, "bad": bad, "under_is": under_is, "limits": limits, **more}


def value(bad: str, *limits: Limit, **more: object) -> dict[str, Any]:
    return {"id": "t1", "kind": "value", "over": "over", "bad": bad, "limits": limits, **more}


def flag(level: str) -> dict[str, Any]:
    return {"id": "t1", "kind": "flag", "over": "over", "limits": [limit(level, None)]}


@dataclass(frozen=True)
class Book:
    """A rule book of some lines."""

    red_lines: Mapping[str, RedLine]
    sha256: str = ""
    grace_days: int = 15


def book(*lines: Mapping[str, Any]) -> Book:
    """Return a rule book of several lines: `line(...)`'s content with keys changed."""
    base = line().line.content
    made = [RedLine.of({**base, **changed}) for changed in lines]
    return Book({red.id: red for red in made})


def line(*tests: Mapping[str, Any], **units: str) -> Alone:
    """Return a rule book of one line; a column counts 分 unless `units` says otherwise."""
    known = {"over": "fen", "under": "fen", "benchmark": "ratio", "kind": "flag", "holds": "flag"}
    inputs = {
        name: {"unit": unit, "records": STATEMENT} for name, unit in {**known, **units}.items()
    }
    content = {
        "id": "RL-90",
        "title": {"zh": "试", "en": "trial"},
        "subject": "cooperative",
        "severity": "R",
        "clause": {"document": "d", "article": "a"},
        "action": {"zh": "停", "en": "stop"},
        "cure": [],
        "inputs": inputs,
        "tests": tests,
    }
    return Alone(RedLine.of(content), grace_days=15)


def frame(columns: Mapping[str, Sequence[float]]) -> Frame:
    arrays = {name: np.array(values, dtype=np.float64) for name, values in columns.items()}
    rows = len(next(iter(arrays.values())))
    return Frame("cooperative", [f"C{i}" for i in range(rows)], np.full(rows, TODAY), arrays)
