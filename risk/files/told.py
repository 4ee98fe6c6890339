"""Told cases: what a line must answer to given values, one sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from risk.files.strict_yaml import Node

STATES = ("pass", "warn", "breach", "unknown", "not_applicable", "not_in_force")

Given = Decimal | None


@dataclass(frozen=True)
class Case:
    """One told case: values as people write them, a flag 0 or 1, None or left out = missing."""

    name: str
    given: Mapping[str, Given]
    as_of: date
    expect: str
    node: Node


def read_case(node: Node, inputs: Mapping[str, Mapping[str, object]]) -> Case:
    """Return one case whose names are all columns of the line."""
    case = node.section(("given", "as_of", "expect"), ("name",))
    given = dict(case["given"].pairs())
    for name, value in given.items():
        if name not in inputs:
            raise value.fault("the line reads no such column")
    expect = case["expect"].word(STATES)
    return Case(
        case.maybe("name", Node.text) or expect,
        {name: _value(value, str(inputs[name]["unit"])) for name, value in given.items()},
        case["as_of"].day(),
        expect,
        node,
    )


def _value(node: Node, unit: str) -> Given:
    if node.is_null():
        return None
    return Decimal(node.flag()) if unit == "flag" else node.number()
