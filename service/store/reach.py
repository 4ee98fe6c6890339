"""What one subject's features can reach: its own rows and those its relations lead to.

The dictionary declares the relations; each is looked up by the other table's key or by the one
column the other table is listed under, so every step is an indexed read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from features.dictionary import Relation, load_dictionary
from service.store.versions import LISTED_UNDER, Row

By = Literal["key", "belongs_to"]


class Lookup(NamedTuple):
    """Rows of a table, found by their key or by what they belong to."""

    table: str
    by: By
    value: str


Fetch = Callable[[str, By, Sequence[str]], list[Row]]


def reach(start: Lookup, fetch: Fetch) -> dict[str, list[Row]]:
    """Return, table by table, every row that can be reached from `start`.

    Parameters
    ----------
    start
        The subject itself.
    fetch
        Reads the rows of a table by the values of a key.
    """
    found: dict[str, dict[tuple[object, ...], Row]] = {}
    asked: set[Lookup] = set()
    wanted = {start}
    while wanted:
        asked |= wanted
        fresh = [
            (table, row)
            for table, by, values in _grouped(wanted)
            for row in fetch(table, by, values)
            if _keep(found.setdefault(table, {}), load_dictionary().table(table).identity, row)
        ]
        wanted = {lookup for table, row in fresh for lookup in lookups(table, row)} - asked
    return {table: list(rows.values()) for table, rows in found.items() if rows}


def lookups(table: str, row: Row) -> Iterator[Lookup]:
    """Yield where the relations of one row lead."""
    for relation in load_dictionary().table(table).relations.values():
        found = step(relation)
        if found is None:
            continue
        own, by = found
        for source in _sources(relation, row):
            value = source.get(own)
            if value is not None:
                yield Lookup(relation.table, by, str(value))


def step(relation: Relation) -> tuple[str, By] | None:
    """Return the own column that a relation is looked up with, and what it is looked up by."""
    if relation.listed_in:
        return None
    key = load_dictionary().table(relation.table).key
    for own, theirs in relation.on.items():
        if theirs == key:
            return own, "key"
    for own, theirs in relation.on.items():
        if theirs == LISTED_UNDER.get(relation.table):
            return own, "belongs_to"
    return None


def _sources(relation: Relation, row: Row) -> Iterable[Row]:
    """Return the rows that name the others: this one, or those of the child it goes through."""
    if relation.through is None:
        return (row,)
    children = row.get(relation.through, ())
    return children if isinstance(children, list) else ()


def _grouped(wanted: set[Lookup]) -> list[tuple[str, By, list[str]]]:
    """Return the lookups with one entry per table and kind of key."""
    groups: dict[tuple[str, By], list[str]] = {}
    for lookup in sorted(wanted):
        groups.setdefault((lookup.table, lookup.by), []).append(lookup.value)
    return [(table, by, values) for (table, by), values in groups.items()]


def _keep(rows: dict[tuple[object, ...], Row], identity: Sequence[str], row: Row) -> bool:
    """Add a row to those of its table and return whether it is new there."""
    name = tuple(row[column] for column in identity)
    return rows.setdefault(name, row) is row
