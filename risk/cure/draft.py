"""A transaction being posted on one subject: amounts in whole grains, both sides together."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan, nan

import numpy as np

from features.arrays import Floats, months_before
from features.scene import Scene
from features.schema import Kind
from risk.cure.act import LARGE, LATEST, Place, Side, Value
from risk.red_lines.grain import GRAINS

PAPER = -1.0
"""Code of a text that no record of the book holds."""


@dataclass
class Draft:
    """The columns of a subject with what was posted on them so far.

    Attributes
    ----------
    own
        Own columns that were touched.
    rows
        Touched columns of children, all rows of each.
    added
        Child to new rows, as column to value.
    dropped
        Child to the rows that are taken off it.
    """

    scene: Scene
    own: dict[str, float] = field(default_factory=dict)
    rows: dict[str, dict[str, Floats]] = field(default_factory=dict)
    added: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    dropped: dict[str, list[int]] = field(default_factory=dict)

    def after(self) -> Scene:
        """Return the subject after the transaction."""
        scene = self.scene.changed(self.own, self.rows)
        for child, rows in self.dropped.items():
            scene = scene.without(child, np.isin(np.arange(len(scene.rows[child])), rows))
        for child, entries in self.added.items():
            names = dict.fromkeys(name for entry in entries for name in entry)
            known = scene.rows[child].columns
            scene = scene.added(
                child,
                {n: np.array([e.get(n, nan) for e in entries]) for n in names if n in known},
            )
        return scene

    def on(self, child: str | None, row: int) -> Cells:
        """Return the cells of the subject itself, or of one row of a child."""
        return Cells(self, child, row)


@dataclass(frozen=True)
class Cells:
    """The columns of the subject itself, or of one row of one of its children."""

    draft: Draft
    child: str | None
    row: int

    def get(self, name: str) -> float:
        """Return a value, NaN where missing."""
        draft = self.draft
        if self.child is None:
            return draft.own[name] if name in draft.own else draft.scene.own[name]
        touched = draft.rows.get(self.child, {})
        columns = touched if name in touched else draft.scene.rows[self.child].columns
        return float(columns[name][self.row])

    def put(self, name: str, value: float) -> None:
        """Write a value."""
        draft = self.draft
        if self.child is None:
            draft.own[name] = value
            return
        touched = draft.rows.setdefault(self.child, {})
        if name not in touched:
            touched[name] = draft.scene.rows[self.child].columns[name].copy()
        touched[name][self.row] = value

    # ------------------------------------------------------------------ amounts

    def grains(self, name: str, multiplier: int) -> int | None:
        """Return a value in whole grains, None where missing."""
        value = self.get(name)
        return None if isnan(value) else round(value * multiplier)

    def free(self, place: Place) -> int:
        """Return what may be taken off a column: it and its sums stay above what they keep.

        What a register says of others, the sums of a row, is no bound: it is cut where it ends.
        """
        bounding = slice(None if self.child is None else 1)
        left = [
            (self.grains(name, place.grain.multiplier), floor)
            for name, floor in list(zip(place.names, place.floors, strict=True))[bounding]
        ]
        kept = [self.grains(name, place.grain.multiplier) for name in place.keeps]
        if left[0][0] is None or None in kept:
            return 0
        bounds = [
            value - floor for value, floor in left if value is not None and floor is not None
        ]
        if kept:
            bounds.append(left[0][0] - sum(value for value in kept if value is not None))
        return max(min(bounds, default=LARGE), 0)

    def capacity(self, side: Side) -> int:
        """Return the greatest amount that a side takes."""
        if side.is_less:
            return max(sum(self.free(place) for place in side.places) - side.least, 0)
        if isnan(self.get(side.places[0].column)):
            return 0
        return LATEST if side.grain is GRAINS["date"] else LARGE

    def post(self, side: Side, amount: int) -> bool:
        """Put an amount on a side; return whether all of it went."""
        left = amount
        for place in side.places:
            part = min(self.free(place), left) if side.is_less else min(self.capacity(side), left)
            if part:
                self.move(place, -part if side.is_less else part)
            left -= part
        return left == 0

    def move(self, place: Place, grains: int) -> None:
        """Move a column and the sums it stands in."""
        multiplier = place.grain.multiplier
        for name, floor in zip(place.names, place.floors, strict=True):
            value = self.grains(name, multiplier)
            if value is not None:
                moved = value + grains
                self.put(name, (moved if floor is None else max(moved, floor)) / multiplier)

    # ------------------------------------------------------------------ values

    def set(self, name: str, value: Value, source: Cells) -> None:
        """Write what an act sets a column to; a paper or day that is there already stays."""
        if value.column.kind is Kind.ENUM:
            for code in value.column.codes:
                self.put(f"{name}__{code.name}", float(code.name == value.said))
        elif value.said != "given" or isnan(self.get(name)):
            self.put(name, source.value(value, 0))

    def value(self, value: Value, posted: int) -> float:
        """Return what a column is set to beside these cells, as a frame's column holds it."""
        if value.form == "as":
            return self.get(value.said["as"])
        if value.is_posted:
            return value.of_posted(posted)
        if value.column.kind is Kind.DATE:
            return self._day(value)
        return PAPER if value.column.kind is Kind.TEXT else value.number

    def _day(self, value: Value) -> float:
        scene = self.draft.scene
        if value.form == "in_months":
            return float(
                months_before(np.float64(scene.day), -np.float64(value.said["in_months"]))
            )
        return scene.own["as_of"] if value.said == "as_of" else float(scene.day)
