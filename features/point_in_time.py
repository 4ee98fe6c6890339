"""Features of a book as it was known on a day: one row per subject, named float64 columns.

The judged rows are found first (`timeline`), then each name is resolved (`catalogue`): a raw
column is read at the judged row, a joined name in the related table as known by the end of the
judged day, a feature by the subject's plan. Names of another subject are evaluated once per
different (row, day) and laid beside the rows that need them; that is the same step again, so a
feature of a feature of another subject needs no further word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from features.arrays import Floats, Rows
from features.book import Book
from features.catalogue import PAST, Catalogue, Input, Source
from features.errors import BadInput
from features.floats import Places, at
from features.frame import MISSING_DAY, Days, Frame, Provenance
from features.graph import catalogue, plan
from features.plan import Group
from features.relatives import Related, Relatives
from features.timeline import Whole

Parameters = Mapping[str, Callable[[Days], Floats]]

_EPOCH = date(1970, 1, 1).toordinal()
_SPAN = 1 << 22
_BLOCK = 131_072
_FEW = 1_024
"""Judged rows at a time, and where each may have thousands of related rows: bounds memory."""


@dataclass(frozen=True)
class Judged:
    """Rows of a table (-1 = no record) and the day each is judged on."""

    table: str
    places: Places
    day: Whole

    def parts(self, size: int) -> list[Judged]:
        """Return the rows in parts of at most `size`; one part where there is no row."""
        return [
            Judged(self.table, self.places[i : i + size], self.day[i : i + size])
            for i in range(0, max(len(self.places), 1), size)
        ]

    def once(self) -> tuple[Judged, Whole]:
        """Return the different (row, day) pairs, and the place of each judged row among them."""
        if len(self.places) == 1:
            return self, np.zeros(1, dtype=np.int64)
        pairs = self.places * _SPAN + (self.day + _SPAN // 2)
        _, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
        return Judged(self.table, self.places[first], self.day[first]), inverse


@dataclass(frozen=True)
class Needs:
    """What some features of one table are made from: their inputs and policy parameters."""

    sources: tuple[Input, ...]
    policy: tuple[str, ...]


class Evaluation:
    """One evaluation of one book."""

    def __init__(self, book: Book, names: Catalogue, parameters: Parameters) -> None:
        self.names = names
        self.book = Relatives(book.tables, names.dictionary)
        self.parameters = parameters

    def columns(self, judged: Judged, names: Iterable[str]) -> dict[str, Floats]:
        """Return each name's value for every judged row."""
        found = {name: self.names.resolve(judged.table, name) for name in names}
        values = {
            name: self._scalar(judged, source)
            for name, source in found.items()
            if source.source in (Source.COLUMN, Source.DAY)
        }
        values |= self._joined(judged, found.values())
        made = [name for name, source in found.items() if source.source is Source.FEATURE]
        return values | (self._made(judged, made) if made else {})

    def _scalar(self, judged: Judged, source: Input) -> Floats:
        if source.source is Source.DAY:
            return judged.day.astype(np.float64)
        return at(self.book.columns(judged.table).floats(source.inner), judged.places)

    def _joined(self, judged: Judged, inputs: Iterable[Input]) -> dict[str, Floats]:
        """Return the values of relation__name for relations of one row."""
        wanted = dict[str, list[Input]]()
        for source in inputs:
            if source.source is Source.RELATED and not source.by_row:
                wanted.setdefault(source.group, []).append(source)
        values = dict[str, Floats]()
        for group, sources in wanted.items():
            theirs = self._beside(self._one(judged, group), [source.inner for source in sources])
            values |= {source.name: theirs[source.inner] for source in sources}
        return values

    def _one(self, judged: Judged, group: str) -> Judged:
        relation = self.names.relation(judged.table, group)
        places = self.book.one(judged.table, relation, judged.places, judged.day)
        return Judged(relation.table, places, judged.day)

    # ------------------------------------------------------------------ features

    def _made(self, judged: Judged, wanted: Sequence[str]) -> dict[str, Floats]:
        """Return features from the subject's plan, some rows at a time."""
        needs = self.needs(judged.table, wanted)
        held = any(self.book.is_held(judged.table, source.group) for source in needs.sources)
        compiled = plan(judged.table)
        parts = [
            compiled.run(*self.feed(part, needs))
            for part in judged.parts(_FEW if held else _BLOCK)
        ]
        place = {name: k for k, name in enumerate(compiled.layout.features)}
        return {name: np.concatenate([made[place[name]] for made in parts]) for name in wanted}

    def needs(self, table: str, wanted: Iterable[str]) -> Needs:
        """Return what features of a table are made from."""
        features = self.names.features(table)
        needed = self.names.closure(table, wanted)
        names = {name for feature in needed for name in features[feature].inputs} - set(features)
        return Needs(
            tuple(self.names.resolve(table, name) for name in sorted(names)),
            tuple(sorted({p for feature in needed for p in features[feature].parameters})),
        )

    def feed(self, judged: Judged, needs: Needs) -> tuple[Floats, dict[str, tuple[Floats, Rows]]]:
        """Return what a table's plan runs on: these inputs, and NaN for all others."""
        compiled, sources = plan(judged.table), needs.sources
        scalars = self.columns(judged, [s.name for s in sources if not s.by_row])
        scalars |= self._policy(needs.policy, judged)
        inputs = np.full((len(compiled.layout.scalars), len(judged.places)), np.nan)
        for place, name in enumerate(compiled.layout.scalars):
            if name in scalars:
                inputs[place] = scalars[name]
        by_row = [source for source in sources if source.by_row]
        groups = {
            group.name: self.group(
                judged, group, {s.inner for s in by_row if s.group == group.name}
            )
            for group in compiled.layout.groups
        }
        return inputs, groups

    def _policy(self, names: Iterable[str], judged: Judged) -> dict[str, Floats]:
        """Return policy parameters with their values in force on each judged day."""
        values = dict[str, Floats]()
        for name in names:
            if name not in self.parameters:
                raise BadInput(
                    "no policy file gives this parameter", where=judged.table, field=name
                )
            values[name] = self.parameters[name](judged.day)
        return values

    def group(self, judged: Judged, group: Group, needed: set[str]) -> tuple[Floats, Rows]:
        """Return the child rows that a plan reads; none at all where nothing is needed of them."""
        n = len(judged.places)
        if not needed:
            empty = Rows(np.zeros(n + 1, dtype=np.int64), np.zeros(n, dtype=np.bool_))
            return np.empty((len(group.columns), 0)), empty
        related, other = self._rows(judged, group.name)
        theirs = self._beside(Judged(other, related.places, related.day), needed - {""})
        values = np.full((len(group.columns), len(related.places)), np.nan)
        for place, name in enumerate(group.columns):
            if name in theirs:
                values[place] = theirs[name]
        return values, related.rows

    def _beside(self, other: Judged, names: Iterable[str]) -> dict[str, Floats]:
        """Return names of related rows, each different (row, day) evaluated once.

        Raw columns are read as they stand, since looking for repetitions costs more.
        """
        found = [self.names.resolve(other.table, name) for name in names]
        if all(source.source is Source.COLUMN for source in found):
            return self.columns(other, names)
        once, inverse = other.once()
        return {name: column[inverse] for name, column in self.columns(once, names).items()}

    def _rows(self, judged: Judged, group: str) -> tuple[Related, str]:
        """Return the rows of a child, of a relation of many rows or of `past`, and their table."""
        other = self.names.table_of(judged.table, group)
        if group == PAST:
            rows, places = self.book.timeline(other).earlier(judged.places, judged.day)
            return Related(rows, places, np.repeat(judged.day, np.diff(rows.offsets))), other
        if group in self.names.table(judged.table).children:
            return self.book.children(other, judged.places, judged.day), other
        relation = self.names.relation(judged.table, group)
        return self.book.many(judged.table, relation, judged.places, judged.day), other

    # ------------------------------------------------------------------ what was read

    def provenance(self, judged: Judged, names: Iterable[str]) -> dict[str, Provenance]:
        """Return the records read at the judged rows and through relations of one row."""
        groups = set[str]()
        closure = self.names.closure(judged.table, names)
        features = self.names.features(judged.table)
        for name in {*names, *(i for feature in closure for i in features[feature].inputs)}:
            source = self.names.resolve(judged.table, name)
            if source.source is Source.RELATED and not source.by_row:
                groups.add(source.group)
        read = {group: self._one(judged, group) for group in sorted(groups)}
        return {name: self._records(rows) for name, rows in {judged.table: judged, **read}.items()}

    def _records(self, judged: Judged) -> Provenance:
        there, places = judged.places >= 0, judged.places
        timeline = self.book.timeline(judged.table)
        as_of = np.full(len(places), MISSING_DAY)
        as_of[there] = timeline.as_of[places[there]]
        known_at = np.full(len(places), np.datetime64("NaT", "us"))
        known_at[there] = timeline.known_at[places[there]].astype("datetime64[us]")
        column = self.book.columns(judged.table).array("source")
        taken = column.take(pa.array(places, mask=~there)).fill_null("")
        return Provenance(as_of, known_at, taken.to_pylist())


