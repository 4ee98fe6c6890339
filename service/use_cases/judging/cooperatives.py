"""How each cooperative of a book stands: its findings counted by severity, the gravest named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from risk.red_lines import State
from risk.red_lines.findings import SEVERITIES, findings
from service.use_cases.judging.homes import homes_of
from service.use_cases.judging.red_lines import Judged

COOPERATIVE = "cooperative"


@dataclass(frozen=True)
class CooperativeLine:
    """A cooperative as a list shows it.

    Attributes
    ----------
    county
        County code; empty where it has none.
    reported_on
        Period's end of its latest statement.
    breaches
        Severity to findings in breach, a child line told at its parent.
    warned, unknown
        Findings that warn; lines that could not be judged.
    gravest
        Findings, the gravest first: `{rule, title: {zh, en}, state, severity, also}`.
    """

    coop_id: str
    county: str
    reported_on: date | None
    breaches: Mapping[str, int]
    warned: int
    unknown: int
    gravest: Sequence[Mapping[str, Any]]


def standing(judged: Judged) -> list[CooperativeLine]:
    """Return each judged cooperative, the gravest first."""
    verdicts = [
        part.verdict(rule, row)
        for part in judged.parts
        for row in range(len(part.frame))
        for rule in part.lines
    ]
    titles = {verdict.rule.id: verdict.rule.title for verdict in verdicts}
    homes = homes_of(judged.book, COOPERATIVE)
    reported = latest_statements(judged)
    found: dict[str, list[Mapping[str, Any]]] = {}
    for finding in findings(verdicts):
        told = {**finding, "title": titles[finding["rule"]]}
        found.setdefault(finding["subject"]["id"], []).append(told)
    unknown = Counter(v.row.subject[1] for v in verdicts if v.state is State.UNKNOWN)
    keys = {verdict.row.subject[1] for verdict in verdicts}
    lines = [
        _line(key, homes.get(key, ""), reported.get(key), found.get(key, []), unknown[key])
        for key in keys
    ]
    return sorted(lines, key=_gravity)


def latest_statements(judged: Judged) -> dict[str, date]:
    """Return the period's end of each cooperative's latest statement in the book."""
    rows = judged.book.tables[COOPERATIVE]
    pairs = zip(rows["coop_id"].to_pylist(), rows["as_of"].to_pylist(), strict=True)
    latest: dict[str, date] = {}
    for key, day in pairs:
        latest[key] = max(day, latest.get(key, day))
    return latest


def _line(
    key: str, home: str, day: date | None, told: list[Mapping[str, Any]], unknown: int
) -> CooperativeLine:
    breached = Counter(f["severity"] for f in told if f["state"] == State.BREACH.word)
    breaches = {severity: breached[severity] for severity in SEVERITIES}
    warned = len(told) - breached.total()
    return CooperativeLine(key, home, day, breaches, warned, unknown, told)


def _gravity(line: CooperativeLine) -> tuple[object, ...]:
    return *(-count for count in line.breaches.values()), -line.warned, -line.unknown, line.coop_id
