"""What a record names of other tables, so that it can be found by it.

The dictionary's relations say which columns: those by which another table's row finds the records
that name it, in a column of theirs (a loan its application) or on their child rows (an application
its resources). An officer's search adds the village of a household.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from features.dictionary import load_dictionary
from features.schema import Relation

SEARCHED = (("household", "village_code"),)


class Mention(NamedTuple):
    """A record of `table` by `key` names `value` in `column` (of a child: child.column)."""

    table: str
    column: str
    value: str
    key: str


def mentioning(relation: Relation) -> str | None:
    """Return the column that names our row in a relation's table; None where ours names theirs."""
    if relation.chain or relation.through:
        return None
    key = load_dictionary().table(relation.table).key
    if key in relation.on.values() and not relation.listed_in:
        return None
    (theirs,) = relation.on.values()
    return f"{relation.listed_in}.{theirs}" if relation.listed_in else theirs


@cache
def mentioned() -> Mapping[str, tuple[str, ...]]:
    """Return each table's columns by whose values its records are found."""
    found: dict[str, set[str]] = {}
    for table, column in SEARCHED:
        found.setdefault(table, set()).add(column)
    for spec in load_dictionary().tables.values():
        for relation in spec.relations.values():
            naming = mentioning(relation)
            if naming is not None:
                found.setdefault(relation.table, set()).add(naming)
    return {table: tuple(sorted(columns)) for table, columns in found.items()}


def mentions_of(table: str, key: str, row: Mapping[str, object]) -> Iterator[Mention]:
    """Yield what one row names."""
    for column in mentioned().get(table, ()):
        own, _, inner = column.partition(".")
        held = row.get(own)
        sources = held if isinstance(held, list) else () if inner else (row,)
        for source in sources:
            value = source.get(inner or own)
            if value is not None:
                yield Mention(table, column, str(value), key)
