"""Judged subjects as they go into their plan, to be changed and evaluated again without a book.

A scene is one subject on one day: its raw columns, the rows of its children, and what was read of
other tables. `changed` and `added` give the same subject after a transaction; `frame` runs the
compiled plan again, some microseconds a time. What stands in other tables stays as it was read.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.arrays import Floats
from features.book import Book
from features.catalogue import Source
from features.errors import BadInput
from features.frame import Frame, Provenance
from features.graph import catalogue, plan
from features.listed import Group, Listed, blank, readable, slice_of
from features.plan import Group as Held
from features.point_in_time import Evaluation, Judged, Parameters, judged_rows

__all__ = ["Listed", "Scene", "scenes"]


@functools.cache
def _places(table: str) -> Mapping[str, int]:
    """Return the place of each feature among the outputs of a table's plan."""
    return {name: place for place, name in enumerate(plan(table).layout.features)}


@dataclass(frozen=True)
class Scene:
    """One subject on one day, with all that its features are made from.

    Attributes
    ----------
    own
        Raw columns, values read of other tables and policy parameters; NaN where missing.
    rows
        Children by name.
    related
        Rows of other tables and earlier readings, by the name of the relation.
    texts
        What the codes of texts stand for.
    """

    table: str
    key: str
    day: int
    wanted: tuple[str, ...]
    own: Mapping[str, float]
    rows: Mapping[str, Listed]
    related: Mapping[str, Group]
    provenance: Mapping[str, Provenance]
    texts: Mapping[float, str]

    def frame(self, wanted: Sequence[str] | None = None) -> Frame:
        """Return names of the scene, all of them unless said, as `evaluate` would for this row.

        Parameters
        ----------
        wanted
            Some of the scene's `wanted`.
        """
        names = self.wanted if wanted is None else tuple(wanted)
        places = _places(self.table) if catalogue().features(self.table) else {}
        made = self._made() if any(name in places for name in names) else np.empty((0, 1))
        columns = {
            name: made[places[name]] if name in places else np.array([self.own[name]])
            for name in names
        }
        return Frame(self.table, [self.key], np.array([self.day]), columns, self.provenance)

    def _made(self) -> Floats:
        compiled = plan(self.table)
        own = self.own
        inputs = np.array([[own.get(name, np.nan)] for name in compiled.layout.scalars])
        groups = {
            group.name: self.rows[group.name].group(group.columns)
            if group.name in self.rows
            else self.related[group.name]
            for group in compiled.layout.groups
        }
        return compiled.run(inputs.reshape(len(compiled.layout.scalars), 1), groups)

    def changed(
        self,
        own: Mapping[str, float] | None = None,
        rows: Mapping[str, Mapping[str, Floats]] | None = None,
    ) -> Scene:
        """Return the scene with other values in some raw columns.

        Parameters
        ----------
        own
            Raw column to its new value: money in 分, flags 0 or 1, dates in days, NaN = missing.
        rows
            Child to column to the new values of all its rows, shape (rows,).

        Raises
        ------
        BadInput
            Where a name is no raw column of the subject or of that child.
        """
        listed = dict(self.rows)
        for child, columns in (rows or {}).items():
            self._refuse(child, {*columns} - {*listed[child].columns})
            listed[child] = replace(listed[child], columns={**listed[child].columns, **columns})
        self._refuse("", {*(own or {})} - {*self.own})
        related = self._copied({child: listed[child] for child in rows or {}})
        return replace(self, own={**self.own, **(own or {})}, rows=listed, related=related)

    def _copied(self, changed: Mapping[str, Listed]) -> Mapping[str, Group]:
        """Return what was read of other tables, its own rows there as they are after a change.

        A relation to a child of the same table, as all claims on a parcel, holds them once more.
        """
        related, spec = dict(self.related), catalogue().table(self.table)
        for name, relation in spec.relations.items():
            listed = changed.get(relation.child or "")
            if listed is None or relation.table != self.table or name not in related:
                continue
            values, rows = related[name]
            columns = {group.name: group.columns for group in plan(self.table).layout.groups}[name]
            own = values[columns.index(spec.key)] == self.own[spec.key]
            values = values.copy()
            values[:, own] = listed.group(columns)[0]
            related[name] = values, rows
        return related

    def added(self, child: str, columns: Mapping[str, Floats]) -> Scene:
        """Return the scene with more rows of a child, after those that are there.

        Parameters
        ----------
        columns
            Column to its values on the new rows, shape (new rows,). A flag column__code that is
            left out is 0, another column is missing, or 0 where the dictionary says so.

        Raises
        ------
        BadInput
            Where a name is no raw column of that child, or a relation is aligned with its rows.
        """
        self._refuse(child, {*columns} - {*self.rows[child].columns})
        spec = catalogue().table(self.table)
        if any(relation.through == child for relation in spec.relations.values()):
            raise BadInput("other tables were read row by row beside it", where=child)
        old, count = self.rows[child], len(next(iter(columns.values())))
        left_out = {name: blank(spec.children[child], name) for name in old.columns}
        grown = {
            name: np.concatenate([values, columns.get(name, np.full(count, left_out[name]))])
            for name, values in old.columns.items()
        }
        return replace(self, rows={**self.rows, child: replace(old, columns=grown)})

    def without(self, child: str, gone: NDArray[np.bool_]) -> Scene:
        """Return the scene without some rows of a child.

        Parameters
        ----------
        gone
            Which rows, shape (rows,).

        Raises
        ------
        BadInput
            Where a relation is aligned with its rows, or holds them once more.
        """
        spec, kept = catalogue().table(self.table), ~gone
        if any(
            r.through == child or (r.table, r.child) == (self.table, child)
            for r in spec.relations.values()
        ):
            raise BadInput("other tables were read row by row beside it", where=child)
        old = self.rows[child]
        left = {name: values[kept] for name, values in old.columns.items()}
        return replace(self, rows={**self.rows, child: replace(old, columns=left)})

    def _refuse(self, child: str, names: set[str]) -> None:
        for name in sorted(names):
            raise BadInput("no raw column of the scene", where=child or self.table, field=name)


