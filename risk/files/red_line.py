"""A red-line file: one line of policy, strictly read, with its dated limits and its cases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from risk.files.catalogue import Known
from risk.files.cures import read_cures
from risk.files.dated import Row, in_force, numbers
from risk.files.limits import Overrides
from risk.files.line_test import ASIDES, TestFile, clause, inputs_of, read_test
from risk.files.strict_yaml import Node, bilingual
from risk.files.told import Case, read_case

SUBJECTS = (
    "cooperative",
    "project",
    "developer",
    "resource",
    "loan",
    "county",
    "guarantee_body",
    "bank",
)
SEVERITIES = ("R", "O", "Y")
ID = re.compile(r"[A-Z]{1,4}-\d{1,3}[a-z]?")
REQUIRED = ("id", "title", "subject", "clause", "severity", "tests", "action", "cases")

Changes = Mapping[str, Overrides]
"""A county's own rows of one file: test id to level to rows, and `parameters` to name to rows."""


@dataclass(frozen=True)
class RedLineFile:
    """One red-line file.

    Attributes
    ----------
    fixed
        What of the effective content does not change by date.
    parameters
        Names this file owns, each with its dated rows.
    """

    id: str
    fixed: Mapping[str, Any]
    tests: tuple[TestFile, ...]
    parameters: Mapping[str, tuple[Row, ...]]
    cases: tuple[Case, ...]
    node: Node

    def on(self, day: date, changes: Changes) -> dict[str, Any]:
        """Return the effective content of the line on a day, a county's own rows before ours."""
        own = changes.get("parameters", {})
        values = {
            name: in_force(own.get(name, ()), day) or in_force(rows, day)
            for name, rows in self.parameters.items()
        }
        parameters = {name: row.value if row else None for name, row in values.items()}
        tests = []
        for test in self.tests:
            limits = test.limits.on(day, changes.get(test.id, {}))
            named = [with_parameter(limit, parameters) for limit in limits]
            tests.append({**test.fixed, "limits": [limit for limit in named if limit]})
        return {**self.fixed, "parameters": parameters, "tests": tests}


def with_parameter(
    limit: Mapping[str, Any], parameters: Mapping[str, Mapping[str, Any] | None]
) -> dict[str, Any] | None:
    """Return a limit with its number filled in where it is a parameter; None where repealed."""
    if "parameter" not in limit:
        return dict(limit)
    value = parameters[limit["parameter"]]
    return None if value is None else {**limit, "at": value["at"]}


def read_red_line(node: Node, known: Known) -> RedLineFile:
    """Read one file.

    Raises
    ------
    PolicyFault
        With file, line and reason, on anything the format does not allow.
    """
    file = node.section(REQUIRED, ("cure", "inside", "parameters", *ASIDES))
    subject = file["subject"].word(SUBJECTS)
    entries = file["tests"].items()
    tests = tuple(read_test(entry, file) for entry in entries)
    seen: set[str] = set()
    for test in tests:
        if test.id in seen:
            raise test.node.fault("two tests of one id", field="id")
        seen.add(test.id)
    inputs = inputs_of(node, entries, subject, known)
    parameters = _parameters(file.maybe("parameters", lambda at: dict(at.pairs())) or {})
    _refuse_nameless(tests, parameters)
    fixed: dict[str, Any] = {
        "id": _id(file["id"]),
        "title": bilingual(file["title"]),
        "subject": subject,
        "severity": file["severity"].word(SEVERITIES),
        "clause": clause(file["clause"]),
        "action": bilingual(file["action"]),
        "cure": file.maybe("cure", lambda at: read_cures(at, subject)) or [],
        "inputs": inputs,
    }
    inside = file.maybe("inside", Node.text)
    if inside is not None:
        fixed["inside"] = inside
    cases = tuple(read_case(case, inputs) for case in file["cases"].items())
    return RedLineFile(fixed["id"], fixed, tests, parameters, cases, node)


def _id(node: Node) -> str:
    id = node.text()
    if not ID.fullmatch(id):
        raise node.fault("an id is capitals, a dash, digits, perhaps a small letter: RL-11a")
    return id


def _parameters(entries: Mapping[str, Node]) -> dict[str, tuple[Row, ...]]:
    return {name: numbers(rows) for name, rows in entries.items()}


def _refuse_nameless(tests: tuple[TestFile, ...], owned: Mapping[str, object]) -> None:
    """Refuse a limit that names a parameter this file does not hold."""
    for test in tests:
        for rows in test.limits.rows.values():
            for row in rows:
                name = (row.value or {}).get("parameter")
                if name is not None and name not in owned:
                    raise row.node.fault(f"no parameter {name} in this file", field="at")
