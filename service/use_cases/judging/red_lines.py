"""Judge the red lines of a book on a day, each subject by its own county's policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.book import Book
from features.errors import BadInput
from features.frame import Frame, Provenance
from features.point_in_time import Parameters, evaluate
from features.scene import Scene, scenes
from risk.cure import with_cures
from risk.files import EffectivePolicy, Policy
from risk.red_lines import State, Verdict, Verdicts, judge
from risk.red_lines.findings import findings
from risk.red_lines.subjects import JUDGED_WHERE, table_of_subject
from risk.red_lines.table import table_of
from service.use_cases.judging.entrants import DEVELOPER, PROJECT, admissions, connected_groups
from service.use_cases.judging.homes import homes_of

BAD = (State.WARN, State.BREACH)


@dataclass(frozen=True)
class Judged:
    """Every verdict on a book.

    Attributes
    ----------
    policy
        What is in force for the county asked for; for all counties, ours alone.
    parts
        Verdicts by subject and effective policy.
    parameters
        What features read of each effective policy, beside its part.
    """

    book: Book
    as_of: date
    county: str | None
    policy: EffectivePolicy
    parts: tuple[Verdicts, ...]
    parameters: tuple[Parameters, ...]

    def counts(self) -> dict[str, int]:
        """Return how many verdicts there are of each state."""
        counts = [part.counts() for part in self.parts]
        return {state.word: sum(count[state.word] for count in counts) for state in State}

    @cached_property
    def verdicts(self) -> Sequence[Verdict]:
        """Return every verdict with all its arithmetic and its cures, subject by subject."""
        return [
            verdict
            for part, parameters in zip(self.parts, self.parameters, strict=True)
            for verdict in self._explained(part, parameters)
        ]

    def _explained(self, part: Verdicts, parameters: Parameters) -> Iterator[Verdict]:
        """Yield the verdicts of a part; those of a subject with a bad one know its cures."""
        ill = np.zeros(len(part.frame), dtype=bool)
        for codes in part.codes.values():
            ill |= np.isin(codes, BAD)
        keys = [part.frame.keys[int(row)] for row in np.flatnonzero(ill)]
        found: dict[str, Scene] = {}
        if keys:
            read = scenes(
                self.book,
                part.frame.subject,
                list(part.frame.columns),
                at=self.as_of,
                parameters=parameters,
                keys=keys,
            )
            found = {scene.key: scene for scene in read}
        for row, key in enumerate(part.frame.keys):
            verdicts = [part.verdict(rule, row) for rule in part.lines]
            scene = found.get(key)
            yield from with_cures(scene, part.policy, verdicts) if scene else verdicts

    def document(self) -> dict[str, object]:
        """Return the answer of `red-lines --json` (design section 9)."""
        return {
            "as_of": self.as_of.isoformat(),
            "county": self.county,
            "policy": f"sha256:{self.policy.sha256}",
            "counts": self.counts(),
            "findings": findings(self.verdicts),
            **self._entrants(),
            "verdicts": [verdict.document() for verdict in self.verdicts],
        }

    def _entrants(self) -> dict[str, object]:
        """Return admissions of the projects and groups behind the developers, where any is."""
        keys = [key for part in self.parts if part.kind == DEVELOPER for key in part.frame.keys]
        found: dict[str, object] = {}
        if PROJECT in self.book.tables:
            said = admissions(self.book, self.policy, self.verdicts, self.as_of)
            found["admissions"] = [admission.document() for admission in said]
        if keys:
            found["connected"] = connected_groups(self.book, self.as_of, self.parameters[0], keys)
        return found

    def table(self) -> pa.Table:
        """Return one row per verdict."""
        return pa.concat_tables([table_of(part) for part in self.parts])


def judge_book(
    book: Book,
    policy: Policy,
    as_of: date,
    county: str | None = None,
    *,
    only: tuple[str, str | None] | None = None,
) -> Judged:
    """Return every verdict on the subjects of a book, as it was known at the end of a day.

    Parameters
    ----------
    county
        Judge the subjects of this county, and those of no county; None = all.
    only
        Judge this subject alone: its kind and key; without a key, all of its kind.

    Raises
    ------
    BadInput
        Where the book has no subject that a red line judges.
    """
    effective = policy.effective(as_of, county)
    judged = sorted({line.subject for line in effective.red_lines.values()})
    judged = [subject for subject in judged if only is None or subject == only[0]]
    subjects = [subject for subject in judged if table_of_subject(subject) in book.tables]
    if not subjects:
        raise BadInput("账本中没有红线所判的主体 · no table that a red line judges")
    read = [
        (subject, *found)
        for subject in subjects
        for found in _frames(book, policy, subject, as_of, county, only)
    ]
    return Judged(
        book,
        as_of,
        county,
        effective,
        tuple(judge(frame, own, subject=subject) for subject, frame, own, _ in read),
        tuple(parameters for *_, parameters in read),
    )


def changes(before: Judged, after: Judged) -> list[dict[str, object]]:
    """Return each line whose state an act changes."""
    was = {(v.rule.id, v.row.subject): v.state for v in before.verdicts}
    return [
        {
            "rule": verdict.rule.id,
            "subject": {"kind": verdict.row.subject[0], "id": verdict.row.subject[1]},
            "from": old.word if old is not None else None,
            "to": verdict.state.word,
        }
        for verdict in after.verdicts
        if (old := was.get((verdict.rule.id, verdict.row.subject))) != verdict.state
    ]


def sides_of(policy: EffectivePolicy, subject: str) -> list[str]:
    """Return every column that the lines of a subject read."""
    lines = (line for line in policy.red_lines.values() if line.subject == subject)
    return list(dict.fromkeys(name for line in lines for name in line.sides()))


def _frames(
    book: Book,
    policy: Policy,
    subject: str,
    as_of: date,
    county: str | None,
    only: tuple[str, str | None] | None,
) -> Iterator[tuple[Frame, EffectivePolicy, Parameters]]:
    """Yield the judged rows of each effective policy: a county without its own rows has ours."""
    homes = homes_of(book, subject)
    table = table_of_subject(subject)
    ours = policy.effective(as_of)
    only_where = JUDGED_WHERE.get(subject)
    wanted = list(dict.fromkeys([*sides_of(ours, subject), *filter(None, [only_where])]))

    def evaluated(own: str) -> Frame:
        return evaluate(book, table, wanted, at=as_of, parameters=policy.parameters(own))

    frame = evaluated("")
    home = np.array([homes.get(key, "") for key in frame.keys], dtype=object)
    kept = np.ones(len(frame), dtype=bool)
    if only_where is not None:
        kept = frame.columns[only_where] == 1
    if only is not None and only[1] is not None:
        kept &= np.array([key == only[1] for key in frame.keys], dtype=bool)
    if county is not None:
        kept &= (home == county) | (home == "")
    own = np.array([name if name in policy.counties else "" for name in home], dtype=object)
    for name in sorted(set(own[kept])) or [""]:
        rows = np.flatnonzero(kept & (own == name))
        read = evaluated(name) if name and policy.counties[name].has_parameters else frame
        yield part_of(read, rows), policy.effective(as_of, name), policy.parameters(name)


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
