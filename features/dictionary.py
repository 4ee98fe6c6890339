"""The data dictionary: every raw column of a book, read strictly from `dictionary.yaml`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

import yaml

from features.checks import Check, Comparison, Filled, NoOverlap, UnitSlip, read_check
from features.dictionary_sense import refuse_contradictions
from features.schema import (
    Cadence,
    Code,
    Column,
    Dictionary,
    Kind,
    Relation,
    Table,
)
from features.strict_yaml import Entry, fault, read_yaml, scalar, sequence

__all__ = [
    "Cadence",
    "Check",
    "Code",
    "Column",
    "Comparison",
    "Dictionary",
    "Filled",
    "Kind",
    "NoOverlap",
    "Relation",
    "Table",
    "UnitSlip",
    "load_dictionary",
]

FILE = Path(__file__).with_name("dictionary.yaml")

_TYPE = re.compile(r"(ts|[mrainteb]|d)(!?)([²*]?)")
_UNITS = {Kind.MONEY: "yuan", Kind.AREA: "m2", Kind.COUNT: "count", Kind.DATE: "date"}
_NUMERIC = (Kind.MONEY, Kind.RATIO, Kind.AREA, Kind.COUNT, Kind.NUMBER)
_PERIODS = {"month": 1, "quarter": 3, "year": 12}


@functools.lru_cache(maxsize=1)
def load_dictionary() -> Dictionary:
    """Return the dictionary of the package.

    Raises
    ------
    BadInput
        With file, line and reason, on anything that the format does not allow.
    """
    return read_dictionary(FILE)


def read_dictionary(path: Path) -> Dictionary:
    """Return the dictionary that a file holds; for its format see the head of `dictionary.yaml`.

    Raises
    ------
    BadInput
        With file, line and reason, on anything that the format does not allow.
    """
    entry = read_yaml(path)
    if entry.text("version") != "1":
        raise fault(entry.node, "version 1 is expected", "version")
    missing = {kind: frozenset(sequence(node)) for kind, node in entry.pairs("missing")}
    flags = dict(entry.pairs("flags"))
    units = {name: Decimal(scalar(node)) for name, node in entry.pairs("area_units")}
    forbidden = {w: reason for reason, n in entry.pairs("forbidden") for w in sequence(n)}
    reader = _Reader(missing, list(entry.pairs("every_table")))
    tables = {name: reader.table(name, node) for name, node in entry.pairs("tables")}
    entry.done()
    dictionary = Dictionary(
        tables=tables,
        flags={text: flag == "yes" for flag, node in flags.items() for text in sequence(node)},
        area_units=units,
        forbidden=forbidden,
    )
    refuse_contradictions(dictionary, path.name)
    return dictionary


@dataclass(frozen=True)
class _Reader:
    """Reads tables; knows what the file says for all of them."""

    missing: Mapping[str, frozenset[str]]
    every_table: list[tuple[str, yaml.Node]]

    def table(self, name: str, node: yaml.Node) -> Table:
        entry = Entry(node)
        zh, en, key = entry.text("zh"), entry.text("en"), entry.text("key")
        columns = dict(self._grouped(entry))
        columns |= {c: self.column(c, n, "standing") for c, n in self.every_table}
        joined = {c: columns[c] for c in (key, "as_of", "known_at")}
        children = {c: self._child(name, c, joined, child) for c, child in entry.pairs("children")}
        columns |= {f"{c}_rows": _row_count(child) for c, child in children.items()}
        table = Table(
            name=name,
            zh=zh,
            en=en,
            key=key,
            columns=columns,
            children=children,
            cadence=_cadence(entry),
            relations={r: _relation(r, n) for r, n in entry.pairs("relations")},
            checks=tuple(read_check(n) for n in entry.nodes("checks")),
        )
        entry.done()
        return table

    def _grouped(self, entry: Entry) -> Iterator[tuple[str, Column]]:
        seen: set[str] = set()
        for group, node in entry.pairs("groups"):
            part = Entry(node)
            source = part.text("source")
            for name, column in part.pairs("columns"):
                if name in seen:
                    raise fault(column, "the column stands in another group too", name)
                seen.add(name)
                yield name, self.column(name, column, group, source)
            part.done()

    def _child(
        self, parent: str, name: str, joined: Mapping[str, Column], node: yaml.Node
    ) -> Table:
        entry = Entry(node)
        source = entry.text("source")
        own = {c: self.column(c, n, name, source) for c, n in entry.pairs("columns")}
        table = Table(
            name=f"{parent}__{name}",
            zh=entry.text("zh"),
            en=entry.text("en"),
            key=next(iter(joined)),
            columns={**joined, **own},
            parent=parent,
            checks=tuple(read_check(n) for n in entry.nodes("checks")),
            unique=entry.texts("unique"),
        )
        if clash := joined.keys() & own.keys():
            raise fault(node, "the column joins the child to its parent already", min(clash))
        entry.done()
        return table

    def column(self, name: str, node: yaml.Node, group: str, source: str = "") -> Column:
        entry = Entry(node)
        match = _TYPE.fullmatch(entry.text("type"))
        if match is None or not name.isidentifier():
            raise fault(node, "unknown type, or a name that is no identifier", name)
        letter, required, mark = match.groups()
        kind = Kind(letter)
        low, high = _range(entry, kind)
        absent = entry.choice("absent", "unknown", "zero")
        if required and absent == "zero":
            raise fault(node, "a required column cannot be absent", name)
        column = Column(
            name=name,
            zh=entry.text("zh"),
            en=entry.text("en"),
            kind=kind,
            unit=entry.text("unit", _UNITS.get(kind, "1")),
            required=bool(required),
            privacy="C2" if mark else "C1",
            consent=mark == "*",
            source=entry.text("source", source),
            group=group,
            codes=_codes(entry, kind),
            ordered=entry.choice("ordered", "false", "true") == "true",
            absent=cast(Literal["unknown", "zero"], absent),
            missing_codes=self._missing_codes(kind),
            minimum=low,
            maximum=high,
            also=entry.texts("also"),
            form=entry.choice("form", "", "social_credit_code") or None,
        )
        entry.done()
        return column

    def _missing_codes(self, kind: Kind) -> frozenset[str]:
        if kind is Kind.TEXT:
            return self.missing["text"]
        return self.missing["any"] | self.missing.get(kind.value, frozenset())


def _row_count(child: Table) -> Column:
    return Column(
        name=f"{child.short}_rows",
        zh=f"{child.zh}行数",
        en=f"Rows of {child.short} (0 = declared empty)",
        kind=Kind.COUNT,
        unit="rows",
        group="control",
        source="对账行数 · control count",
        missing_codes=frozenset({"", "-", "/"}),
        minimum=Decimal(0),
    )


def _codes(entry: Entry, kind: Kind) -> tuple[Code, ...]:
    codes: list[Code] = []
    for name, node in entry.pairs("codes"):
        labels = sequence(node)
        if not name.isidentifier() or len(labels) != len(("zh", "en")):
            raise fault(node, "a code is an identifier with two labels, zh and en", name)
        codes.append(Code(name, *labels))
    if bool(codes) is not (kind is Kind.ENUM):
        raise fault(entry.node, "an enumeration, and nothing else, has codes", "codes")
    return tuple(codes)


def _range(entry: Entry, kind: Kind) -> tuple[Decimal | None, Decimal | None]:
    if "range" not in entry:
        floor = Decimal(0) if kind in _NUMERIC else None
        return floor, Decimal(1) if kind is Kind.RATIO else None
    match entry.texts("range"):
        case (low, high) if kind in _NUMERIC:
            return _bound(low), _bound(high)
        case _:
            raise fault(entry.node, "a range is [lowest, highest] of a number", "range")


def _bound(text: str) -> Decimal | None:
    return None if text == "null" else Decimal(text)


def _cadence(entry: Entry) -> Cadence | None:
    if "cadence" not in entry:
        return None
    part = Entry(entry.take("cadence"))
    cadence = Cadence(
        months=_PERIODS[part.choice("every", *_PERIODS)],
        due_days=int(part.text("due_days", "0")),
        due_months=int(part.text("due_months", "0")),
    )
    part.done()
    return cadence


def _relation(name: str, node: yaml.Node) -> Relation:
    entry = Entry(node)
    relation = Relation(
        name=name,
        table=entry.text("table"),
        on={own: scalar(theirs) for own, theirs in entry.pairs("on")},
        many=entry.choice("many", "false", "true") == "true",
        child=entry.maybe("child"),
        through=entry.maybe("through"),
        listed_in=entry.maybe("listed_in"),
        chain=entry.texts("chain"),
    )
    entry.done()
    return relation
