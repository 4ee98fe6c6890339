"""What stops the applications of a whole book, in vectors, as `propagation` has it one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.frame import Floats, Frame
from risk.files import EffectivePolicy, Product
from risk.files.propagation import TOUCHES, StopRule
from risk.outcome import Outcome
from risk.propagation import answer_to, complete, stops_by
from risk.red_lines import RedLine, State
from risk.red_lines.book import judge_rule
from risk.red_lines.columns import Columns
from risk.red_lines.one import lines_of

Marks = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Touching:
    """Subjects of one kind that n applications touch.

    Attributes
    ----------
    frame
        The different (subject, day), each once.
    owner, place
        Pairs: an application's place among the n, and the row of `frame` it touches.
    """

    frame: Frame
    owner: Places
    place: Places


@dataclass(frozen=True)
class StoppedRows:
    """What stops n applications.

    Attributes
    ----------
    outcome
        The gravest outcome of the stops, as an `Outcome` value; approve where nothing stops.
    rules
        Each line that stops some, and which.
    """

    outcome: NDArray[np.int8]
    rules: Mapping[str, Marks]

    def words(self) -> list[str]:
        """Return the lines that stop each application, one space between them."""
        said = np.full(len(self.outcome), "", dtype=object)
        for rule, marks in self.rules.items():
            said[marks] += f" {rule}"
        return [text.strip() for text in said]


def stops_of_rows(
    policy: EffectivePolicy,
    product: Product,
    touching: Mapping[str, Touching],
    values: Mapping[str, Floats],
    n: int,
) -> StoppedRows:
    """Return what stops n applications.

    Parameters
    ----------
    touching
        By how they touch a loan, the subjects; a kind that is not there stops nothing.
    values
        Columns of the applications, n values each: the flags that stops name.
    """
    outcome = np.zeros(n, dtype=np.int8)
    rules: dict[str, Marks] = {}
    for rule in stops_by(policy, product):
        if rule.subject not in touching:
            continue
        touched = touching[rule.subject]
        columns = Columns(touched.frame, policy.grace_days)
        asked = _asked(rule, values, n)
        for id in rule.lines_in(policy.red_lines):
            line = _counting(touched.frame, policy, id, rule, product)
            if not line.tests:
                continue
            states = judge_rule(line, columns)
            for state in (State.BREACH, State.UNKNOWN):
                answer = answer_to(rule, state)
                if answer is None:
                    continue
                marks = _owners(touched, states == state, n) & asked
                gravity = np.int8(Outcome[answer.outcome.upper()])
                np.maximum(outcome, marks * gravity, out=outcome)
                if marks.any():
                    rules[id] = rules.get(id, False) | marks
    return StoppedRows(outcome, rules)


def of_rows(touching: Touching, rows: Places, n: int) -> Touching:
    """Return what some of n applications touch, counted anew."""
    places = np.full(n, -1, dtype=np.int64)
    places[rows] = np.arange(len(rows))
    owner = places[touching.owner]
    kept = owner >= 0
    return Touching(touching.frame, owner[kept], touching.place[kept])


def _asked(rule: StopRule, values: Mapping[str, Floats], n: int) -> Marks:
    """Return the applications with one of the flags the stop names; all where it names none."""
    asked = np.full(n, not rule.only_with)
    for name in rule.only_with:
        asked |= values[name] == 1
    return asked


def _counting(
    frame: Frame, policy: EffectivePolicy, id: str, rule: StopRule, product: Product
) -> RedLine:
    """Return a line as it judges a frame, with those of its tests that concern the product."""
    whole = complete(frame, policy, [id])
    (line,) = lines_of(whole, policy, [id], TOUCHES[rule.subject])
    paths = rule.products[product.id]
    if not paths:
        return line
    return replace(line, tests=tuple(t for t in line.tests if f"{line.id}/{t.id}" in paths))


def _owners(touched: Touching, hit: Marks, n: int) -> Marks:
    """Return the applications that touch a subject which is hit."""
    marks = np.zeros(n, dtype=np.bool_)
    marks[touched.owner[hit[touched.place]]] = True
    return marks
