"""Books of nothing: one row of every table, no money but what it owns, no flag, no child row."""

from __future__ import annotations

from collections.abc import Mapping

from features.dictionary import Column, Kind, Table, load_dictionary
from tests.policy.lawful import DAY, SEEN, World
from tests.policy.lawful_cooperative import Row

PLAIN: Mapping[Kind, object] = {
    Kind.MONEY: "0",
    Kind.FLAG: False,
    Kind.COUNT: 0,
    Kind.RATIO: "0",
    Kind.AREA: "0",
    Kind.NUMBER: "0",
}
ASSETS: Mapping[str, tuple[str, ...]] = {
    "cooperative": ("total_assets", "equity", "net_assets_parent"),
    "organisation": ("capital_subscribed", "capital_paid"),
    "resource": ("valuation", "second_valuation"),
    "guarantee_body": ("body_net_assets",),
    "bank": ("bank_capital_net", "bank_tier1_net"),
    "household": ("real_estate_value",),
}
LINKS: Mapping[str, Row] = {
    "organisation": {"org_id": "ORG1§"},
    "resource": {"coop_id": "N§"},
    "project": {"developer_id": "ORG1§", "price_base": 2023},
    "application": {"household_id": "N§", "amount": "1", "term_m": 12},
    "household": {"birth_year": None},
}
"""What joins the tables, and what the dictionary lets nobody leave at 0."""


def nothing(assets: str = "0") -> World:
    """Return every table with one row; `assets` is what each owns (yuan)."""
    now = SEEN | {"as_of": DAY.isoformat(), "known_at": f"{DAY}T08:00:00+08:00"}
    tables = load_dictionary().tables
    return {name: (name, now | _row(table, assets)) for name, table in tables.items()}


def _row(table: Table, assets: str) -> Row:
    row: Row = {name: [] for name in table.children}
    counts = {f"{name}_rows" for name in table.children}
    for column in table.own_columns:
        if column.name in counts or column.name in SEEN:
            continue
        if column.required or column.kind in PLAIN:
            row[column.name] = _value(column)
    return row | dict.fromkeys(ASSETS.get(table.name, ()), assets) | LINKS.get(table.name, {})


def _value(column: Column) -> object:
    match column.kind:
        case Kind.ENUM:
            return column.codes[0].name
        case Kind.TEXT:
            return "N§"
        case Kind.DATE:
            return DAY.isoformat()
        case kind:
            return PLAIN[kind]
