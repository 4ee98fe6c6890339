"""A line as it judges rows of another table than its own: one of loans, an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from risk.red_lines.rule import RedLine
from risk.red_lines.subjects import table_of_subject


def read_on(line: RedLine, table: str) -> RedLine:
    """Return the line with its columns named, and its record held, by another table.

    What it reads of that table as a relation (`table__column`) is there the row's own. Its hash
    stays that of its text.
    """
    content = line.content
    head, own = f"{table}__", table_of_subject(content["subject"])
    names = {name: name.removeprefix(head) for name in content["inputs"]}

    def renamed(value: object) -> object:
        if isinstance(value, Mapping):
            return {key: renamed(item) for key, item in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [renamed(item) for item in value]
        return names.get(value, value) if isinstance(value, str) else value

    record = {table: {"cadence": None, "disputed": "quality__disputed"}}
    inputs = {
        names[name]: {
            **row,
            "records": record
            | {key: said for key, said in row["records"].items() if key not in (own, table)},
        }
        for name, row in content["inputs"].items()
    }
    moved = RedLine.of({**content, "tests": renamed(content["tests"]), "inputs": inputs})
    return replace(moved, content=content)
