"""The rows of one child of one subject, as plans read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from features.arrays import Floats, Rows
from features.schema import Kind, Table

Group = tuple[Floats, Rows]
"""Values of shape (columns, rows), C-contiguous, and which rows are each subject's."""


@dataclass(frozen=True)
class Listed:
    """The rows of one child of one subject.

    Attributes
    ----------
    columns
        Raw columns, and column__code of unordered enumerations, each of n values.
    declared
        Whether the subject says that these are all.
    """

    columns: Mapping[str, Floats]
    declared: bool

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    @cached_property
    def _matrices(self) -> dict[tuple[str, ...], Group]:
        return {}

    def group(self, names: tuple[str, ...]) -> Group:
        """Return the rows as a plan reads them, columns in the order of `names`."""
        if names not in self._matrices:
            values = np.array([self.columns[name] for name in names]).reshape(
                len(names), len(self)
            )
            rows = Rows(np.array([0, len(self)], dtype=np.int64), np.array([self.declared]))
            self._matrices[names] = values, rows
        return self._matrices[names]


def blank(child: Table, name: str) -> float:
    """Return what a column is on a new row that leaves it out."""
    column = child.columns.get(name)
    return 0.0 if column is None or column.absent == "zero" else np.nan


def readable(table: Table) -> list[str]:
    """Return the names under which a table's raw columns are numbers."""
    names = list[str]()
    for column in table.columns.values():
        if column.kind is Kind.ENUM and not column.ordered:
            names += [f"{column.name}__{code.name}" for code in column.codes]
        elif column.kind is not Kind.INSTANT:
            names.append(column.name)
    return names


def slice_of(group: Group, place: int) -> Group:
    """Return the rows of one subject, C-contiguous."""
    values, rows = group
    start, end = rows.offsets[place], rows.offsets[place + 1]
    return np.ascontiguousarray(values[:, start:end]), Rows(
        np.array([0, end - start], dtype=np.int64), rows.declared[place : place + 1].copy()
    )
