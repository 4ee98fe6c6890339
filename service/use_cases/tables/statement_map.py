"""A map of columns: how any table of statements becomes ours (design 11.10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from features.dictionary import load_dictionary
from features.errors import BadInput
from features.schema import Column, Kind
from risk.files.strict_yaml import Node, read_yaml

COOPERATIVE = load_dictionary().table("cooperative")
READABLE = (Kind.MONEY, Kind.FLAG, Kind.DATE)


@dataclass(frozen=True)
class StatementMap:
    """How a table's columns become ours.

    Attributes
    ----------
    subject, as_of
        Their columns of the body and of the day (a year = its 31 December).
    unit
        Yuan in one of their units.
    columns
        Our column to theirs.
    constants
        Our column to the value that every row has.
    """

    subject: str = "coop_id"
    as_of: str = "as_of"
    unit: Decimal = Decimal(1)
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, bool | Decimal | date] = field(default_factory=dict)


def read_map(path: Path) -> StatementMap:
    """Read a map.

    Raises
    ------
    BadInput
        With line and reason: an unknown key, or a column of ours that is no figure.
    """
    if not path.is_file():
        raise BadInput("没有这个文件 · no such file", where=str(path))
    root = read_yaml(path, path.name)
    page = root.section(("subject", "as_of"), ("unit", "columns", "constants"))
    columns = {
        _ours(name, node).name: node.text()
        for name, node in (page["columns"].pairs() if "columns" in page else ())
    }
    constants = {
        name: _constant(_ours(name, node), node)
        for name, node in (page["constants"].pairs() if "constants" in page else ())
    }
    for name in sorted(columns.keys() & constants.keys()):
        raise page["constants"].fault("也在 columns 中 · stands under columns too", field=name)
    unit = page["unit"].decimal() if "unit" in page else Decimal(1)
    if unit <= 0:
        raise page["unit"].fault("须大于零 · must be above 0")
    return StatementMap(page["subject"].text(), page["as_of"].text(), unit, columns, constants)


def _ours(name: str, node: Node) -> Column:
    column = COOPERATIVE.columns.get(name)
    if column is None or column.kind not in READABLE:
        raise node.fault("合作社报表无此数值列 · no figure of our cooperative statement")
    return column


def _constant(column: Column, node: Node) -> bool | Decimal | date:
    if column.kind is Kind.FLAG:
        return node.flag()
    return node.day() if column.kind is Kind.DATE else node.number()
