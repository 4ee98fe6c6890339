"""Judge the red lines of a book on a day, each subject by its own county's policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.book import Book
from features.dictionary import load_dictionary
from features.errors import BadInput
from features.frame import Frame, Provenance
from features.point_in_time import evaluate
from risk.files import EffectivePolicy, Policy
from risk.red_lines import State, Verdicts, judge
from risk.red_lines.table import table_of


@dataclass(frozen=True)
class Judged:
    """Every verdict on a book.

    Attributes
    ----------
    policy
        What is in force for the county asked for; for all counties, ours alone.
    parts
        Verdicts by subject and effective policy.
    """

    as_of: date
    county: str | None
    policy: EffectivePolicy
    parts: tuple[Verdicts, ...]

    def counts(self) -> dict[str, int]:
        """Return how many verdicts there are of each state."""
        counts = [part.counts() for part in self.parts]
        return {state.word: sum(count[state.word] for count in counts) for state in State}

    def document(self) -> dict[str, object]:
        """Return the answer of `red-lines --json` (design section 9)."""
        verdicts = [
            part.verdict(rule, row).document()
            for part in self.parts
            for row in range(len(part.frame))
            for rule in part.lines
        ]
        return {
            "as_of": self.as_of.isoformat(),
            "county": self.county,
            "policy": f"sha256:{self.policy.sha256}",
            "counts": self.counts(),
            "verdicts": verdicts,
        }

    def table(self) -> pa.Table:
        """Return one row per verdict."""
        return pa.concat_tables([table_of(part) for part in self.parts])


def judge_book(book: Book, policy: Policy, as_of: date, county: str | None = None) -> Judged:
    """Return every verdict on the subjects of a book, as it was known at the end of a day.

    Parameters
    ----------
    county
        Judge the subjects of this county alone; None = all.

    Raises
    ------
    BadInput
        Where the book has no subject that a red line judges.
    """
    effective = policy.effective(as_of, county)
    subjects = sorted({line.subject for line in effective.red_lines.values()} & set(book.tables))
    if not subjects:
        raise BadInput("账本中没有红线所判的主体 · no table that a red line judges")
    parts = tuple(
        judge(part, own)
        for subject in subjects
        for part, own in _by_policy(
            _frame(book, policy, subject, as_of), book, policy, as_of, county
        )
    )
    return Judged(as_of, county, effective, parts)


def _frame(book: Book, policy: Policy, subject: str, as_of: date) -> Frame:
    lines = policy.effective(as_of).red_lines.values()
    sides = [name for line in lines if line.subject == subject for name in line.sides()]
    wanted = list(dict.fromkeys(sides))
    return evaluate(book, subject, wanted, at=as_of, parameters=policy.parameters())


def _by_policy(
    frame: Frame, book: Book, policy: Policy, as_of: date, county: str | None
) -> Iterator[tuple[Frame, EffectivePolicy]]:
    """Yield the rows of each effective policy: a county without its own rows has ours."""
    homes = counties_of(book, frame.subject)
    home = np.array([homes.get(key) or "" for key in frame.keys], dtype=object)
    own = np.array([name if name in policy.counties else "" for name in home], dtype=object)
    kept = np.ones(len(frame), dtype=bool) if county is None else home == county
    for name in sorted(set(own[kept])) or [""]:
        yield part_of(frame, np.flatnonzero(kept & (own == name))), policy.effective(as_of, name)


def counties_of(book: Book, subject: str) -> Mapping[str, str]:
    """Return the county of each subject of a table."""
    table = book.tables[subject]
    if "county_code" not in table.column_names:
        return {}
    keys = table[load_dictionary().table(subject).key].to_pylist()
    return dict(zip(keys, table["county_code"].to_pylist(), strict=True))


def part_of(frame: Frame, rows: NDArray[np.intp]) -> Frame:
    """Return some rows of a frame."""
    return replace(
        frame,
        keys=[frame.keys[row] for row in rows],
        as_of=frame.as_of[rows],
        columns={name: values[rows] for name, values in frame.columns.items()},
        provenance={
            name: Provenance(read.as_of[rows], read.known_at[rows], [read.source[i] for i in rows])
            for name, read in frame.provenance.items()
        },
    )
