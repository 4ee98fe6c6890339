"""Which breaches refuse a project's admission, and what must be known (domain 7.4.5, 11.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from risk.files.dated import ASIDE, DATED, Row, in_force, ordered, read_row
from risk.files.red_line import RedLineFile
from risk.files.strict_yaml import Node

CANDIDATE = "project"
BEHIND = ("developer", "resource")
"""Subjects that a candidate brings with it; their lines count too."""

Lines = Mapping[str, RedLineFile]


@dataclass(frozen=True)
class AdmissionRule:
    """The lines of one kind of subject that bear on admission.

    Attributes
    ----------
    refuse
        Lines whose breach refuses.
    must_be_known
        Lines that may not be unknown.
    """

    refuse: tuple[str, ...]
    must_be_known: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> AdmissionRule:
        """Read a row of the effective policy."""
        return cls(tuple(row["refuse"]), tuple(row["must_be_known"]))


@dataclass(frozen=True)
class AdmissionFile:
    """The rows of each kind of subject, by date."""

    rows: Mapping[str, tuple[Row, ...]]

    def on(self, day: date) -> dict[str, Mapping[str, Any]]:
        """Return what bears on admission on a day, by kind of subject."""
        held = {subject: in_force(rows, day) for subject, rows in self.rows.items()}
        return {
            subject: row.value
            for subject, row in held.items()
            if row is not None and row.value is not None
        }


def read_admission(node: Node, lines: Lines) -> AdmissionFile:
    """Read the file.

    Raises
    ------
    PolicyFault
        Where a line is not there or judges another subject.
    """
    file = node.section((CANDIDATE,), BEHIND)
    return AdmissionFile(
        {
            subject: ordered([_row(entry, subject, lines) for entry in rows.items()])
            for subject, rows in file.entries.items()
        }
    )


def _row(node: Node, subject: str, lines: Lines) -> Row:
    row = node.section(("refuse", "must_be_known", *DATED), ASIDE)
    value = {key: _named(row[key], subject, lines) for key in ("refuse", "must_be_known")}
    return read_row(row, value)


def _named(node: Node, subject: str, lines: Lines) -> list[str]:
    found = []
    for entry in node.listed():
        line = lines.get(entry.text())
        if line is None:
            raise entry.fault("no such red line")
        if line.fixed["subject"] != subject:
            raise entry.fault(f"judges a {line.fixed['subject']}, not a {subject}")
        found.append(line.id)
    return found
