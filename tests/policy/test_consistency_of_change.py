"""Whole books in which a value or a register is missing, or all money is another (domain 7.4)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import pytest

from features.dictionary import Kind, Table, load_dictionary
from features.graph import catalogue
from risk.red_lines import State
from risk.red_lines.subjects import table_of_subject
from tests.policy.defects import DEFECTS
from tests.policy.lawful import World, lawful
from tests.policy.lawful_cooperative import Row
from tests.policy.worlds import BAD, GOOD, LINES, Worlds, changed, judge_worlds

DICTIONARY = load_dictionary()
Raw = tuple[str, str]


def defect(name: str) -> World:
    """Return the lawful world with one defect."""
    return changed(lawful(), DEFECTS[name])


@cache
def raw(rule: str) -> tuple[Raw, ...]:
    """Return (table, column) of every raw column that the tests of a line are judged by."""
    table = table_of_subject(LINES[rule].subject)
    sides = [side for test in LINES[rule].tests for side in test.judged]
    found = [pair for side in sides for pair in catalogue().raw_inputs(table, side)]
    return tuple(dict.fromkeys(found))


def table_at(name: str) -> Table:
    """Return a table or child by the name that lineage gives it."""
    every = [child for table in DICTIONARY.tables.values() for child in table.children.values()]
    return {table.name: table for table in (*DICTIONARY.tables.values(), *every)}[name]


def asked(rule: str) -> Iterator[Raw]:
    """Yield the required raw columns of a line that a row may lack and still stand."""
    for table, name in raw(rule):
        spec = table_at(table)
        column = spec.columns[name if name in spec.columns else name.partition("__")[0]]
        if column.required and column.name not in (*spec.indispensable, *spec.unique):
            yield table, column.name


def without(world: World, raw: Raw) -> World:
    """Return a world (changed in place) in which no row of a table states a column."""
    table, name = raw
    spec = table_at(table)
    for owner, row in world.values():
        if owner == table:
            row.pop(name, None)
        elif spec.parent == owner:
            short = next(k for k, v in DICTIONARY.table(owner).children.items() if v is spec)
            row[short] = [{k: v for k, v in one.items() if k != name} for one in row[short]]
    return world


def test_a_value_taken_away_never_acquits() -> None:
    """Of each defect, each required raw column of its line: what was bad is bad or unknown."""
    cases = [
        (name, raw) for name in DEFECTS for raw in dict.fromkeys(asked(name.partition("/")[0]))
    ]
    worlds = {f"{name} {raw}": without(defect(name), raw) for name, raw in cases}
    judged = judge_worlds(worlds)
    acquitted = {w: s for w in worlds if (s := judged.worst[w][w.partition(" ")[0]]) in GOOD}
    assert len(cases) > 500
    assert acquitted == {}


# ------------------------------------------------------------------ registers that nobody gave


def undeclared(child: str) -> World:
    """Return the lawful world in which no row declares a child."""
    world, (owner, short) = lawful(), CHILDREN[child]
    for table, row in world.values():
        if table == owner:
            row.pop(short, None)
    return world


CHILDREN = {
    child.name: (table.name, short)
    for table in DICTIONARY.tables.values()
    for short, child in table.children.items()
}
READ = sorted({table for rule in LINES for table, _ in raw(rule)} & CHILDREN.keys())
WITHOUT = {
    "project__funding": {"RL-29"},  # new money matters where payouts exceed the cash
    "project__invest_plan": {"RL-29"},  # a plan that is behind, where spending has ended
    "project__milestones": {"RL-29"},  # counties that wait, of a firm in three or more
    "resource__overlaps": {"RL-29"},  # a farmland layer, where sensing saw a building
}
"""Lines that read a child which decides nothing in the lawful book."""


@pytest.fixture(scope="module")
def silent() -> Worlds:
    """Return a lawful world for each child that is declared by nobody."""
    return judge_worlds({child: undeclared(child) for child in READ})


@pytest.mark.parametrize("child", READ)
def test_a_register_that_is_not_declared_leaves_its_lines_unknown(
    silent: Worlds, child: str
) -> None:
    readers = {rule for rule in LINES if any(table == child for table, _ in raw(rule))}
    assert silent.lines(child, State.UNKNOWN) == readers - WITHOUT.get(child, set())
    assert not silent.lines(child, *BAD)


# ------------------------------------------------------------------ other units of money


def scaled(world: World, by: int) -> World:
    """Return a world (changed in place) with all its money so many times as large."""
    for table, row in world.values():
        _scale(DICTIONARY.table(table), row, by)
    return world


def _scale(spec: Table, row: Row, by: int) -> None:
    for name, value in row.items():
        if name in spec.children:
            row[name] = [dict(one) for one in value]
            for one in row[name]:
                _scale(spec.children[name], one, by)
        elif spec.columns[name].kind is Kind.MONEY and value is not None:
            row[name] = f"{Decimal(value) * by}"


ABSOLUTE = {
    "RL-50": "a second valuation and an appraiser are asked for above 1,000,000 yuan",
}
SHARE_PRODUCT = {
    **dict.fromkeys(("RL-09", "RL-14", "RL-38"), "stake × what all gave, to the fen"),
    **dict.fromkeys(("RL-12", "RL-15", "RL-46"), "balance × own share, to the fen"),
    "RL-16": "cap × own share, to the fen",
    "P-1": "leverage cap × net assets, to the fen",
}
SCALED = {
    f"{line.id}/{test.id}"
    for line in LINES.values()
    for test in line.tests
    if test.kind == "ratio" and line.id not in {*ABSOLUTE, *SHARE_PRODUCT}
}


@pytest.mark.parametrize("by", [2, 7, 1000])
def test_money_counted_in_another_unit_changes_no_ratio(by: int) -> None:
    names = [name for name in DEFECTS if name in SCALED]
    ours = judge_worlds({name: defect(name) for name in names}).worst
    theirs = judge_worlds({name: scaled(defect(name), by) for name in names}).worst
    assert len(SCALED) == 41
    for name in names:
        assert {k: theirs[name][k] for k in SCALED} == {k: ours[name][k] for k in SCALED}, name
