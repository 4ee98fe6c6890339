"""An act of a red-line file, compiled: what it posts where, in whole grains of each column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from features.catalogue import column_unit
from features.dictionary import load_dictionary
from features.schema import Column, Table
from risk.red_lines.grain import GRAINS, Grain

Document = Mapping[str, Any]
LARGE = 10**15
"""Grains that no amount exceeds: ten million million yuan."""
LATEST = 36_525
"""Days that no term is extended by: a hundred years."""


@dataclass(frozen=True)
class Place:
    """A column that an amount is put on.

    Attributes
    ----------
    sums
        Columns of which it is a part, which move with it.
    keeps
        Columns whose sum it is not taken below.
    floors
        Least value of it and of each of its sums in whole grains, None = open.
    """

    column: str
    grain: Grain
    sums: tuple[str, ...]
    keeps: tuple[str, ...]
    floors: tuple[int | None, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the column and its sums."""
        return (self.column, *self.sums)


@dataclass(frozen=True)
class Side:
    """One side of a posting: less of some columns, the first emptied first, or more of one.

    Attributes
    ----------
    is_memo
        Whether it goes as far as there is something, and is no obstacle.
    least
        Whole grains that are left at least.
    """

    is_less: bool
    places: tuple[Place, ...]
    is_memo: bool
    least: int

    @property
    def grain(self) -> Grain:
        """Return the grain of its amounts."""
        return self.places[0].grain


@dataclass(frozen=True)
class Ledger:
    """Rows of a child that follow an amount as far as they go.

    Attributes
    ----------
    by
        Column in whose order the rows are emptied; empty where the amount is put on one row.
    at
        Columns of that row and their values.
    """

    rows: str
    column: Place
    by: str
    at: Mapping[str, float]


@dataclass(frozen=True)
class Value:
    """What a column is set to: a number, flag or code, a paper, a day, another column's value."""

    column: Column
    said: Any

    @cached_property
    def number(self) -> float:
        """Return a number or flag as a frame's column holds it."""
        if isinstance(self.said, bool):
            return float(self.said)
        return grain_of(self.column).grains(Decimal(self.said))

    @property
    def is_posted(self) -> bool:
        """Return whether it is what was posted, or a part of that."""
        return self.said == "posted" or self.form == "posted"

    @property
    def form(self) -> str:
        """Return the key of a value that is written as a mapping, else nothing."""
        return next(iter(self.said)) if isinstance(self.said, dict) else ""

    def of_posted(self, grains: int) -> float:
        """Return a posted amount, or its part rounded down, as a frame's column holds it."""
        part = Decimal(self.said["posted"]) if self.form else Decimal(1)
        return int(grains * part) / grain_of(self.column).multiplier


@dataclass(frozen=True)
class Part:
    """Postings that go together: on each row of a child, or on the subject's own columns."""

    each: str | None
    where: Mapping[str, Any]
    row: tuple[Side, ...]
    own: tuple[Side, ...]
    values: Mapping[str, Value]
    add_to: str | None
    entries: tuple[Mapping[str, Value], ...]
    ledgers: tuple[Ledger, ...]
    whole: bool
    drop: bool
    share_of: str | None

    @cached_property
    def has_amount(self) -> bool:
        """Return whether an amount is searched; else it is done or not."""
        posted = any(v.is_posted for entry in self.entries for v in entry.values())
        return bool(self.row) or posted or (self.each is None and bool(self.own))

    @cached_property
    def is_money(self) -> bool:
        """Return whether its amounts are 分."""
        sides = self.row or self.own
        return not sides or sides[0].grain is GRAINS["fen"]


@dataclass(frozen=True)
class Act:
    """A cure of one line: its word, the table whose rows it posts on, and what it posts."""

    word: str
    table: str
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, content: Document, table: str) -> Act:
        """Read an act of the effective policy, of this table unless it names another."""
        name = content.get("table", table)
        spec = load_dictionary().table(name)
        return cls(content["act"], name, tuple(_part(part, spec) for part in content["parts"]))


def grain_of(column: Column) -> Grain:
    """Return the fineness at which a column is posted."""
    return GRAINS[str(column_unit(column))]


def _part(said: Document, table: Table) -> Part:
    each = said.get("each")
    posted = table if each is None else table.children[each]
    add = said.get("add")
    child = table.children[add["rows"]] if add else None
    return Part(
        each,
        {
            name: _sought(value, posted.columns[name])
            for name, value in said.get("where", {}).items()
        },
        tuple(_side(side, posted) for side in said.get("row", ())),
        tuple(_side(side, table) for side in said.get("own", ())),
        _values(said.get("set", {}), posted),
        add["rows"] if add else None,
        tuple(_values(entry, child) for entry in add["entries"]) if add and child else (),
        tuple(_ledger(ledger, table) for ledger in said.get("ledgers", ())),
        said.get("whole", False),
        said.get("drop", False),
        said.get("of"),
    )


def _sought(said: Any, column: Column) -> Any:
    """Return what a column must be, a bound as a frame's column holds it."""
    if isinstance(said, dict):
        return {"up_to": grain_of(column).grains(Decimal(said["up_to"]))}
    return said


def _values(said: Document, table: Table) -> dict[str, Value]:
    return {name: Value(table.columns[name], value) for name, value in said.items()}


def _side(said: Document, table: Table) -> Side:
    places = tuple(_place(row, table) for row in said.get("less", said.get("more")))
    least = Decimal(said.get("least", "0")) * places[0].grain.scale
    return Side("less" in said, places, said.get("memo", False), int(least))


def _place(said: Document, table: Table) -> Place:
    column, sums = table.columns[said["column"]], tuple(said.get("in", ()))
    floors = tuple(_floor(table.columns[name]) for name in (column.name, *sums))
    return Place(column.name, grain_of(column), sums, tuple(said.get("keeps", ())), floors)


def _floor(column: Column) -> int | None:
    return None if column.minimum is None else int(column.minimum * grain_of(column).scale)


def _ledger(said: Document, table: Table) -> Ledger:
    child = table.children[said["rows"]]
    place = _place({"column": said.get("less", said.get("more"))}, child)
    at = {
        name: grain_of(child.columns[name]).grains(Decimal(value))
        for name, value in said.get("at", {}).items()
    }
    return Ledger(said["rows"], place, said.get("by", ""), at)
