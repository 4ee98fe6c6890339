"""The feature graph: what each function reads, found in its signature.

There is no registry. A public function in `features/<table>.py` (or in a module of the package
`features/<table>/`) is a feature of that table's subject, named after its column; its parameters
name its inputs (design 10.1):

name               own feature, raw column, child or many-relation (as `Rows`), `past`
column__code       flag of one code of an unordered enumeration
child__column      a value on each child row
relation__name     column or feature of the related table: one value, or one per related row
past__name         the same of the subject's own earlier readings, oldest first
judged_on          the day the row is judged on; `as_of` is the day its record describes
keyword-only       policy parameter, in force on the row's judged day

A bare name that `application` lacks is its borrower's: `experience_years` of an application is
the household's. So a product file lists bare names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from features.arrays import Unit
from features.errors import BadInput
from features.feature import Feature
from features.lineage import Lineage, trace
from features.schema import Column, Dictionary, Kind, Relation, Table

BORROWER = {"application": "household"}
"""Subject to the relation that answers for a bare name it lacks."""

PAST = "past"
JUDGED_ON = "judged_on"

_UNITS = {
    Kind.MONEY: Unit.FEN,
    Kind.RATIO: Unit.RATIO,
    Kind.AREA: Unit.AREA,
    Kind.NUMBER: Unit.NUMBER,
    Kind.DATE: Unit.DATE,
    Kind.TEXT: Unit.TEXT,
    Kind.FLAG: Unit.FLAG,
}
_COUNTS = {"days": Unit.DAYS, "months": Unit.MONTHS}


class Source(StrEnum):
    """Where a name is found."""

    COLUMN = "column"
    FEATURE = "feature"
    GROUP = "group"
    RELATED = "related"
    CHILD = "child"
    PARAMETER = "parameter"
    DAY = "day"


@dataclass(frozen=True)
class Input:
    """One name of a subject, resolved.

    Attributes
    ----------
    name
        The name as written.
    source
        Where it is found.
    group
        Child, relation or `past` that holds it; empty for the subject's own.
    inner
        Its name there: raw column, column__code or feature.
    by_row
        Whether it has a value per row of `group` instead of one per subject.
    """

    name: str
    source: Source
    group: str = ""
    inner: str = ""
    by_row: bool = False


def column_unit(column: Column) -> Unit:
    """Return the unit of a raw column's float64."""
    if column.kind is Kind.COUNT:
        return _COUNTS.get(column.unit, Unit.COUNT)
    if column.kind is Kind.ENUM and column.ordered:
        return Unit.RANK
    if column.kind not in _UNITS:
        raise BadInput("is no number; name one code as column__code", field=column.name)
    return _UNITS[column.kind]


