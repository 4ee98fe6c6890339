"""A county's own rows: which of our numbers it may change, and how (domain decision 1).

LAW may only become stricter, DELEGATED takes the number of the authority's numbered document,
ANALOG and EXPERT go either way; each with its date, reason and an approver other than its author.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from risk.files.dated import DATED, Row, read_row
from risk.files.limits import Limits, read_bound, stricter_by
from risk.files.product import ProductFile
from risk.files.red_line import RedLineFile
from risk.files.strict_yaml import Node, Section

REQUIRED = ("limit", "at", "reason", "author", *DATED)
OPTIONAL = ("to", "document_no")
DEPTH = 3

NO_DOCUMENT = "a delegated number needs the authority's"
LOOSER = "the number is LAW: a county may only be stricter"

Rows = dict[str, tuple[Row, ...]]


@dataclass(frozen=True)
class Void:
    """A county's row without force from a day on, since what ours became does not allow it.

    Attributes
    ----------
    limit
        The number, as `RL-05/t1/warn`.
    """

    limit: str
    day: date
    reason: str
    row: Row


@dataclass
class CountyFile:
    """What one county changed.

    Attributes
    ----------
    lines
        Line id to test id (or `parameters`) to level (or name) to the county's rows.
    products
        Product id to the name of a number to the county's rows.
    void
        Rows that ours, changed later, left without force.
    """

    county: str
    lines: dict[str, dict[str, Rows]] = field(default_factory=dict)
    products: dict[str, Rows] = field(default_factory=dict)
    void: list[Void] = field(default_factory=list)

    @property
    def has_parameters(self) -> bool:
        """Return whether the county changed a number that features read."""
        lines = any("parameters" in changes for changes in self.lines.values())
        return lines or bool(self.products)


def read_county(
    node: Node, lines: Mapping[str, RedLineFile], products: Mapping[str, ProductFile]
) -> CountyFile:
    """Read the file of one county.

    Raises
    ------
    PolicyFault
        Where a row names no number of ours, or changes it as its basis does not allow.
    """
    file = node.section(("county", "overrides"))
    county = CountyFile(file["county"].text())
    for entry in file["overrides"].items():
        row = entry.section(REQUIRED, OPTIONAL)
        parts = row["limit"].text().split("/")
        if parts[0] in products:
            _change_product(county, row, parts, products[parts[0]])
        elif parts[0] in lines:
            _change_line(county, row, parts, lines[parts[0]])
        else:
            raise row["limit"].fault("names no red line and no product")
    for id, changes in county.lines.items():
        for test in lines[id].tests:
            test.limits.check_order(changes.get(test.id, {}), node)
    return county


def _change_product(county: CountyFile, row: Section, parts: list[str], file: ProductFile) -> None:
    name = parts[-1]
    if name not in file.numbers or len(parts) != DEPTH - 1:
        raise row["limit"].fault(f"{file.id} has {', '.join(file.numbers)}")
    own = _row(county, row)
    _refuse_no_number(own, row)
    own = _allowed(county, own, file.numbers[name], None, row)
    rows = county.products.setdefault(file.id, {})
    rows[name] = (*rows.get(name, ()), own)


def _change_line(county: CountyFile, row: Section, parts: list[str], file: RedLineFile) -> None:
    tests = {test.id: test.limits for test in file.tests}
    group, name = parts[1:] if len(parts) == DEPTH else ("", "")
    limits = tests.get(group)
    base = limits.rows if limits else file.parameters if group == "parameters" else {}
    if name not in base:
        raise row["limit"].fault(
            "write it as RL-05/t1/breach or RL-07/parameters/loss_grace_years"
        )
    own = _row(county, row)
    if limits is None:
        _refuse_no_number(own, row)
    else:
        _refuse_unreadable(own, file, group, row)
    own = _allowed(county, own, base[name], limits, row)
    rows = county.lines.setdefault(file.id, {}).setdefault(group, {})
    rows[name] = (*rows.get(name, ()), own)


def _row(county: CountyFile, row: Section) -> Row:
    aside = {"county": county.county, "reason": row["reason"].text()}
    return read_row(row, read_bound(row["at"]), aside)


def _refuse_no_number(own: Row, row: Section) -> None:
    """Refuse a parameter or cut-off that is neither a number nor null."""
    if own.value is not None and "at" not in own.value:
        raise row["at"].fault("must be a number or null")


def _refuse_unreadable(own: Row, file: RedLineFile, test: str, row: Section) -> None:
    """Refuse a limit that this line cannot read: it names columns or parameters it has not."""
    value = own.value or {}
    kinds = {entry.id: entry.fixed["kind"] for entry in file.tests}
    if value and kinds[test] == "flag":
        raise row["at"].fault("a flag has no number")
    if "parameter" in value and value["parameter"] not in file.parameters:
        raise row["at"].fault(f"{file.id} has no parameter {value['parameter']}")
    named = [value["to"]] if "to" in value else []
    named += [fallback["when"] for fallback in value.get("else", ()) if "when" in fallback]
    for name in named:
        if name not in file.fixed["inputs"]:
            raise row["at"].fault(f"{file.id} reads no {name}")


def _allowed(
    county: CountyFile, own: Row, base: Sequence[Row], limits: Limits | None, row: Section
) -> Row:
    """Return the row for as long as the basis of what it replaces allows it.

    Raises
    ------
    PolicyFault
        Where it is not allowed from its own first day.
    """
    for ours in replaced(own, base):
        if ours.basis == "DELEGATED" and "document_no" not in row:
            reason, field = NO_DOCUMENT, "document_no"
        elif ours.basis == "LAW" and not _is_stricter(own, ours, limits):
            reason, field = LOOSER, "at"
        else:
            continue
        if ours.begins <= own.begins:
            raise row.node.fault(reason, field=field)
        county.void.append(Void(row["limit"].text(), ours.begins, reason, own))
        return replace(own, ends=ours.begins)
    return own


def replaced(own: Row, base: Sequence[Row]) -> list[Row]:
    """Return the rows of ours that are in force on some day of the county's row."""
    ends: list[date | None] = [*(later.begins for later in base[1:]), None]
    return [
        ours
        for ours, end in zip(base, ends, strict=True)
        if (own.ends is None or ours.begins < own.ends) and (end is None or own.begins < end)
    ]


def _is_stricter(own: Row, ours: Row, limits: Limits | None) -> bool:
    if ours.value is None:
        return True
    if own.value is None or limits is None:
        return False
    margins = stricter_by(own.value, ours.value, high_is_bad=limits.high_is_bad)
    return margins is not None and all(margin >= 0 for margin in margins)