def scenes(
    book: Book,
    table: str,
    wanted: Sequence[str],
    *,
    at: date | None,
    parameters: Parameters | None = None,
    keys: Iterable[str] | None = None,
) -> list[Scene]:
    """Return the judged rows of a table as scenes, in the order in which `evaluate` has them.

    Parameters
    ----------
    wanted
        Features and raw columns as for `evaluate`.
    at, parameters
        As for `evaluate`.
    keys
        Only these subjects; None = all.

    Raises
    ------
    BadInput
        As `evaluate` does.
    """
    names = catalogue()
    for name in wanted:
        if names.resolve(table, name).by_row:
            raise BadInput("has several values per row", where=table, field=name)
    evaluation = Evaluation(book, names, parameters or {})
    judged = judged_rows(evaluation.book, table, at)
    taken = evaluation.book.columns(table).array(names.table(table).key)
    found = taken.take(pa.array(judged.places)).to_pylist()
    if keys is not None:
        sought = set(keys)
        kept = np.array([k for k, key in enumerate(found) if key in sought], dtype=np.int64)
        judged = Judged(table, judged.places[kept], judged.day[kept])
        found = [found[k] for k in kept]
    return _Reading(evaluation, judged, tuple(wanted)).scenes(found)


class _Reading:
    """Everything that the scenes of some judged rows hold, read for all of them at once."""

    def __init__(self, evaluation: Evaluation, judged: Judged, wanted: tuple[str, ...]) -> None:
        names = evaluation.names
        table = names.table(judged.table)
        self.judged, self.wanted = judged, wanted
        features = names.features(judged.table)
        plain = [n for n in wanted if names.resolve(judged.table, n).source is not Source.FEATURE]
        self.own = evaluation.columns(judged, dict.fromkeys([*readable(table), *plain]))
        self.groups = dict[str, Group]()
        if features:
            needs = evaluation.needs(judged.table, wanted)
            inputs, self.groups = evaluation.feed(judged, needs)
            self.own |= (
                dict(zip(plan(judged.table).layout.scalars, inputs, strict=True)) | self.own
            )
        self.children = dict[str, tuple[list[str], Group]]()
        for short, child in table.children.items():
            columns = readable(child)
            held = evaluation.group(judged, Held(short, tuple(columns)), set(columns))
            self.children[short] = columns, held
        self.provenance = evaluation.provenance(judged, wanted)
        self.texts = evaluation.book.texts()

    def scenes(self, keys: Sequence[str]) -> list[Scene]:
        """Return one scene a row."""
        return [self._scene(place, key) for place, key in enumerate(keys)]

    def _scene(self, place: int, key: str) -> Scene:
        listed = {}
        for short, (names, group) in self.children.items():
            values, rows = slice_of(group, place)
            columns = dict(zip(names, values, strict=True))
            listed[short] = Listed(columns, bool(rows.declared[0]))
        return Scene(
            self.judged.table,
            key,
            int(self.judged.day[place]),
            self.wanted,
            {name: float(values[place]) for name, values in self.own.items()},
            listed,
            {
                name: slice_of(group, place)
                for name, group in self.groups.items()
                if name not in listed
            },
            {
                name: Provenance(
                    read.as_of[place : place + 1],
                    read.known_at[place : place + 1],
                    read.source[place : place + 1],
                )
                for name, read in self.provenance.items()
            },
            self.texts,
        )
