"""Rows that belong to a judged row: its children and the related rows of other tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.arrays import Rows
from features.book import empty_table
from features.child_index import ChildIndex, codes_in, encode, parent_rows
from features.floats import Columns, Places, Texts, at
from features.holders import Holders
from features.schema import Dictionary, Relation, Table
from features.timeline import Timeline, Whole, ranges

Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Related:
    """Rows of one table that belong to n judged rows.

    Attributes
    ----------
    rows
        Which of `places` belong to which judged row.
    places
        Rows of the other table (or child table); -1 where the row is not in the book.
    day
        The judged day beside each place.
    """

    rows: Rows
    places: Places
    day: Whole


def codes_at(codes: Whole, places: Places) -> Whole:
    """Return the codes at places, -1 at place -1."""
    return np.where(places >= 0, codes[places], -1) if len(codes) else np.full(len(places), -1)


class Relatives:
    """Finds children and related rows in a book, as known on each judged row's day.

    Parameters
    ----------
    tables
        The book's tables.
    dictionary
        Their children and relations.
    """

    def __init__(self, tables: Mapping[str, pa.Table], dictionary: Dictionary) -> None:
        self._tables = tables
        self._dictionary = dictionary
        self._columns: dict[str, Columns] = {}
        self._timelines: dict[str, Timeline] = {}
        self._children: dict[tuple[str, tuple[str, ...]], ChildIndex] = {}
        self._links: dict[tuple[str, str], Whole] = {}
        self._holders: dict[tuple[str, str], Holders] = {}
        self._texts: Texts = {}

    def spec(self, table: str) -> Table:
        """Return a table's dictionary entry."""
        return self._dictionary.table(table)

    def columns(self, table: str) -> Columns:
        """Return a table's columns; of no rows where the book lacks the table."""
        if table not in self._columns:
            spec = self.spec(table)
            rows = self._tables.get(table)
            if rows is None:
                rows = empty_table(spec)
            self._columns[table] = Columns(rows, spec, self._texts)
        return self._columns[table]

    def texts(self) -> dict[float, str]:
        """Return what the codes of the texts read so far stand for."""
        return {code: text for text, code in self._texts.items()}

    def timeline(self, table: str) -> Timeline:
        """Return a table's records in order of time."""
        if table not in self._timelines:
            self._timelines[table] = Timeline(self.columns(table))
        return self._timelines[table]

    # ------------------------------------------------------------------ children

    def _index(self, child: str, by: tuple[str, ...] = ()) -> ChildIndex:
        if (child, by) not in self._children:
            parent = self.spec(child).parent or ""
            self._children[child, by] = ChildIndex(self.columns(child), self.timeline(parent), by)
        return self._children[child, by]

    def _declared(self, child: str, parents: Places, counts: Whole) -> Marks:
        """Return whether each parent row declares exactly the child rows that are there."""
        spec = self.spec(child)
        said = self.columns(spec.parent or "").floats(f"{spec.short}_rows")
        declared: Marks = at(said, parents) == counts
        return declared

    def children(self, child: str, parents: Places, day: Whole) -> Related:
        """Return the rows of a child table that belong to each parent row.

        A count that is left out, or is not the number of rows that are there, is undeclared.
        """
        index = self._index(child)
        starts, counts = index.find(parents)
        offsets, members = ranges(starts, counts)
        rows = Rows(offsets, self._declared(child, parents, counts))
        return Related(rows, index.members(members), np.repeat(day, counts))

    # ------------------------------------------------------------------ relations

    def _link(self, table: str, column: str, target: str) -> Whole:
        """Return the target's key code that each row of a table names in a column."""
        key = (f"{table}.{column}", target)
        if key not in self._links:
            self._links[key] = self.timeline(target).codes_of(self.columns(table).array(column))
        return self._links[key]

    def _steps(self, table: str, relation: Relation) -> Iterator[tuple[str, Relation]]:
        """Yield the relations of a chain, each with the table it stands in."""
        for name in relation.chain:
            step = self.spec(table).relations[name]
            yield table, step
            table = step.table

    def one(self, table: str, relation: Relation, places: Places, day: Whole) -> Places:
        """Return the related row of each row, as known by the end of its day; -1 for none."""
        for owner, step in self._steps(table, relation):
            places = self.one(owner, step, places, day)
        if relation.chain:
            return places
        own = next(o for o, t in relation.on.items() if t == self.spec(relation.table).key)
        code = codes_at(self._link(table, own, relation.table), places)
        return self.timeline(relation.table).latest(code, day)

    def is_held(self, table: str, group: str) -> bool:
        """Return whether a group is a relation by which another table names this one's rows.

        There may be very many of those, to be found again for each judged day.
        """
        relation = self.spec(table).relations.get(group)
        if relation is None or relation.through:
            return False
        if relation.chain:
            return any(self.is_held(at, step.name) for at, step in self._steps(table, relation))
        return self.spec(relation.table).key not in relation.on.values()

    def many(self, table: str, relation: Relation, places: Places, day: Whole) -> Related:
        """Return the related rows of each row, as known by the end of its day."""
        if relation.chain:
            found = self._chained(table, relation, places, day)
            return self._children_of_each(relation, found) if relation.child else found
        if relation.through:
            return self._through(table, relation, relation.through, places, day)
        if not self.is_held(table, relation.name):
            return self._matching(table, relation, places, day)
        held = self._held(table, relation, places, day)
        return self._children_of_each(relation, held) if relation.child else held

    def _chained(self, table: str, relation: Relation, places: Places, day: Whole) -> Related:
        """Return the rows found by one relation after another."""
        (_, first), *others = self._steps(table, relation)
        found = self._any(table, first, places, day)
        for owner, step in others:
            found = _joined(found, self._any(owner, step, found.places, found.day))
        return found

    def _any(self, table: str, relation: Relation, places: Places, day: Whole) -> Related:
        """Return the related rows of each row, also where there is at most one."""
        if relation.many:
            return self.many(table, relation, places, day)
        found = self.one(table, relation, places, day)
        there = found >= 0
        rows = _rows_of(np.flatnonzero(there), np.ones(len(places), dtype=np.bool_))
        return Related(rows, found[there], day[there])

    def _through(
        self, table: str, relation: Relation, through: str, places: Places, day: Whole
    ) -> Related:
        """Return the rows that the rows of an own child name."""
        child = self.spec(table).children[through].name
        named = self.children(child, places, day)
        return Related(named.rows, self.one(child, relation, named.places, named.day), named.day)

    def _matching(self, table: str, relation: Relation, places: Places, day: Whole) -> Related:
        """Return the child rows of the one related row that agree in the other columns."""
        parents = self.one(table, relation, places, day)
        child = f"{relation.table}__{relation.child}"
        key = self.spec(relation.table).key
        agree = {theirs: own for own, theirs in relation.on.items() if theirs != key}
        index = self._index(child, tuple(agree))
        columns = self.columns(table)
        taken = pa.array(places, mask=places < 0)
        starts, counts = index.find(
            parents, tuple(columns.array(own).take(taken) for own in agree.values())
        )
        offsets, members = ranges(starts, counts)
        _, all_counts = self._index(child).find(parents)
        rows = Rows(offsets, self._declared(child, parents, all_counts))
        return Related(rows, index.members(members), np.repeat(day, counts))

    def _held(self, table: str, relation: Relation, places: Places, day: Whole) -> Related:
        """Return the rows of another table that name this row in a column of theirs."""
        ((own, theirs),) = relation.on.items()
        holders, timeline = self._holders_of(relation, theirs), self.timeline(relation.table)
        value = codes_at(codes_in(self.columns(table).array(own), holders.texts), places)
        found, owner = holders.on(value, day, timeline)
        return Related(
            _rows_of(owner, (places >= 0) & (relation.table in self._tables)), found, day[owner]
        )

    def _holders_of(self, relation: Relation, theirs: str) -> Holders:
        """Return which rows of a relation's table name what, in a column or in a child's."""
        listed, timeline = relation.listed_in, self.timeline(relation.table)
        named = f"{relation.table}__{listed}" if listed else relation.table
        if (named, theirs) not in self._holders:
            columns = self.columns(named)
            rows = parent_rows(columns, timeline) if listed else np.arange(len(columns))
            codes, texts = encode(columns.array(theirs))
            self._holders[named, theirs] = Holders(codes, rows, texts, timeline)
        return self._holders[named, theirs]

    def _children_of_each(self, relation: Relation, held: Related) -> Related:
        """Return the child rows of related rows; undeclared where one of those is."""
        child = f"{relation.table}__{relation.child}"
        inner = self.children(child, held.places, held.day)
        return _joined(held, inner)


def _joined(outer: Related, inner: Related) -> Related:
    """Return the rows of rows; undeclared where those of one are."""
    counts = np.diff(outer.rows.offsets)
    owner = np.repeat(np.arange(len(counts)), counts)
    declared = outer.rows.declared.copy()
    declared[owner[~inner.rows.declared]] = False
    return Related(Rows(inner.rows.offsets[outer.rows.offsets], declared), inner.places, inner.day)


def _rows_of(owner: Whole, declared: Marks) -> Rows:
    """Return the rows whose owners stand in ascending order."""
    offsets = np.zeros(len(declared) + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=len(declared)), out=offsets[1:])
    return Rows(offsets, declared)