def evaluate(
    book: Book,
    subject: str,
    wanted: Sequence[str],
    *,
    at: date | None,
    parameters: Parameters | None = None,
) -> Frame:
    """Return `wanted` of every row of `subject` that is judged.

    Parameters
    ----------
    book
        Checked tables with every version of every record.
    subject
        Table whose rows are judged.
    wanted
        Features and raw columns of the subject, a code of an enumeration as column__code, or
        relation__name. A bare name that an application lacks is its household's.
    at
        A day: each key in its latest record up to that day, as known by the end of the day in
        Asia/Shanghai; a key that was unknown then is not judged. None: each (key, as_of) on its
        own as_of, as known by the end of that day, or in its first version where it became known
        later.
    parameters
        Policy parameter to a function from days to its value in force.

    Returns
    -------
    Frame
        Its columns are exactly `wanted`. Provenance stands for the subject's own table and for
        each relation of one row that was read.

    Raises
    ------
    BadInput
        Where a name is unknown, names several values per row, or lacks its policy parameter.
    """
    names = catalogue()
    for name in wanted:
        if names.resolve(subject, name).by_row:
            raise BadInput("has several values per row", where=subject, field=name)
    evaluation = Evaluation(book, names, parameters or {})
    judged = judged_rows(evaluation.book, subject, at)
    keys = evaluation.book.columns(subject).array(names.table(subject).key)
    return framed(evaluation, judged, keys.take(pa.array(judged.places)).to_pylist(), wanted)


def framed(
    evaluation: Evaluation, judged: Judged, keys: Sequence[str], wanted: Sequence[str]
) -> Frame:
    """Return `wanted` of judged rows whose keys are known."""
    columns = evaluation.columns(judged, wanted)
    return Frame(
        judged.table,
        keys,
        judged.day,
        {name: columns[name] for name in wanted},
        evaluation.provenance(judged, wanted),
    )


def judged_rows(book: Relatives, subject: str, day: date | None) -> Judged:
    """Return the rows of a table that are judged: on a day, or each on its own as_of."""
    timeline = book.timeline(subject)
    if day is None:
        return Judged(subject, *timeline.own())
    number = day.toordinal() - _EPOCH
    days = np.full(len(timeline.keys), number, dtype=np.int64)
    places = timeline.latest(np.arange(len(timeline.keys), dtype=np.int64), days)
    return Judged(subject, places[places >= 0], days[places >= 0])
