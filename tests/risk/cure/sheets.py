"""A cooperative on one day, written in 万元, and its cures under the shipped policy."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from features.dictionary import load_dictionary
from features.errors import BadInput
from features.graph import catalogue
from features.records import book_from_rows
from features.scene import Scene, scenes
from features.schema import Kind
from risk.cure import Cure, cures_of
from risk.files import EffectivePolicy, Policy, load_policy
from risk.red_lines import State, judge_one
from risk.red_lines.subjects import subject_of_table, table_of_subject

DAY = date(2026, 4, 15)
TEN_THOUSAND = 1_000_000
"""分 in a 万元."""

Row = Mapping[str, object]
STAMP: Row = {
    "as_of": "2026-03-31",
    "known_at": "2026-04-10T09:00:00+08:00",
    "source": "statement",
    "quality": "reported",
}
SHEET: Row = {
    **STAMP,
    "coop_id": "c",
    "county_code": "k",
    "level": "县",
    "reporting_scope": "entity",
    "is_lgfv": False,
    "investment_type": True,
    "restricted_name": False,
    "audited": False,
    "operating_since": "2025-01-01",
    "hidden_debt_baseline_date": "2023-01-01",
}


@functools.cache
def policy() -> Policy:
    return load_policy()


@functools.cache
def effective() -> EffectivePolicy:
    return policy().effective(DAY)


def columns_of(subject: str, table: str) -> list[str]:
    """Return what the lines of a subject read, of another table the lines it has columns for."""
    found = set[str]()
    for line in effective().red_lines.values():
        if line.subject == subject and (
            table_of_subject(subject) == table or _resolve(table, line.inputs)
        ):
            found |= {*(line.sides() if table_of_subject(subject) == table else line.inputs)}
    return sorted(found)


def _resolve(table: str, names: Iterable[str]) -> bool:
    try:
        return all(catalogue().resolve(table, name) for name in names)
    except BadInput:
        return False


@functools.cache
def _nothing() -> Row:
    """Return the record of a cooperative with nothing: amounts 0, every register empty."""
    table = load_dictionary().table("cooperative")
    money = {c.name: "0.00" for c in table.columns.values() if c.kind is Kind.MONEY}
    del money["net_assets_parent"]
    return {**SHEET, **money, **{child: [] for child in table.children}}


SOUND = {
    "total_assets": 1000,
    "current_assets": 600,
    "cash_total": 220,
    "cash_restricted": 20,
    "total_liabilities": 300,
    "current_liabilities": 150,
    "short_debt": 50,
    "long_debt": 150,
    "equity": 700,
    "revenue_12m": 400,
}
"""A sound cooperative in 万元: net assets 700, free cash 200."""


def wan(value: float) -> str:
    """Return 万元 as a record has money."""
    return f"{value * 10_000:.2f}"


def body(
    amounts: Mapping[str, float] | None = None,
    others: Mapping[str, Sequence[Row]] | None = None,
    **columns: object,
) -> Scene:
    """Return the sound cooperative with other amounts in 万元, columns, registers and tables."""
    money = {name: wan(value) for name, value in {**SOUND, **(amounts or {})}.items()}
    return scene("cooperative", {**_nothing(), **money, **columns}, others)


@functools.cache
def blank() -> Scene:
    """Return a cooperative with nothing: every amount 0, every register declared empty."""
    return scene("cooperative", _nothing())


def scene(
    table: str,
    row: Row,
    others: Mapping[str, Sequence[Row]] | None = None,
    subject: str | None = None,
) -> Scene:
    """Return one row of a table as a scene, beside rows of other tables."""
    stamped = {
        name: [{**STAMP, **other} for other in rows] for name, rows in (others or {}).items()
    }
    checked = book_from_rows({**stamped, table: [{**STAMP, **row}]})
    assert len(checked.faults) == 0, checked.faults.rows.to_pylist()
    wanted = columns_of(subject or subject_of_table(table), table)
    parameters = policy().parameters()
    return scenes(checked.book, table, wanted, at=DAY, parameters=parameters)[0]


def coop(**amounts: float) -> Scene:
    """Return a cooperative with these amounts in 万元, all others 0."""
    return blank().changed({name: round(value * TEN_THOUSAND) for name, value in amounts.items()})


def states(judged: Scene, subject: str | None = None) -> dict[str, State]:
    return {v.rule.id: v.state for v in judge_one(judged.frame(), effective(), subject=subject)}


def cures(judged: Scene, rule: str, subject: str | None = None) -> dict[str, Cure]:
    """Return the cures of one line by act."""
    verdicts = judge_one(judged.frame(), effective(), subject=subject)
    found: Sequence[Cure] = cures_of(judged, effective(), verdicts, [rule])[rule]
    return {cure.act: cure for cure in found}


def changes(cure: Cure) -> dict[str, object]:
    """Return the postings as column to change; of a row as column[row]."""
    return {
        str(p["column"]) + (f"[{p['row']}]" if "row" in p else ""): p["change"]
        for p in cure.postings
    }
