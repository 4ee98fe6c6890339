"""A product file: what a loan product scores on, what stops it, and where it is cut off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from risk.files.catalogue import Known
from risk.files.dated import Row, in_force, numbers
from risk.files.line_test import clause
from risk.files.strict_yaml import Node, bilingual

SIGNS = ("+1", "-1", "U", "R")
SEGMENTS = ("household", "organisation")
CUT_OFFS = ("approve", "decline")
OUTCOMES = ("approve", "approve_with_conditions", "refer", "decline")
REQUIRED = (
    "id",
    "label",
    "clause",
    "segment",
    "borrower_kinds",
    "features",
    "stop",
    "scorecard",
    "anchor",
    "cut_offs",
    "red_lines",
    "cases",
)
SUBJECT = "application"


EVIDENCE = ("expert", "shrunk", "model")
TRAINED_ON = ("expert", "synthetic", "observed")
SCORED = ("pd", "evidence", "trained_on", "unknown")


@dataclass(frozen=True)
class ProductCase:
    """A told case of a product: what is decided on a score and its stops.

    Attributes
    ----------
    pd
        None = there is no score.
    stops
        Stop column to its value, None = missing.
    unknown
        Required features that are missing.
    """

    name: str
    pd: Decimal | None
    evidence: str
    trained_on: str
    stops: Mapping[str, Decimal | None]
    unknown: tuple[str, ...]
    expect: str
    node: Node


@dataclass(frozen=True)
class ProductFile:
    """One product file.

    Attributes
    ----------
    fixed
        What of the effective content does not change by date.
    numbers
        anchor, approve, decline and the file's parameters, each with its dated rows.
    """

    id: str
    fixed: Mapping[str, Any]
    numbers: Mapping[str, tuple[Row, ...]]
    parameters: tuple[str, ...]
    cases: tuple[ProductCase, ...]
    node: Node

    def on(self, day: date, own: Mapping[str, tuple[Row, ...]]) -> dict[str, Any] | None:
        """Return the effective content on a day; None while the product is not offered."""
        rows = {
            name: in_force(own.get(name, ()), day) or in_force(base, day)
            for name, base in self.numbers.items()
        }
        values = {name: row.value if row else None for name, row in rows.items()}
        if any(values[name] is None for name in ("anchor", *CUT_OFFS)):
            return None
        return {
            **self.fixed,
            "anchor": values["anchor"],
            "cut_offs": {name: values[name] for name in CUT_OFFS},
            "parameters": {name: values[name] for name in self.parameters},
        }


def read_product(node: Node, known: Known) -> ProductFile:
    """Read one product file.

    Raises
    ------
    PolicyFault
        With file, line and reason, on anything the format does not allow.
    """
    file = node.section(REQUIRED, ("parameters",))
    cut_offs = file["cut_offs"].section(CUT_OFFS)
    dated = {"anchor": numbers(file["anchor"])}
    dated |= {name: numbers(cut_offs[name]) for name in CUT_OFFS}
    parameters = file.maybe("parameters", lambda at: dict(at.pairs())) or {}
    for name, rows in parameters.items():
        dated[name] = numbers(rows)
    fixed: dict[str, Any] = {
        "id": file["id"].text(),
        "label": bilingual(file["label"]),
        "clause": clause(file["clause"]),
        "segment": file["segment"].word(SEGMENTS),
        "borrower_kinds": [kind.word(SEGMENTS) for kind in file["borrower_kinds"].items()],
        "features": _features(file["features"], known),
        "stop": _stops(file["stop"], known),
        "scorecard": file["scorecard"].text(),
        "red_lines": _list(file["red_lines"]),
    }
    cases = tuple(
        _case(entry, [row["name"] for row in fixed["stop"]]) for entry in file["cases"].items()
    )
    return ProductFile(fixed["id"], fixed, dated, tuple(parameters), cases, node)


def _list(node: Node) -> list[str]:
    return [entry.text() for entry in node.listed()]


def _features(node: Node, known: Known) -> list[dict[str, str]]:
    """Return the features in the order of the file, each with its sign."""
    found = []
    for name, sign in node.pairs():
        _refuse_unknown(name, sign, known)
        unit = known.unit(SUBJECT, name)
        found.append({"name": name, "sign": sign.word(SIGNS), "unit": unit})
    return found


def _stops(node: Node, known: Known) -> list[dict[str, str]]:
    found = []
    for entry in node.items():
        _refuse_unknown(entry.text(), entry, known)
        found.append({"name": entry.text(), "unit": known.unit(SUBJECT, entry.text())})
    return found


def _refuse_unknown(name: str, node: Node, known: Known) -> None:
    try:
        known.unit(SUBJECT, name)
    except KeyError:
        raise node.fault(f"{SUBJECT} has no such column or feature") from None


def _case(node: Node, stops: list[str]) -> ProductCase:
    case = node.section(("name", "given", "expect"))
    given = case["given"].section((), (*SCORED, *stops))
    return ProductCase(
        case["name"].text(),
        given.maybe("pd", Node.decimal),
        given.maybe("evidence", lambda at: at.word(EVIDENCE)) or "model",
        given.maybe("trained_on", lambda at: at.word(TRAINED_ON)) or "observed",
        {
            name: None if given[name].is_null() else given[name].number()
            for name in stops
            if name in given
        },
        tuple(given.maybe("unknown", _list) or ()),
        case["expect"].word(OUTCOMES),
        node,
    )
