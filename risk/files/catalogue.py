"""What a policy file may name: the columns of the feature graph and their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Protocol

from features.catalogue import Source
from features.errors import BadInput
from features.graph import Catalogue, catalogue
from risk.red_lines.subjects import table_of_subject


class Known(Protocol):
    """The columns and features of each subject, and what they are made of."""

    def unit(self, subject: str, name: str) -> str:
        """Return the word of a column's unit; KeyError where there is no such column."""

    def records(self, subject: str, name: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the records a column is read from: cadence, and the flag that disputes it."""

    def parameters(self) -> Mapping[str, str]:
        """Return each policy parameter that a feature takes, with the feature's name."""


class Graph:
    """The feature graph as policy files see it."""

    def __init__(self, graph: Catalogue) -> None:
        self._graph = graph

    def unit(self, subject: str, name: str) -> str:
        """Return the word of a column's unit; KeyError where there is no such column.

        One of child rows is none: it has several values for each subject.
        """
        table = table_of_subject(subject)
        try:
            unit = str(self._graph.unit(table, name))
        except (BadInput, KeyError):
            raise KeyError(name) from None
        if self._graph.resolve(table, name).by_row:
            raise KeyError(name)
        return unit

    def records(self, subject: str, name: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the records a column is read from, named as a frame's provenance names them."""
        graph, table = self._graph, table_of_subject(subject)
        features = graph.features(table)
        read = {i for made in graph.closure(table, [name]) for i in features[made].inputs}
        sources = [graph.resolve(table, column) for column in {name, *read}]
        groups = {s.group for s in sources if s.source is Source.RELATED and not s.by_row}
        own = {table: self._record(table, "quality__disputed")}
        if len(groups) == len(sources):
            own = {}
        return own | {
            group: self._record(graph.table_of(table, group), f"{group}__quality__disputed")
            for group in sorted(groups)
        }

    def parameters(self) -> Mapping[str, str]:
        """Return each policy parameter that a feature takes, with the feature's name."""
        return {
            parameter: feature.name
            for subject in self._graph.subjects
            for feature in self._graph.features(subject).values()
            for parameter in feature.parameters
        }

    def _record(self, table: str, disputed: str) -> Mapping[str, Any]:
        cadence = self._graph.table(table).cadence
        return {
            "cadence": None if cadence is None else asdict(cadence),
            "disputed": disputed,
        }


def feature_graph() -> Known:
    """Return the columns of the installed feature graph."""
    return Graph(catalogue())
