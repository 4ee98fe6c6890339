"""The subjects that judged rows lead to along relations, and their features on the same days.

Where the last step names its subject by key, a subject of which the book holds no record is there
too: its features are missing, so that what nobody recorded is unknown and not absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.book import Book
from features.errors import BadInput
from features.floats import Places
from features.frame import Days, Frame
from features.graph import catalogue
from features.point_in_time import Evaluation, Judged, Parameters, framed, judged_rows
from features.schema import Relation
from features.timeline import Whole

Rows = NDArray[np.int64]
"""Judged rows, as places among all."""


@dataclass(frozen=True)
class Reached:
    """Pairs of a judged row and a subject it leads to, each pair once, in order.

    Attributes
    ----------
    owner
        Place of the judged row among those asked for.
    place
        Place of the subject among `keys` and `day`.
    keys, day
        The different subjects, each with the day on which it is judged.
    """

    owner: Whole
    place: Whole
    keys: Sequence[str]
    day: Days


@dataclass(frozen=True)
class _Rows:
    """Rows of a table, the day of each and the judged row it was reached from."""

    owner: Whole
    places: Places
    day: Whole


class Reach:
    """Reads one book for the subjects that the rows of one table lead to.

    Parameters
    ----------
    subject
        Table whose (key, as_of) are judged, each on its own as_of (see `evaluate`, at=None).

    Attributes
    ----------
    keys, day
        Of each judged row.
    """

    def __init__(self, book: Book, subject: str, parameters: Parameters) -> None:
        self._evaluation = Evaluation(book, catalogue(), parameters)
        self._subject = subject
        self._judged = judged_rows(self._evaluation.book, subject, None)
        self.day = self._judged.day

    @cached_property
    def keys(self) -> Sequence[str]:
        """Return the key of each judged row."""
        key = self._evaluation.names.table(self._subject).key
        keys = self._evaluation.book.columns(self._subject).array(key)
        found: list[str] = keys.take(pa.array(self._judged.places)).to_pylist()
        return found

    def own(self, wanted: Sequence[str], rows: Rows) -> Frame:
        """Return columns of some judged rows themselves, by place."""
        judged = Judged(self._subject, self._judged.places[rows], self.day[rows])
        return framed(self._evaluation, judged, [self.keys[i] for i in rows], wanted)

    def along(self, paths: Sequence[Sequence[str]], rows: Rows) -> Reached:
        """Return what some judged rows reach along any of some paths of relations to one table."""
        day = self.day[rows]
        start = _Rows(np.arange(len(rows)), self._judged.places[rows], day)
        parts = [self._walked(start, path) for path in paths]
        owner = np.concatenate([owner for owner, _ in parts])
        keys = pa.concat_arrays([keys for _, keys in parts])
        there = keys.is_valid().to_numpy(zero_copy_only=False)
        owner, keys = owner[there], keys.filter(there)
        encoded = keys.dictionary_encode()
        code = np.asarray(encoded.indices, dtype=np.int64)
        pairs = np.unique(np.column_stack([owner, code]), axis=0)
        owner, code = pairs[:, 0], pairs[:, 1]
        subjects = np.column_stack([code, day[owner]])
        distinct, place = np.unique(subjects, axis=0, return_inverse=True)
        texts = encoded.dictionary.to_pylist()
        return Reached(
            owner, place.reshape(-1), [texts[code] for code in distinct[:, 0]], distinct[:, 1]
        )

    def frame(self, table: str, wanted: Sequence[str], keys: Sequence[str], day: Days) -> Frame:
        """Return columns of some subjects of a table, each in its latest record known on its day.

        Raises
        ------
        BadInput
            Where a name is unknown, names several values per row, or lacks its policy parameter.
        """
        timeline = self._evaluation.book.timeline(table)
        code = timeline.codes_of(pa.array(keys, pa.string()))
        judged = Judged(table, timeline.latest(code, day), day)
        return framed(self._evaluation, judged, keys, wanted)

    def _walked(self, rows: _Rows, path: Sequence[str]) -> tuple[Whole, pa.Array]:
        """Return judged row and key of all that one path leads to; a null key where none."""
        steps = list(self._steps(path))
        for table, relation in steps[:-1]:
            rows = self._step(rows, table, relation)
            if not len(rows.owner):
                return rows.owner, pa.nulls(0, pa.string())
        return self._named(rows, *steps[-1])

    def _steps(self, path: Sequence[str]) -> list[tuple[str, Relation]]:
        """Return the relations of a path with the table each stands in, chains taken apart."""
        table, steps = self._subject, list[tuple[str, Relation]]()
        for name in path:
            for inner in self._evaluation.names.relation(table, name).chain or (name,):
                relation = self._evaluation.names.relation(table, inner)
                if relation.child:
                    raise BadInput("leads to no subject", where=table, field=inner)
                steps.append((table, relation))
                table = relation.table
        return steps

    def _step(self, rows: _Rows, table: str, relation: Relation) -> _Rows:
        book = self._evaluation.book
        if not relation.many:
            found = book.one(table, relation, rows.places, rows.day)
            return _there(_Rows(rows.owner, found, rows.day))
        related = book.many(table, relation, rows.places, rows.day)
        owner = np.repeat(rows.owner, np.diff(related.rows.offsets))
        return _there(_Rows(owner, related.places, related.day))

    def _named(self, rows: _Rows, table: str, relation: Relation) -> tuple[Whole, pa.Array]:
        """Return the keys that rows name, whether or not the book holds a record of them."""
        book = self._evaluation.book
        key = self._evaluation.names.table(relation.table).key
        by_key = [own for own, theirs in relation.on.items() if theirs == key]
        if relation.listed_in or not by_key:
            found = self._step(rows, table, relation)
            return found.owner, _taken(book.columns(relation.table).array(key), found.places)
        if relation.through:
            table = self._evaluation.names.table(table).children[relation.through].name
            related = book.children(table, rows.places, rows.day)
            owner = np.repeat(rows.owner, np.diff(related.rows.offsets))
            rows = _Rows(owner, related.places, related.day)
        return rows.owner, _taken(book.columns(table).array(by_key[0]), rows.places)


def _there(rows: _Rows) -> _Rows:
    """Return the rows that the book holds."""
    kept = rows.places >= 0
    return _Rows(rows.owner[kept], rows.places[kept], rows.day[kept])


def _taken(texts: pa.Array, places: Places) -> pa.Array:
    taken = texts.take(pa.array(places, mask=places < 0))
    return pc.if_else(pc.equal(taken, ""), None, taken)
