"""Findings: what the verdicts of a subject come to, a child line told at its parent's (7.0.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from risk.red_lines.state import State
from risk.red_lines.verdict import Verdict

BAD = (State.WARN, State.BREACH)
SEVERITIES = ("R", "O", "Y")


def findings(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return one finding for each line that warns or is in breach, the gravest first.

    A line that stands inside another is told at its parent where that is at least as bad.

    Parameters
    ----------
    verdicts
        Verdicts of one subject or of several, on one day.

    Returns
    -------
    list of dict
        `{subject: {kind, id}, rule, state, severity, also: [child rules]}`, by state, by whether
        an exit opens, by severity, by id.
    """
    bad = {(v.row.subject, v.rule.id): v for v in verdicts if v.state in BAD}
    also: dict[tuple[tuple[str, str], str], list[str]] = {}
    alone: list[Verdict] = []
    for (subject, _), verdict in bad.items():
        parent = bad.get((subject, verdict.rule.inside or ""))
        if parent is not None and parent.state >= verdict.state:
            also.setdefault((subject, parent.rule.id), []).append(verdict.rule.id)
        else:
            alone.append(verdict)
    return [_document(found, also) for found in sorted(alone, key=_gravity)]


def _gravity(verdict: Verdict) -> tuple[object, ...]:
    furthest = max(found.level for found in verdict.found)
    severity = SEVERITIES.index(verdict.rule.severity)
    return -verdict.state, -furthest, severity, verdict.rule.id, verdict.row.subject


def _document(
    verdict: Verdict, also: Mapping[tuple[tuple[str, str], str], list[str]]
) -> dict[str, Any]:
    kind, id = verdict.row.subject
    return {
        "subject": {"kind": kind, "id": id},
        "rule": verdict.rule.id,
        "state": verdict.state.word,
        "severity": verdict.rule.severity,
        "also": sorted(also.get((verdict.row.subject, verdict.rule.id), ())),
    }
