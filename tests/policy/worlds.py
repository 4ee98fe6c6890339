"""Many worlds in one book: each under its own name, judged all at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from features.book import Book
from features.frame import Floats
from features.records import book_from_rows
from features.simulate.organisations import social_credit_code
from risk.files import Policy, load_policy
from risk.red_lines import State
from risk.red_lines.vector import judge_test
from service.use_cases.judging.red_lines import Judged, judge_book
from tests.policy.lawful import DAY, World, fresh
from tests.policy.lawful_cooperative import Row

POLICY: Policy = load_policy()
NOW = POLICY.effective(DAY)
LINES = NOW.red_lines
GOOD = (State.PASS, State.NOT_APPLICABLE)
BAD = (State.WARN, State.BREACH)
Changes = Mapping[str, Any]


def changed(world: World, changes: Changes) -> World:
    """Return a world (changed in place) with other values.

    A path is `row/column`, `row/child/index/column`, or `row/child/+` for one more child row.
    """
    for path, value in changes.items():
        name, *steps = path.split("/")
        at: Any = world[name][1]
        for step in steps[:-1]:
            at = at[int(step) if step.isdecimal() else step]
        if steps[-1] == "+":
            at.append(fresh(value))
        else:
            at[steps[-1]] = fresh(value)
    return world


def named(value: Any, name: str) -> Any:
    """Return a value with every `§` replaced, and every `ORG…§` a valid code."""
    if isinstance(value, dict):
        return {key: named(inner, name) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [named(inner, name) for inner in value]
    if not isinstance(value, str) or not value.endswith("§"):
        return value
    if value.startswith("ORG"):
        return social_credit_code(f"9133{int(name):08d}MA00{value[3:-1]}")
    return f"{value[:-1]}.{name}"


def book_of(worlds: Mapping[str, World]) -> Book:
    """Return the book that holds every world; nothing of it may be set aside."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for number, world in enumerate(worlds.values()):
        for table, row in world.values():
            rows[table].append(named(row, str(number)))
    checked = book_from_rows(rows, DAY)
    assert not len(checked.faults), checked.faults.by_rule()
    return checked.book


@dataclass(frozen=True)
class Worlds:
    """The verdicts on many worlds.

    Attributes
    ----------
    numbers
        Name of a world to its number, by which its ids end.
    """

    judged: Judged
    numbers: Mapping[str, str]

    @cached_property
    def tests(self) -> dict[str, dict[tuple[str, str], State]]:
        """Return for each world (subject, line/test) to its state."""
        names = {number: name for name, number in self.numbers.items()}
        found: dict[str, dict[tuple[str, str], State]] = {name: {} for name in self.numbers}
        for part in self.judged.parts:
            worlds = [names[self.number(part.subject, key)] for key in part.frame.keys]
            for line in part.lines.values():
                for test in line.tests:
                    states = judge_test(test, part.columns, line.inputs)
                    for world, key, state in zip(worlds, part.frame.keys, states, strict=True):
                        found[world][key, f"{line.id}/{test.id}"] = State(state)
        return found

    @cached_property
    def worst(self) -> dict[str, dict[str, State]]:
        """Return for each world the worst state of each test over its subjects."""
        return {name: _worst(tests) for name, tests in self.tests.items()}

    def lines(self, world: str, *states: State) -> set[str]:
        """Return the lines of a world that stand so on some subject."""
        return {
            name.partition("/")[0] for (_, name), s in self.tests[world].items() if s in states
        }

    def number(self, subject: str, key: str) -> str:
        """Return the number of the world that a subject is of."""
        return str(int(key[4:12])) if subject == "developer" else key.rpartition(".")[2]

    def columns(self, name: str) -> Floats:
        """Return a column of every subject that has it, one after another."""
        there = [part.frame.columns for part in self.judged.parts]
        return np.concatenate([columns[name] for columns in there if name in columns])


def _worst(tests: Mapping[tuple[str, str], State]) -> dict[str, State]:
    worst: dict[str, State] = {}
    for (_, name), state in tests.items():
        worst[name] = max(state, worst.get(name, state))
    return worst


def judge_worlds(worlds: Mapping[str, World]) -> Worlds:
    """Return the verdicts on every world."""
    numbers = {name: str(number) for number, name in enumerate(worlds)}
    return Worlds(judge_book(book_of(worlds), POLICY, DAY), numbers)
