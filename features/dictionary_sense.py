"""What no single line of the dictionary shows: names that lead nowhere, labels used twice."""

from __future__ import annotations

from collections.abc import Iterator

from features.checks import Comparison, Filled, NoOverlap, UnitSlip
from features.errors import BadInput
from features.schema import Dictionary, Kind, Relation, Table


def refuse_contradictions(dictionary: Dictionary, where: str) -> None:
    """Refuse a dictionary that does not hold together.

    Raises
    ------
    BadInput
        On a name that leads nowhere, a label used twice in one table, a forbidden column.
    """
    for table in dictionary.all_tables:
        place = f"{where}: {table.name}"
        labels = [c.zh for c in table.columns.values()]
        _refuse(place, {label for label in labels if labels.count(label) > 1}, "label used twice")
        _refuse(place, _forbidden(dictionary, table), "a column that may never be kept")
        _refuse(place, {*_named(table)} - {*table.columns}, "no such column")
        _refuse(place, {*_timeless(table)}, "no period of child rows")
        for relation in table.relations.values():
            _refuse(place, _dangling(dictionary, table, relation), "no such column or table")
            _refuse(place, _misled(dictionary, table, relation), "the chain leads elsewhere")


def _refuse(place: str, names: set[str], rule: str) -> None:
    if names:
        raise BadInput(rule, where=place, field=", ".join(sorted(names)))


def _forbidden(dictionary: Dictionary, table: Table) -> set[str]:
    return {c.name for c in table.columns.values() if dictionary.forbidden_reason(c.name)}


def _named(table: Table) -> Iterator[str]:
    yield from (table.key, *table.unique)
    for check in table.checks:
        match check:
            case Comparison():
                yield from (*check.left, *check.right)
            case Filled():
                yield from (*check.one_of, *check.when)
            case UnitSlip():
                yield check.column
            case NoOverlap():
                yield from (check.begins, check.ends, *check.same)


def _timeless(table: Table) -> Iterator[str]:
    """Yield what a period cannot be made of: a column that is no date, or one outside a child."""
    for check in table.checks:
        if isinstance(check, NoOverlap):
            for name in (check.begins, check.ends):
                column = table.columns.get(name)
                if table.parent is None or (column and column.kind is not Kind.DATE):
                    yield name


def _dangling(dictionary: Dictionary, table: Table, relation: Relation) -> set[str]:
    if relation.table not in dictionary.tables:
        return {relation.table}
    other = dictionary.tables[relation.table]
    own = table.children[relation.through] if relation.through else table
    named = relation.child or relation.listed_in
    theirs = other.children[named] if named else other
    known = {*other.columns, *theirs.columns}
    return ({*relation.on} - {*own.columns}) | ({*relation.on.values()} - known)


def _misled(dictionary: Dictionary, table: Table, relation: Relation) -> set[str]:
    """Return a chain's name where it does not lead, step by step, to the table it names."""
    at = table.name
    for step in relation.chain:
        if step not in dictionary.table(at).relations:
            return {relation.name}
        at = dictionary.table(at).relations[step].table
    return {relation.name} if relation.chain and at != relation.table else set()
