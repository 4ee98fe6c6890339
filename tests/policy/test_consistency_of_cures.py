"""Every cure shown, posted on the raw rows and judged again from them (domain 7.4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from features.dictionary import Kind, load_dictionary
from risk.red_lines import State
from risk.red_lines.subjects import table_of_subject
from tests.policy.defects import DEFECTS, MOVED, TOO_DEEP
from tests.policy.lawful import World, fresh, lawful
from tests.policy.lawful_cooperative import Row
from tests.policy.worlds import Worlds, changed, judge_worlds, named

DICTIONARY = load_dictionary()
SUM = "total_assets", "total_liabilities", "equity"


def posted(table: str, row: Row, postings: list[dict[str, Any]]) -> Row:
    """Return a raw row after the postings that a verdict shows, read by their words alone."""
    after: Row = fresh(row)
    spec = DICTIONARY.table(table)
    gone: dict[str, list[int]] = {}
    for posting in postings:
        child, _, name = str(posting["column"]).rpartition(".")
        change = posting["change"]
        if change == "withdrawn":
            gone.setdefault(name, []).append(int(posting["row"]) - 1)
            continue
        cells, columns = after, spec.columns
        if child:
            columns = spec.children[child].columns
            while len(after[child]) < int(posting["row"]):
                after[child].append({})
            cells = after[child][int(posting["row"]) - 1]
        cells[name] = _moved(columns[name].kind, name, cells.get(name), change)
    for child, places in gone.items():
        after[child] = [one for place, one in enumerate(after[child]) if place not in places]
    return after


def _moved(kind: Kind, name: str, old: Any, change: Any) -> Any:
    if change == "given":
        return f"NEW-{name}"
    if kind is Kind.COUNT:
        return int(change) + (old if str(change)[0] in "+-" and old is not None else 0)
    if isinstance(change, str) and change[:1] in "+-" and kind is not Kind.DATE:
        return f"{Decimal(str(old or 0)) + Decimal(change):f}"
    return change


CHANGES = DEFECTS | {name: changes for name, (changes, _) in MOVED.items()}


def defective(name: str) -> World:
    """Return the lawful world with one defect."""
    return changed(lawful(), CHANGES[name])


@pytest.fixture(scope="module")
def bad() -> Worlds:
    """Return the defective worlds, judged side by side."""
    return judge_worlds({name: defective(name) for name in CHANGES})


PRODUCTS = ("credit", "deposit", "carbon")


@dataclass(frozen=True)
class Cured:
    """A cure that is shown: where it stands, and what it posts."""

    world: str
    subject: tuple[str, str]
    rule: str
    act: str
    postings: list[dict[str, Any]]

    @property
    def name(self) -> str:
        """Return a name of its own."""
        return f"{self.world}: {self.subject}, {self.rule}, {self.act}"

    def after(self, number: str) -> World:
        """Return its world, numbered so when it was judged, with the postings on the raw rows."""
        rows, (kind, key) = defective(self.world), self.subject
        table = table_of_subject(kind)
        spec = DICTIONARY.table(table)
        own = [n for n, (t, r) in rows.items() if t == table and named(r[spec.key], number) == key]
        rows[own[-1]] = (table, posted(table, rows[own[-1]][1], self.postings))
        return rows


@pytest.fixture(scope="module")
def shown(bad: Worlds) -> list[Cured]:
    """Return every cure that is shown."""
    names, found = {number: name for name, number in bad.numbers.items()}, list[Cured]()
    for verdict in bad.judged.verdicts:
        subject = verdict.row.subject
        for cure in verdict.cures or ():
            document: Any = cure.document()
            world = names[bad.number(*subject)]
            act, postings = document["act"], document["postings"]
            found.append(Cured(world, subject, verdict.rule.id, act, postings))
    return found


@pytest.fixture(scope="module")
def cured(bad: Worlds, shown: list[Cured]) -> Worlds:
    """Return the world of each cure after it, side by side."""
    return judge_worlds({cure.name: cure.after(bad.numbers[cure.world]) for cure in shown})


def on_subject(worlds: Worlds, world: str, key: str) -> dict[str, State]:
    """Return the state of each line on one subject of a world."""
    own = named(key, worlds.numbers[world])
    states: dict[str, State] = {}
    for (subject, test), state in worlds.tests[world].items():
        if subject == own:
            rule = test.partition("/")[0]
            states[rule] = max(state, states.get(rule, state))
    return states


def unnamed(key: str) -> str:
    """Return a subject's key as its world writes it."""
    return f"ORG{key[16:-1]}§" if "." not in key else f"{key.partition('.')[0]}§"


def test_every_cure_posted_on_raw_rows_passes_and_harms_no_line(
    bad: Worlds, shown: list[Cured], cured: Worlds
) -> None:
    assert len(shown) > 100
    failed, worse = list[str](), list[tuple[str, str]]()
    for cure in shown:
        key = unnamed(cure.subject[1])
        before = on_subject(bad, cure.world, key)
        after = on_subject(cured, cure.name, key)
        if after[cure.rule] is not State.PASS:
            failed.append(f"{cure.name}: {after[cure.rule].word}")
        harmed = [r for r in after if max(after[r], State.PASS) > max(before[r], State.PASS)]
        worse += [(cure.name, rule) for rule in harmed]
    assert (failed, worse) == ([], [])


def test_every_cure_keeps_assets_equal_to_liabilities_and_equity(
    bad: Worlds, shown: list[Cured]
) -> None:
    for cure in shown:
        if cure.subject[0] == "cooperative":
            _, row = cure.after(bad.numbers[cure.world])["coop"]
            assets, liabilities, equity = (Decimal(row[name]) for name in SUM)
            assert assets == liabilities + equity, cure.name


def test_debt_is_not_repaid_from_the_cash_that_short_debt_needs(shown: list[Cured]) -> None:
    """The example of 7.3: repaying 200 takes RL-05 from warn to breach, so equity is shown."""
    words = [cure.act for cure in shown if (cure.world, cure.rule) == (TOO_DEEP, "RL-01")]
    assert "inject_equity" in words
    assert "repay" not in words


def test_the_lines_that_have_a_cure_are_cured(bad: Worlds, shown: list[Cured]) -> None:
    """Of each defect its own line, where its file has an act that posts on the subject."""
    healed = {(cure.world, cure.rule) for cure in shown}
    names = {name: name.partition("/")[0] for name in DEFECTS}
    assert {name for name, rule in names.items() if (name, rule) not in healed} == UNCURED


UNCURED = {
    *("RL-06/t1", "RL-19/t1", "RL-45/t3"),  # a flow of twelve months (7.3)
    *("RL-07/t1", "RL-17/t1", "RL-36/t2"),  # years, calls and half-years that are over
    *("RL-34/t1", "RL-42/t1"),  # paid late and begun early: no paper of today changes the day
    *("RL-33/t1", "RL-33/t2", "RL-35a/t1", "RL-48/t1"),  # 7.2 has an action alone
    *("RL-29/t1", "RL-29/t2", "RL-31/t1", "RL-31/t2"),  # tranches, a committee, a recusal
    *(f"RL-35c/{test}_{kind}" for test in ("t1", "t2") for kind in PRODUCTS),  # banks' loans
    "RL-28/t2",  # paid into the project: posted on another subject
    *("RL-40/t1", "RL-40/t2"),  # posted on the request
}
"""Defects that no transaction of their subject mends today."""
