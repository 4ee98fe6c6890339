"""Dated rows: each number of policy with its day, basis, source and approver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from features.two_people import are_one_person
from risk.files.strict_yaml import Node, Section

BASES = ("LAW", "DELEGATED", "ANALOG", "EXPERT")
DATED = ("from", "basis", "source", "approved_by")
ASIDE = ("author", "document_no", "unit")


@dataclass(frozen=True)
class Row:
    """One row of policy.

    Attributes
    ----------
    begins, ends
        Half-open period; `ends` None = until the next row of the same name.
    value
        What the row sets, as the effective policy carries it; None = repealed.
    node
        Where it stands.
    """

    begins: date
    ends: date | None
    basis: str
    value: Mapping[str, Any] | None
    node: Node

    def holds_on(self, day: date) -> bool:
        """Return whether the row has begun and not ended."""
        return self.begins <= day and (self.ends is None or day < self.ends)


def in_force(rows: Sequence[Row], day: date) -> Row | None:
    """Return the row in force on a day: the latest that holds."""
    holding = [row for row in rows if row.holds_on(day)]
    return max(holding, key=lambda row: row.begins, default=None)


def read_row(
    row: Section, value: Mapping[str, object] | None, extra: Mapping[str, object] | None = None
) -> Row:
    """Return a dated row whose value was read already.

    Raises
    ------
    PolicyFault
        Where basis, source or approver is wrong, or the approver is the author.
    """
    basis = row["basis"].word(BASES)
    author = row.maybe("author", Node.text)
    approver = row["approved_by"].text()
    if author is not None and are_one_person(author, approver):
        raise row["approved_by"].fault("the approver must be another than the author")
    begins = row["from"].day()
    stands_on = {
        "basis": basis,
        "source": row["source"].text(),
        "approved_by": approver,
        "from": begins.isoformat(),
        "document_no": row.maybe("document_no", Node.text),
    }
    said = {key: text for key, text in stands_on.items() if text is not None}
    whole = None if value is None else {**value, **said, **(extra or {})}
    return Row(begins, row.maybe("to", Node.day), basis, whole, row.node)


def ordered(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return rows of one name by date, refusing two of the same day."""
    by_day = sorted(rows, key=lambda row: row.begins)
    for earlier, later in pairwise(by_day):
        if earlier.begins == later.begins:
            raise later.node.fault(f"a second row begins on {later.begins}", field="from")
    return tuple(by_day)


def numbers(node: Node, read: Callable[[Node], object] | None = None) -> tuple[Row, ...]:
    """Return the dated rows of one number: `[{at, from, basis, source, approved_by}]`."""
    rows = []
    for entry in node.items():
        row = entry.section(("at", *DATED), ASIDE)
        at = row["at"]
        value = None if at.is_null() else {"at": read(at) if read else str(at.decimal())}
        rows.append(read_row(row, value, unit_of(row)))
    return ordered(rows)


def unit_of(row: Section) -> Mapping[str, object]:
    """Return the unit a row names, for display."""
    unit = row.maybe("unit", Node.text)
    return {} if unit is None else {"unit": unit}
