"""Cases of a red-line file: those it tells, and those made from its limits.

At each limit, one grain to each side of it, and with each side missing, the line is judged and
must answer as `domain.md` 7.0.3 says. Told and made cases together reach every state of a test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from features.frame import Frame
from risk.files.red_line import RedLineFile
from risk.files.told import Case
from risk.red_lines.one import judge_one
from risk.red_lines.rule import Input, RedLine, Test
from risk.red_lines.scalar import TestSeen
from risk.red_lines.state import Level, State
from risk.red_lines.verdict import EPOCH, Verdict

Values = Mapping[str, float]
GOOD = (State.PASS, State.NOT_APPLICABLE)
BAD = (State.WARN, State.BREACH)


@dataclass(frozen=True)
class Alone:
    """A rule book of one line, for its own cases; nothing is stale in them."""

    line: RedLine
    sha256: str = ""
    grace_days: int = 0

    @property
    def red_lines(self) -> Mapping[str, RedLine]:
        """Return the line by its id."""
        return {self.line.id: self.line}


def alone(file: RedLineFile, as_of: date) -> Alone:
    """Return a rule book of a file as it stands on a day, without any county."""
    return Alone(RedLine.of(file.on(as_of, {})))


def judge_values(book: Alone, values: Values, as_of: date) -> Verdict:
    """Return the verdict on values in the units of a frame."""
    columns = {name: np.array([value]) for name, value in values.items()}
    day = np.array([(as_of - EPOCH).days])
    frame = Frame(book.line.subject, ["case"], day, columns)
    return judge_one(frame, book, stale=False)[0]


def told_values(case: Case, line: RedLine) -> dict[str, float]:
    """Return the given values in the units of a frame; what is missing is left out."""
    return {
        name: line.inputs[name].grain.grains(value)
        for name, value in case.given.items()
        if value is not None
    }


def check_cases(file: RedLineFile) -> None:
    """Refuse a file whose cases fail, or leave a state of a test unreached.

    Raises
    ------
    PolicyFault
        At the case that fails, or at the test whose state no case reaches.
    """
    reached: dict[str, set[State]] = {test.id: set() for test in file.tests}
    told: set[State] = set()
    books: dict[date, Alone] = {}
    for case in file.cases:
        if case.as_of not in books:
            books[case.as_of] = alone(file, case.as_of)
        book = books[case.as_of]
        values = told_values(case, book.line)
        verdict = judge_values(book, values, case.as_of)
        if verdict.state.word != case.expect:
            raise case.node.fault(f"the line answers {verdict.state.word}", field="expect")
        told.add(verdict.state)
        for seen in verdict.tests:
            reached[seen.test.id].add(seen.state)
            reached[seen.test.id] |= _made(file, book, seen, values, case.as_of)
    for wanted, words in ((GOOD, "pass or not_applicable"), (BAD, "warn or breach")):
        if told.isdisjoint(wanted):
            raise file.node.fault(f"no told case reaches {words}", field="cases")
    for test in file.tests:
        _refuse_unreached(file, books[file.cases[-1].as_of].line, test.id, reached)


def _refuse_unreached(
    file: RedLineFile, line: RedLine, id: str, reached: Mapping[str, set[State]]
) -> None:
    test = next(test for test in line.tests if test.id == id)
    unreached = _reachable(test) - reached[id]
    if unreached:
        words = ", ".join(state.word for state in sorted(unreached))
        place = next(entry.node for entry in file.tests if entry.id == id)
        raise place.fault(f"no case reaches {words} of test {id}")


def _reachable(test: Test) -> set[State]:
    """Return the states that a test can have while its limits are in force."""
    if not test.limits:
        return set()
    states = {State.PASS, State.UNKNOWN} | {limit.level.state for limit in test.limits}
    if test.is_burden or test.applies_when is not None:
        states.add(State.NOT_APPLICABLE)
    return states


def _made(
    file: RedLineFile, book: Alone, told: TestSeen, values: Values, as_of: date
) -> set[State]:
    """Judge the cases made from the limits that stood in a told case; return their states."""
    if told.state not in (State.PASS, *BAD):
        return set()
    states = set()
    for change, expected in _around(told):
        verdict = judge_values(book, {**values, **change}, as_of)
        seen = next(seen for seen in verdict.tests if seen.test.id == told.test.id)
        if (seen.state is State.UNKNOWN) != (expected is None) or (
            expected is not None and seen.level != expected
        ):
            raise file.node.fault(f"{told.test.id} answers {seen.level.word} to {change}")
        states.add(seen.state)
    return states


def _around(told: TestSeen) -> Iterator[tuple[dict[str, float], Level | None]]:
    """Yield changed values around each limit, with the level they must reach; None = unknown."""
    test = told.test
    for name in test.sides:
        yield {name: float("nan")}, None
    if test.kind == "flag":
        yield {test.over.name: 1.0}, told.limits[-1].level
        yield {test.over.name: 0.0}, Level.NONE
        return
    for limit in told.limits:
        assert limit.fraction is not None
        for step in (-1, 0, 1):
            changed = _at(test, limit.fraction, step)
            yield changed, _expected(told, changed)


def _expected(told: TestSeen, values: Values) -> Level:
    """Return the furthest limit that exact fractions are beyond: the judge's own oracle."""
    test = told.test
    quotient = _written(test.over, values)
    if test.under is not None:
        quotient /= _written(test.under, values)
    levels = [Level.NONE]
    for limit in told.limits:
        bound = Fraction(*limit.fraction or (0, 1))
        worse = quotient > bound if test.high_is_bad else quotient < bound
        if worse or (quotient == bound and test.beyond_at):
            levels.append(limit.level)
    return max(levels)


def _written(side: Input, values: Values) -> Fraction:
    grain = side.grain
    return Fraction(round(values[side.name] * grain.multiplier), grain.scale)


def _at(test: Test, fraction: tuple[int, int], step: int) -> dict[str, float]:
    """Return sides that stand `step` grains of `over` from a limit p/q, exactly."""
    p, q = fraction
    factor_over, factor_under = test.factors
    if test.under is None:
        over = p * factor_under // q + step
        return {test.over.name: over / test.over.grain.multiplier}
    under = q * factor_over * test.under.grain.scale
    over = p * factor_under * test.under.grain.scale + step
    return {
        test.over.name: over / test.over.grain.multiplier,
        test.under.name: under / test.under.grain.multiplier,
    }
