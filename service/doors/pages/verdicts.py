"""Verdicts as a page shows them: by state, and each at a glance by the test that decides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risk.red_lines.findings import SEVERITIES
from service.doors.pages.features import written

OPEN = ("breach", "warn", "unknown")
FOLDED = ("pass", "not_applicable", "not_in_force")

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """The verdicts of one state, the gravest lines first."""

    state: str
    verdicts: Sequence[Document]

    @property
    def is_folded(self) -> bool:
        """Return whether the group is shown folded."""
        return self.state in FOLDED


def groups_of(verdicts: Sequence[Document]) -> list[Group]:
    """Return the verdicts by state, the worst first; a state without any is left out."""
    found = []
    for state in (*OPEN, *FOLDED):
        own = [verdict for verdict in verdicts if verdict["state"] == state]
        if own:
            found.append(Group(state, sorted(own, key=_gravity)))
    return found


def telling(verdict: Document) -> Document:
    """Return the test that decides a verdict: the first one in its state."""
    tests: Sequence[Document] = verdict["tests"]
    return next((test for test in tests if test["state"] == verdict["state"]), tests[0])


def told_value(test: Document) -> str:
    """Return a test's value in its unit, as a person reads it."""
    return written(_unit(test), test["value"])


def limit_of(test: Document, limit: Document) -> str:
    """Return a limit in its test's unit, as a person reads it.

    Examples
    --------
    >>> limit_of({"inputs": [{"unit": "days"}]}, {"at": "30"})
    '30 天'
    """
    return written(_unit(test), limit["at"])


def _unit(test: Document) -> str:
    unit: str = test["inputs"][0]["unit"]
    return "ratio" if "over" in test else unit


def _gravity(verdict: Document) -> tuple[int, str]:
    return SEVERITIES.index(verdict["severity"]), verdict["rule"]
