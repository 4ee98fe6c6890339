"""What one subject's features can reach: its own rows and those its needs lead to.

Each step is an indexed read: by the other table's key, or by what its records name of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from features.dictionary import Relation, load_dictionary
from features.needs import Need
from service.store.mentions import mentioning
from service.store.versions import Row


class Lookup(NamedTuple):
    """Rows of a table found by their key (`column` None), or by what they name in a column."""

    table: str
    column: str | None
    value: str


Fetch = Callable[[str, str | None, bool, Sequence[str]], list[Row]]
Step = tuple[Lookup, Need]
Given = Mapping[str, Sequence[Row]]
"""Rows by table that came with a request."""


def reach(keys: Sequence[str], need: Need, fetch: Fetch) -> dict[str, list[Row]]:
    """Return, table by table, every row needed for some subjects; none where they are not kept.

    Parameters
    ----------
    keys
        The subjects themselves.
    need
        What is needed of it and beside it.
    fetch
        Reads the rows of a table by values of its key (column None), or by what they name: with
        their history, or the latest of each key.
    """
    return _reached({(Lookup(need.table, None, key), need) for key in keys}, fetch)


def reach_beside(given: Given, need: Need, fetch: Fetch) -> dict[str, list[Row]]:
    """Return, table by table, what is needed beside rows that are given and not kept."""
    return _reached(set(_beside(given, need)), fetch)


def _beside(given: Given, need: Need) -> Iterator[Step]:
    """Yield where given rows lead, but for what they name among themselves."""
    for row in given.get(need.table, ()):
        for lookup, other in steps(need, row):
            key = load_dictionary().table(lookup.table).key
            here = {str(own[key]) for own in given.get(lookup.table, ())}
            if lookup.column is not None or lookup.value not in here:
                yield lookup, other
    for other in need.others.values():
        yield from _beside(given, other)


def _reached(wanted: set[Step], fetch: Fetch) -> dict[str, list[Row]]:
    """Return the rows that steps lead to, and theirs, and so on; also the tables without a row."""
    found: dict[str, dict[tuple[object, ...], Row]] = {}
    asked: set[Step] = set()
    while wanted:
        asked |= wanted
        further: set[Step] = set()
        for (table, column, about), values in _grouped(wanted).items():
            rows = fetch(table, column, about.history, sorted(values))
            identity = load_dictionary().table(table).identity
            found.setdefault(table, {}).update(
                {tuple(row[name] for name in identity): row for row in rows}
            )
            further.update(step for row in rows for step in steps(about, row))
        wanted = further - asked
    if not any(found.values()):
        return {}
    return {table: list(rows.values()) for table, rows in found.items()}


def steps(need: Need, row: Row) -> Iterator[Step]:
    """Yield where one row leads, and what is needed there."""
    relations = load_dictionary().table(need.table).relations
    for name, other in need.others.items():
        relation = relations[name]
        own, column = _join(relation)
        for source in _sources(relation, row):
            value = source.get(own)
            if value is not None:
                yield Lookup(relation.table, column, str(value)), other


def _join(relation: Relation) -> tuple[str, str | None]:
    """Return the own column that a relation starts from, and what it is looked up by."""
    column = mentioning(relation)
    if column is not None:
        (own,) = relation.on
        return own, column
    key = load_dictionary().table(relation.table).key
    return next(own for own, theirs in relation.on.items() if theirs == key), None


def _sources(relation: Relation, row: Row) -> Iterable[Row]:
    """Return the rows that name the others: this one, or those of the child it goes through."""
    if relation.through is None:
        return (row,)
    children = row.get(relation.through, ())
    return children if isinstance(children, list) else ()


def _grouped(wanted: set[Step]) -> dict[tuple[str, str | None, Need], list[str]]:
    """Return the values of each table and column, for each need."""
    groups: dict[tuple[str, str | None, Need], list[str]] = {}
    for lookup, need in wanted:
        groups.setdefault((lookup.table, lookup.column, need), []).append(lookup.value)
    return groups
