"""The small files: master scale, reason codes, single numbers, definition of default."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from risk.files.dated import ASIDE, DATED, Row, numbers, ordered, read_row
from risk.files.strict_yaml import Node

CODE = re.compile(r"RC-\d{3}")


def read_count(node: Node, name: str) -> tuple[Row, ...]:
    """Return the dated rows of a file that holds one number, whole and not below 0."""
    return numbers(node.section((name,))[name], _count)


def _count(at: Node) -> str:
    number = at.decimal()
    if number < 0 or number % 1:
        raise at.fault("must be a whole number, 0 or more")
    return str(number)


def read_master_scale(node: Node) -> tuple[Row, ...]:
    """Return the dated scales: grades with their highest pd, the best first, the last open."""
    rows = [_scale(entry) for entry in node.section(("scales",))["scales"].items()]
    return ordered(rows)


def _scale(node: Node) -> Row:
    scale = node.section(("grades", *DATED), ASIDE)
    entries = scale["grades"].items()
    grades = []
    highest = Decimal(0)
    for entry in entries[:-1]:
        grade = entry.section(("grade", "pd_up_to"))
        bound = grade["pd_up_to"].decimal()
        if bound <= highest:
            raise grade["pd_up_to"].fault("grades stand from the best to the worst")
        highest = bound
        grades.append({"grade": grade["grade"].text(), "pd_up_to": str(bound)})
    last = entries[-1].section(("grade",))["grade"].text()
    return read_row(scale, {"grades": [*grades, {"grade": last, "pd_up_to": None}]})


def read_reason_codes(node: Node) -> dict[str, dict[str, Any]]:
    """Return reason codes: what each is about, in Chinese and English.

    A code speaks for a feature or stop, or for a step of the decision.
    """
    codes: dict[str, dict[str, Any]] = {}
    owners: dict[str, str] = {}
    for code, entry in node.section(("codes",))["codes"].pairs():
        if not CODE.fullmatch(code):
            raise entry.fault("a reason code is RC- and three digits")
        row = entry.section(("zh", "en"), ("feature", "step"))
        about = [key for key in ("feature", "step") if key in row]
        if len(about) != 1:
            raise entry.fault("a code speaks for one feature or one step")
        name = row[about[0]].text()
        if name in owners:
            raise row[about[0]].fault(f"{owners[name]} speaks for it already")
        owners[name] = code
        codes[code] = {about[0]: name, "zh": row["zh"].text(), "en": row["en"].text()}
    return codes
