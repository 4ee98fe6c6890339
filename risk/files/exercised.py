"""What the told cases of a line exercise: which levels of each test, which states of the line."""

from __future__ import annotations

from dataclasses import dataclass

from risk.files.cases import alone, judge_values, told_values
from risk.files.red_line import RedLineFile
from risk.red_lines.state import Level


@dataclass(frozen=True)
class Exercised:
    """What a file's told cases reach.

    Attributes
    ----------
    states
        Words of the states that the line answers.
    levels
        Test id to the words of the levels it reaches, of those it has on the cases' days.
    untold
        Test id to the levels that no told case reaches; the cases made from the limits do.
    """

    states: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]
    untold: dict[str, tuple[str, ...]]

    def document(self) -> dict[str, object]:
        """Return the keys of `policy check --json`."""
        return {
            "states": list(self.states),
            "levels": {test: list(levels) for test, levels in self.levels.items()},
            "untold": {test: list(levels) for test, levels in self.untold.items() if levels},
        }


def exercised(file: RedLineFile) -> Exercised:
    """Judge the told cases of a file and return what they reach."""
    states = set()
    had: dict[str, set[Level]] = {test.id: set() for test in file.tests}
    reached: dict[str, set[Level]] = {test.id: set() for test in file.tests}
    for case in file.cases:
        book = alone(file, case.as_of)
        line = book.line
        verdict = judge_values(book, told_values(case, line), case.as_of)
        states.add(verdict.state)
        for test, found in zip(line.tests, verdict.found, strict=True):
            had[test.id] |= {limit.level for limit in test.limits}
            reached[test.id].add(found.level)
    return Exercised(
        tuple(state.word for state in sorted(states)),
        {test: _words(levels & had[test]) for test, levels in reached.items()},
        {test: _words(levels - reached[test]) for test, levels in had.items()},
    )


def _words(levels: set[Level]) -> tuple[str, ...]:
    return tuple(level.word for level in sorted(levels))
