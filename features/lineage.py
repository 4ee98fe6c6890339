"""Lineage: from a feature down to the raw columns it is made of, their source and clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from features.catalogue import Catalogue, Input


@dataclass(frozen=True)
class Lineage:
    """One name with what it is made from.

    Attributes
    ----------
    subject
        The table in which the name is read.
    name
        The name as the reader writes it.
    kind
        feature, column, parameter or day.
    table, column
        Of a raw column: where it stands.
    unit
        fen, ratio, count, days, months, area, number, flag, rank, date or text.
    doc
        Of a feature its docstring: formula, unit, what makes it missing, clause or source.
    zh, en, source
        Of a raw column: labels and where the value comes from.
    required
        Of a raw column: whether the dictionary demands it.
    inputs
        What it is made from.
    """

    subject: str
    name: str
    kind: str
    unit: str
    table: str = ""
    column: str = ""
    doc: str = ""
    zh: str = ""
    en: str = ""
    source: str = ""
    required: bool = True
    inputs: tuple[Lineage, ...] = ()

    def leaves(self) -> Iterator[Lineage]:
        """Yield the raw columns and parameters at the ends of the tree."""
        if self.kind == "feature":
            for child in self.inputs:
                yield from child.leaves()
        else:
            yield self

    def document(self) -> dict[str, object]:
        """Return the tree as plain mappings for canonical JSON; what is empty is left out."""
        facts = {
            "subject": self.subject,
            "name": self.name,
            "kind": self.kind,
            "unit": self.unit,
            "table": self.table,
            "column": self.column,
            "doc": self.doc,
            "zh": self.zh,
            "en": self.en,
            "source": self.source,
            "inputs": [child.document() for child in self.inputs],
        }
        seen = {name: fact for name, fact in facts.items() if fact}
        return seen | ({"required": self.required} if self.column else {})


def trace(catalogue: Catalogue, subject: str, name: str) -> Lineage:
    """Return the lineage of a name of a subject (see `Catalogue.lineage`)."""
    found = catalogue.resolve(subject, name)
    if found.source == "feature":
        return _of_feature(catalogue, subject, name)
    if found.source == "day":
        return Lineage(subject, name, "day", "date")
    if found.group:
        return _of_group(catalogue, subject, found)
    return _of_column(catalogue, subject, name)


def _of_feature(catalogue: Catalogue, subject: str, name: str) -> Lineage:
    feature = catalogue.features(subject)[name]
    inputs = [trace(catalogue, subject, i) for i in feature.inputs if i in feature.units]
    policy = [Lineage(subject, p, "parameter", feature.units[p].value) for p in feature.parameters]
    return Lineage(
        subject,
        name,
        "feature",
        feature.unit.value,
        doc=feature.doc,
        inputs=(*inputs, *policy),
    )


def _of_group(catalogue: Catalogue, subject: str, found: Input) -> Lineage:
    """Return the lineage of child__column, relation__name or past__name under its own name."""
    inner = trace(catalogue, catalogue.table_of(subject, found.group), found.inner)
    own_child = found.group in catalogue.table(subject).children
    return replace(inner, name=found.name, required=inner.required and not own_child)


def _of_column(catalogue: Catalogue, subject: str, name: str) -> Lineage:
    columns = catalogue.table(subject).columns
    column = columns[name if name in columns else name.partition("__")[0]]
    return Lineage(
        subject,
        name,
        "column",
        catalogue.unit(subject, name).value,
        table=subject,
        column=column.name,
        zh=column.zh,
        en=column.en,
        source=column.source,
        required=column.required,
    )
