"""Check a policy: every told case tried, what the cases exercise, what never fires, conflicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from features.book import Book
from risk.files import Policy
from risk.files.conflicts import Conflict, conflicts
from risk.files.exercised import Exercised, exercised
from risk.product_cases import check_product_cases
from risk.red_lines import State
from service.use_cases.judging.red_lines import Judged, judge_book


@dataclass(frozen=True)
class Checked:
    """A policy that loaded, and what is to be said of it.

    Attributes
    ----------
    counts
        How many files and told cases of each kind there are.
    sha256
        Hash of what is in force on the day, without any county.
    lines
        Line id to what its told cases exercise.
    states
        Line id to state to how often it occurs on the book; None without one.
    """

    as_of: date
    counts: Mapping[str, int]
    sha256: str
    lines: Mapping[str, Exercised]
    conflicts: tuple[Conflict, ...]
    states: Mapping[str, Mapping[str, int]] | None

    @property
    def never_fired(self) -> tuple[str, ...]:
        """Return the lines that neither warn nor are breached anywhere on the book."""
        bad = (State.WARN.word, State.BREACH.word)
        return tuple(
            rule
            for rule, counts in (self.states or {}).items()
            if not any(counts.get(state) for state in bad)
        )

    def document(self) -> dict[str, Any]:
        """Return the answer of `policy check --json`."""
        book: dict[str, Any] = {}
        if self.states is not None:
            book = {
                "book": {
                    "as_of": self.as_of.isoformat(),
                    "never_fired": list(self.never_fired),
                    "states": {rule: dict(counts) for rule, counts in self.states.items()},
                }
            }
        return {
            **self.counts,
            "policy": f"sha256:{self.sha256}",
            "lines": {rule: line.document() for rule, line in self.lines.items()},
            "conflicts": [conflict.document() for conflict in self.conflicts],
            **book,
        }


def check_policy(policy: Policy, as_of: date, book: Book | None = None) -> Checked:
    """Return what is to be said of a policy that loaded.

    Parameters
    ----------
    as_of
        Day of the hash and of the products' cases; with a book, the judged day.
    book
        A book whose subjects are judged, each by its own county's policy.

    Raises
    ------
    PolicyFault
        Where a told case of a product is decided otherwise than it says.
    BadInput
        Where the book has no subject that a red line judges.
    """
    counts = {
        "red_lines": len(policy.red_lines),
        "products": len(policy.products),
        "scorecards": len(policy.scorecards),
        "reason_codes": len(policy.reason_codes),
        "counties": len(policy.counties),
        "cases": sum(len(line.cases) for line in policy.red_lines.values()),
        "product_cases": check_product_cases(policy, as_of),
    }
    return Checked(
        as_of,
        counts,
        policy.effective(as_of).sha256,
        {id: exercised(file) for id, file in sorted(policy.red_lines.items())},
        tuple(conflicts(policy)),
        None if book is None else _states(judge_book(book, policy, as_of), policy),
    )


def _states(judged: Judged, policy: Policy) -> dict[str, dict[str, int]]:
    """Return how often each line is in each state; a line that judged nobody has none."""
    found: dict[str, dict[str, int]] = {rule: {} for rule in sorted(policy.red_lines)}
    for part in judged.parts:
        for rule, codes in part.codes.items():
            for state in State:
                if times := int((codes == state).sum()):
                    found[rule][state.word] = found[rule].get(state.word, 0) + times
    return found