class Catalogue:
    """Every feature of every subject, checked: all names resolve, all units agree, no cycle.

    Parameters
    ----------
    dictionary
        The raw columns.
    features
        Subject to its features by name.
    """

    def __init__(
        self, dictionary: Dictionary, features: Mapping[str, Mapping[str, Feature]]
    ) -> None:
        self.dictionary = dictionary
        self._features = features
        self._resolved: dict[tuple[str, str], Input] = {}
        for subject in features:
            for feature in features[subject].values():
                self._check(feature)
            self.order(subject)

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """Return the subjects that have features."""
        return tuple(self._features)

    def features(self, subject: str) -> Mapping[str, Feature]:
        """Return the features of a subject by name; empty for a table without any."""
        return self._features.get(subject, MappingProxyType({}))

    def relation(self, table: str, name: str) -> Relation:
        """Return a relation of a table by its name."""
        return self.dictionary.table(table).relations[name]

    def table_of(self, table: str, group: str) -> str:
        """Return the table (or child table) in which the names of a group are found."""
        if group == PAST:
            return table
        owner = self.dictionary.table(table)
        if group in owner.children:
            return owner.children[group].name
        relation = owner.relations[group]
        return f"{relation.table}__{relation.child}" if relation.child else relation.table

    # ------------------------------------------------------------------ names

    def resolve(self, table: str, name: str) -> Input:
        """Return where a name of a table (or child table) is found.

        Raises
        ------
        BadInput
            Where it is nowhere.
        """
        key = (table, name)
        if key not in self._resolved:
            found = self._own(table, name) or self._joined(table, name)
            if found is None and (borrower := BORROWER.get(table)):
                self.resolve(borrower, name)
                found = Input(name, Source.RELATED, borrower, name)
            if found is None:
                raise BadInput(
                    "no feature, column, child or relation of that name", where=table, field=name
                )
            self._resolved[key] = found
        return self._resolved[key]

    def _own(self, table: str, name: str) -> Input | None:
        owner = self.dictionary.table(table)
        if name in self.features(table):
            return Input(name, Source.FEATURE, inner=name)
        if name == JUDGED_ON:
            return Input(name, Source.DAY)
        if name in owner.columns:
            column_unit(owner.columns[name])
            return Input(name, Source.COLUMN, inner=name)
        many = name in owner.relations and owner.relations[name].many
        if name == PAST or name in owner.children or many:
            return Input(name, Source.GROUP, name, by_row=True)
        return None

    def _joined(self, table: str, name: str) -> Input | None:
        head, _, inner = name.partition("__")
        owner = self.dictionary.table(table)
        if not inner:
            return None
        if head in owner.columns and any(code.name == inner for code in owner.columns[head].codes):
            return Input(name, Source.COLUMN, inner=name)
        if head in owner.children:
            self.resolve(owner.children[head].name, inner)
            return Input(name, Source.CHILD, head, inner, by_row=True)
        if head == PAST or head in owner.relations:
            self.resolve(self.table_of(table, head), inner)
            by_row = head == PAST or owner.relations[head].many
            return Input(name, Source.RELATED, head, inner, by_row)
        return None

    def _check(self, feature: Feature) -> None:
        where = f"{feature.module}.{feature.name}"
        if feature.name in self.dictionary.table(feature.subject).columns:
            raise BadInput("is a raw column of that subject", where=where)
        for name in feature.inputs:
            source = self.resolve(feature.subject, name)
            if source.source is Source.GROUP:
                continue
            declared, found = feature.units.get(name), self.unit(feature.subject, name)
            if declared is not found:
                raise BadInput(
                    f"is annotated {declared}, its source is {found}", where=where, field=name
                )

    # ------------------------------------------------------------------ what others ask

    def unit(self, subject: str, name: str) -> Unit:
        """Return the unit of a feature, a raw column or a joined name."""
        found = self.resolve(subject, name)
        if found.source is Source.FEATURE:
            return self.features(subject)[name].unit
        if found.source is Source.DAY:
            return Unit.DATE
        if found.group:
            return self.unit(self.table_of(subject, found.group), found.inner)
        columns = self.dictionary.table(subject).columns
        return column_unit(columns[name]) if name in columns else Unit.FLAG

    def order(self, subject: str) -> tuple[str, ...]:
        """Return the subject's features, each after those it reads (ties by name).

        Raises
        ------
        BadInput
            Where features read each other in a circle.
        """
        features = self.features(subject)
        left, done = list(features), list[str]()
        while left:
            ready = [name for name in left if not any(i in left for i in features[name].inputs)]
            if not ready:
                raise BadInput(
                    "these features read each other in a circle",
                    where=subject,
                    value=", ".join(left),
                )
            done += ready
            left = [name for name in left if name not in ready]
        return tuple(done)

    def closure(self, subject: str, names: Iterable[str]) -> frozenset[str]:
        """Return the subject's features among `names` with all its features that they read."""
        features, found, stack = self.features(subject), set[str](), list(names)
        while stack:
            name = stack.pop()
            if name in features and name not in found:
                found.add(name)
                stack += features[name].inputs
        return frozenset(found)

    def lineage(self, subject: str, name: str) -> Lineage:
        """Return the tree from a name to its raw columns and policy parameters."""
        return trace(self, subject, name)

    def raw_inputs(self, subject: str, name: str) -> tuple[tuple[str, str], ...]:
        """Return every (table, column) that a name is made from, in order of name."""
        leaves = self.lineage(subject, name).leaves()
        return tuple(sorted({(leaf.table, leaf.column) for leaf in leaves if leaf.column}))

    def required(self, subject: str, name: str) -> bool:
        """Return whether every raw input is a required column (`!`).

        A missing value of such a name sends a score to a person, one of another is 0 points. What
        stands in the subject's own child is not required: the child itself may be undeclared.
        """
        return all(leaf.required for leaf in self.lineage(subject, name).leaves())

    def table(self, name: str) -> Table:
        """Return a table (or child table) of the dictionary."""
        return self.dictionary.table(name)
