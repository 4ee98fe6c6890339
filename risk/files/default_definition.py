"""The definition of default as a file: what counts, from which day, inside which window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from risk.files.dated import ASIDE, DATED, Row, ordered, read_row
from risk.files.strict_yaml import Node

EFFECTS = ("default", "censored", "continues")
EVENTS = {
    "compensation": ("paid",),
    "call": ("credit", "death", "disaster", "agreed"),
    "renewal": ("distressed", "compliant"),
    "death": ("died",),
    "early_pay_off": ("closed",),
}
WINDOW = ("months", "days_after_maturity")
OVERDUE = ("days", "technical_days", "share_of_balance", "amount")
DATES = (
    "granted_on",
    "first_drawn_on",
    "maturity",
    "closed_on",
    "compensation_paid_on",
    "renewal_signed_on",
    "called_on",
    "death_on",
)
WORDS = ("renewal_kind", "call_reason", "deferral_doc_id", "quality")
NUMBERS = ("balance", "overdue_amount", "dpd")
LABELS = ("default", "good", "censored")

Cell = str | date | Decimal


@dataclass(frozen=True)
class LoanCase:
    """A told case: the readings of one loan and the label they give.

    Attributes
    ----------
    readings
        Columns of the table loan; what all readings share is filled in.
    known_until
        Last day that anything is known of.
    default_on
        Day of default, of a default alone.
    """

    name: str
    readings: tuple[Mapping[str, Cell], ...]
    known_until: date
    expect: str
    default_on: date | None


@dataclass(frozen=True)
class DefinitionFile:
    """The dated definitions and their cases."""

    rows: tuple[Row, ...]
    cases: tuple[LoanCase, ...]


def read_default_definition(node: Node) -> DefinitionFile:
    """Read the definition of default.

    Raises
    ------
    PolicyFault
        With file, line and reason, on anything the format does not allow.
    """
    file = node.section(("definitions", "cases"))
    rows = ordered([_definition(entry) for entry in file["definitions"].items()])
    return DefinitionFile(rows, tuple(_case(entry) for entry in file["cases"].items()))


def _definition(node: Node) -> Row:
    row = node.section(("overdue", "window", "events", *DATED), ASIDE)
    overdue = row["overdue"].section(OVERDUE)
    window = row["window"].section(WINDOW)
    value: dict[str, Any] = {
        "overdue": {
            "days": overdue["days"].integer(),
            "technical_days": overdue["technical_days"].integer(),
            "share_of_balance": str(overdue["share_of_balance"].decimal()),
            "amount": str(overdue["amount"].decimal()),
        },
        "window": {key: window[key].integer() for key in WINDOW},
        "events": {},
    }
    events = row["events"].section(tuple(EVENTS))
    for event, kinds in EVENTS.items():
        effects = events[event].section(kinds)
        value["events"][event] = {kind: effects[kind].word(EFFECTS) for kind in kinds}
    return read_row(row, value)


def _case(node: Node) -> LoanCase:
    case = node.section(("name", "loan", "readings", "known_until", "expect"), ("default_on",))
    shared = _cells(case["loan"], ())
    readings = tuple({**shared, **_cells(row, ("as_of",))} for row in case["readings"].items())
    expect = case["expect"].word(LABELS)
    if (expect == "default") != ("default_on" in case):
        raise node.fault("stands beside a default, and there only", field="default_on")
    return LoanCase(
        case["name"].text(),
        readings,
        case["known_until"].day(),
        expect,
        case.maybe("default_on", Node.day),
    )


def _cells(node: Node, required: tuple[str, ...]) -> dict[str, Cell]:
    row = node.section(required, (*DATES, *WORDS, *NUMBERS))
    cells: dict[str, Cell] = {}
    for name, entry in row.entries.items():
        if name in WORDS:
            cells[name] = entry.text()
        else:
            cells[name] = entry.number() if name in NUMBERS else entry.day()
    return cells
