"""What other subjects' verdicts do to a loan: who stops it, with which outcome, in which words.

A stop stands beside the reasons and is never one of them: another subject's breach is no negative
data about the person (domain 15).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.frame import Frame
from risk.files import EffectivePolicy, Product
from risk.files.propagation import PAPER, TOUCHES, Answer, StopRule
from risk.outcome import Outcome
from risk.red_lines import State, Verdict, judge_one

REQUEST = "application"
ABOUT = f"{REQUEST}__"
"""How a loan names what it reads of its request."""
SEPARATOR = {"zh": "、", "en": ", "}


@dataclass(frozen=True)
class Stopped:
    """One verdict that stops a loan.

    Attributes
    ----------
    subject
        Kind and id of whose line it is.
    state
        Breach, or unknown where the file refers for that too.
    goes_on
        What it does not touch.
    """

    rule: str
    subject: tuple[str, str]
    state: State
    outcome: Outcome
    zh: str
    en: str
    goes_on: Mapping[str, str]

    def document(self) -> dict[str, object]:
        """Return the keys of a decision's `stops`."""
        return {
            "rule": self.rule,
            "subject": {"kind": self.subject[0], "id": self.subject[1]},
            "state": self.state.word,
            "outcome": self.outcome.word,
            "zh": self.zh,
            "en": self.en,
            "goes_on": dict(self.goes_on),
        }


def lines_touching(policy: EffectivePolicy, product: Product) -> dict[str, tuple[str, ...]]:
    """Return, by how a subject touches a loan, the lines to judge: shown ones and stopping ones.

    A policy without propagation shows the product's lines and stops nothing.
    """
    red_lines = policy.red_lines
    found: dict[str, tuple[str, ...]] = {}
    for touch, judged in TOUCHES.items():
        shown = () if touch == REQUEST else product.red_lines
        ours = [id for id in shown if red_lines[id].subject == judged]
        stopping = {
            id for rule in stops_by(policy, product, touch) for id in rule.lines_in(red_lines)
        }
        if ids := (*ours, *sorted(stopping.difference(ours))):
            found[touch] = ids
    return found


def stops_by(policy: EffectivePolicy, product: Product, touch: str = "") -> list[StopRule]:
    """Return the stops of a product, of one kind of subject or of all, in the file's order."""
    return [
        rule
        for rule in policy.stops or ()
        if product.id in rule.products and touch in ("", rule.subject)
    ]


def judge_touching(frame: Frame, policy: EffectivePolicy, ids: Sequence[str]) -> list[Verdict]:
    """Return the verdicts of some lines on the one row of a frame of what touches a loan."""
    if not ids:
        return []
    return judge_one(complete(frame, policy, ids), policy, ids, subject=TOUCHES[frame.subject])


def complete(frame: Frame, policy: EffectivePolicy, ids: Sequence[str]) -> Frame:
    """Return a request with every column that lines of loans read of it, missing where it is not.

    A line that found no such column would not be judged at all. Other frames stay as they are.
    """
    if frame.subject != REQUEST:
        return frame
    read = [name.removeprefix(ABOUT) for id in ids for name in policy.red_lines[id].inputs]
    blank = np.full(len(frame), np.nan)
    return replace(frame, columns=dict.fromkeys(read, blank) | dict(frame.columns))


def stops_of(
    policy: EffectivePolicy,
    product: Product,
    verdicts: Sequence[Verdict],
    flag: Callable[[str], bool],
) -> tuple[Stopped, ...] | None:
    """Return what stops an application; None where the policy knows no propagation.

    Parameters
    ----------
    verdicts
        Those that touch it, their subject's kind a key of `TOUCHES`.
    flag
        Whether a flag of the application holds.
    """
    if policy.stops is None:
        return None
    return tuple(
        stopped
        for rule in stops_by(policy, product)
        if not rule.only_with or any(flag(name) for name in rule.only_with)
        for stopped in _stopped(rule, policy, product, verdicts)
    )


def _stopped(
    rule: StopRule, policy: EffectivePolicy, product: Product, verdicts: Sequence[Verdict]
) -> Iterator[Stopped]:
    ids = rule.lines_in(policy.red_lines)
    for verdict in verdicts:
        if verdict.row.subject[0] != rule.subject or verdict.rule.id not in ids:
            continue
        states = states_of(verdict, rule.products[product.id])
        state = max(states.values(), default=State.NOT_APPLICABLE)
        answer = answer_to(rule, state)
        if answer is not None:
            said = words_of(answer, rule, [test for test, at in states.items() if at is state])
            outcome = Outcome[answer.outcome.upper()]
            yield Stopped(
                verdict.rule.id, verdict.row.subject, state, outcome, **said, goes_on=rule.goes_on
            )


def states_of(verdict: Verdict, tests: Sequence[str]) -> dict[str, State]:
    """Return the state of each test that counts, by its path; all count where none is named."""
    paths = {f"{verdict.rule.id}/{seen.test.id}": seen.state for seen in verdict.tests}
    return {path: state for path, state in paths.items() if not tests or path in tests}


def answer_to(rule: StopRule, state: State) -> Answer | None:
    """Return what a stop answers to a state: to a breach, and where it says so to unknown."""
    if state is State.BREACH:
        return rule.on_breach
    return rule.on_unknown if state is State.UNKNOWN else None


def words_of(answer: Answer, rule: StopRule, tests: Sequence[str]) -> dict[str, str]:
    """Return the sentences, with the papers of the tests in the place of `{doc}`."""
    said = {"zh": answer.zh, "en": answer.en}
    papers = [rule.papers[test] for test in tests if test in rule.papers]
    return {
        language: text.replace(
            PAPER, SEPARATOR[language].join(dict.fromkeys(paper[language] for paper in papers))
        )
        for language, text in said.items()
    }
