"""What a policy file may name: the columns of the feature graph and their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Protocol

from features.errors import BadInput
from features.graph import Catalogue, catalogue


class Known(Protocol):
    """The columns and features of each subject, and what they are made of."""

    def unit(self, subject: str, name: str) -> str:
        """Return the word of a column's unit; KeyError where there is no such column."""

    def records(self, subject: str, name: str) -> Mapping[str, Mapping[str, int] | None]:
        """Return the raw records a column is read from, each with its cadence."""

    def parameters(self) -> Mapping[str, str]:
        """Return each policy parameter that a feature takes, with the feature's name."""


class Graph:
    """The feature graph as policy files see it."""

    def __init__(self, graph: Catalogue) -> None:
        self._graph = graph

    def unit(self, subject: str, name: str) -> str:
        """Return the word of a column's unit; KeyError where there is no such column."""
        try:
            return str(self._graph.unit(subject, name))
        except (BadInput, KeyError):
            raise KeyError(name) from None

    def records(self, subject: str, name: str) -> Mapping[str, Mapping[str, int] | None]:
        """Return the raw records a column is read from, each with its cadence."""
        read = self._graph.raw_inputs(subject, name)
        tables = sorted({table.partition("__")[0] for table, _ in read})
        return {table: self._cadence(table) for table in tables}

    def parameters(self) -> Mapping[str, str]:
        """Return each policy parameter that a feature takes, with the feature's name."""
        return {
            parameter: feature.name
            for subject in self._graph.subjects
            for feature in self._graph.features(subject).values()
            for parameter in feature.parameters
        }

    def _cadence(self, table: str) -> Mapping[str, int] | None:
        cadence = self._graph.table(table).cadence
        return None if cadence is None else asdict(cadence)


def feature_graph() -> Known:
    """Return the columns of the installed feature graph."""
    return Graph(catalogue())
