"""Judge a whole frame in vectors; figures and explanations only where they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.frame import Frame
from risk.red_lines.columns import Columns
from risk.red_lines.one import judge_one, lines_of
from risk.red_lines.rule import RedLine, RuleBook
from risk.red_lines.state import State
from risk.red_lines.subjects import kind_of, subject_of_table
from risk.red_lines.vector import Codes, judge_test
from risk.red_lines.verdict import Verdict


@dataclass(frozen=True)
class Verdicts:
    """The verdicts of some lines on the n rows of a frame.

    Attributes
    ----------
    codes
        Line id to n states, as `State` values.
    """

    frame: Frame
    policy: RuleBook
    lines: Mapping[str, RedLine]
    codes: Mapping[str, Codes]
    columns: Columns
    subject: str

    @property
    def kind(self) -> str:
        """Return what the verdicts call their rows."""
        return kind_of(self.frame.subject, self.subject)

    def states(self, rule: str) -> Codes:
        """Return n states of one line, as `State` values."""
        return self.codes[rule]

    def counts(self) -> dict[str, int]:
        """Return how many verdicts there are of each state, over all lines."""
        every = np.concatenate([*self.codes.values(), np.empty(0, dtype=np.int8)])
        totals = np.bincount(every, minlength=len(State))
        return {state.word: int(totals[state]) for state in State}

    def verdict(self, rule: str, row: int) -> Verdict:
        """Return one verdict with all its arithmetic, judged again in Python integers."""
        stale = self.columns.grace_days is not None
        return judge_one(
            self.frame, self.policy, [rule], row=row, stale=stale, subject=self.subject
        )[0]


def judge(
    frame: Frame,
    policy: RuleBook,
    rules: Sequence[str] | None = None,
    *,
    stale: bool = True,
    subject: str | None = None,
) -> Verdicts:
    """Return the verdicts on every row of a frame.

    Parameters
    ----------
    frame
        Judged rows of one subject; a column it lacks is missing.
    policy
        Effective policy; its lines for another subject are left out.
    rules
        Ids of the lines; None for all.
    stale
        Whether an old reading is missing.
    subject
        The policy's subject that the frame stands for; that of its table by default.
    """
    columns = Columns(frame, policy.grace_days if stale else None)
    lines = {line.id: line for line in lines_of(frame, policy, rules, subject)}
    codes = {id: judge_rule(line, columns) for id, line in lines.items()}
    judged = subject or subject_of_table(frame.subject)
    return Verdicts(frame, policy, lines, codes, columns, judged)


def judge_rule(rule: RedLine, columns: Columns) -> Codes:
    """Return the worst state over the tests of one line, row by row."""
    states = judge_test(rule.tests[0], columns, rule.inputs)
    for test in rule.tests[1:]:
        np.maximum(states, judge_test(test, columns, rule.inputs), out=states)
    return states
