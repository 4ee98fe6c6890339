"""Connected parties: which organisations of a book act as one (guidance 二（五）, domain 11.1).

Organisations and whoever stands behind them (holders, controllers, officers) are the points of a
graph, and each tie that a register shows is an edge. A group is what edges hold together, so a
circle of holdings is a group like any other. What a whole village shares, a post-box or the phone
of its office, ties nobody; nor does the state, which holds what does not act together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.book import Book
from features.dictionary import load_dictionary
from features.relatives import Relatives

Codes = NDArray[np.int64]
Marks = NDArray[np.bool_]

TABLE = "organisation"
SOFT = ("address", "phone", "officer")
"""Kinds of link that many may share without knowing each other."""
EDGES = pa.schema([("party_a", pa.string()), ("party_b", pa.string()), ("kind", pa.string())])


@dataclass(frozen=True)
class Connected:
    """The groups of connected organisations of a book on a day.

    Attributes
    ----------
    organisations
        n different org_ids.
    group
        n numbers, equal where organisations are connected, from 0 in order of first member.
    edges
        party_a, party_b, kind of each tie that counts; a party may be a person's token.
    unsure
        n flags: shareholders or links are undeclared, so that more ties may be there.
    """

    organisations: pa.Array
    group: Codes
    edges: pa.Table
    unsure: Marks

    def members(self, organisation: str) -> list[str]:
        """Return all organisations connected to one, itself included; none where it is unknown."""
        place = self.organisations.index(organisation).as_py()
        if place < 0:
            return []
        found: list[str] = self.organisations.filter(
            pa.array(self.group == self.group[place])
        ).to_pylist()
        return found

    def explanation(self, organisation: str) -> list[tuple[str, str, str]]:
        """Return the ties (party_a, party_b, kind) that hold its group together."""
        ends, names = _encoded(self.edges["party_a"], self.edges["party_b"])
        start, end = ends
        labels = components(start, end, len(names))
        place = names.index(organisation).as_py()
        mine = labels[start] == labels[place] if place >= 0 else np.zeros(len(start), dtype=bool)
        rows = self.edges.filter(pa.array(mine)).to_pylist()
        return [(row["party_a"], row["party_b"], row["kind"]) for row in rows]


def connected(book: Book, day: date, *, shared_by_most: float, stake: float) -> Connected:
    """Return the groups of connected organisations as known by the end of a day.

    Parameters
    ----------
    shared_by_most
        An address, phone or officer that more parties share ties nobody. Where a link does not
        say how many share it, the parties that it ties together in the book are counted.
    stake
        A holder ties what it holds more than this share of.

    Notes
    -----
    Time is near linear in the rows read. Parties are told apart by their text alone, so a token
    must be the same person's wherever it stands.
    """
    registers = _Registers(book, day)
    edges = pa.concat_tables(
        [
            registers.parents(),
            registers.controllers(),
            registers.holdings(stake),
            *registers.links(shared_by_most),
        ]
    )
    (own, start, end), names = _encoded(registers.ids, edges["party_a"], edges["party_b"])
    labels = components(start, end, len(names))[own]
    return Connected(registers.ids, _renumbered(labels), edges, registers.unsure)


def components(start: Codes, end: Codes, size: int) -> Codes:
    """Return the least point that each of `size` points is joined to by the edges start–end.

    Each round hangs every root on its least neighbour and then flattens all paths, so a long
    chain takes few rounds.

    Examples
    --------
    >>> components(np.array([3, 1, 4]), np.array([1, 4, 3]), 6).tolist()
    [0, 1, 2, 1, 1, 5]
    """
    label = np.arange(size)
    while True:
        one, other = label[start], label[end]
        if np.array_equal(one, other):
            return label
        np.minimum.at(label, np.maximum(one, other), np.minimum(one, other))
        while True:
            flatter = label[label]
            if np.array_equal(flatter, label):
                break
            label = flatter


class _Registers:
    """The organisations of a book on a day, and the ties that their registers show."""

    def __init__(self, book: Book, day: date) -> None:
        self._book = Relatives(book.tables, load_dictionary())
        timeline = self._book.timeline(TABLE)
        every = np.arange(len(timeline.keys), dtype=np.int64)
        days = np.full(len(every), (day - date(1970, 1, 1)).days)
        places = timeline.latest(every, days)
        self._places, self._days = places[places >= 0], days[places >= 0]
        self.ids = self._own("org_id")
        self.unsure = np.zeros(len(self.ids), dtype=np.bool_)
        self._firms, self._held = self._child(
            "shareholders", ("holder_token", "holder_kind", "stake")
        )

    def _own(self, column: str) -> pa.Array:
        return self._book.columns(TABLE).array(column).take(pa.array(self._places))

    def _child(self, name: str, columns: tuple[str, ...]) -> tuple[pa.Array, pa.Table]:
        """Return the owner of each child row and its columns, noting who declared none."""
        child = f"{TABLE}__{name}"
        related = self._book.children(child, self._places, self._days)
        self.unsure |= ~related.rows.declared
        owner = np.repeat(np.arange(len(self.ids)), np.diff(related.rows.offsets))
        taken, places = self._book.columns(child), pa.array(related.places)
        values = [taken.array(column).take(places) for column in columns]
        return self.ids.take(pa.array(owner)), pa.table(values, names=list(columns))

    def parents(self) -> pa.Table:
        """Return the ties of organisations to their parents."""
        return _ties(self.ids, self._own("parent_id"), "parent")

    def controllers(self) -> pa.Table:
        """Return the ties of organisations to those, but the state, who control them."""
        parties = self._own("controller_token")
        state = self._held.filter(pc.equal(self._held["holder_kind"], "state"))["holder_token"]
        public = pc.is_in(parties, value_set=state.combine_chunks())
        return _ties(self.ids, pc.if_else(public, None, parties), "control")

    def holdings(self, stake: float) -> pa.Table:
        """Return the ties of organisations to those, but the state, who hold enough of them."""
        enough = pc.greater(self._held["stake"], stake)
        private = pc.not_equal(self._held["holder_kind"], "state")
        holders = pc.if_else(pc.and_(enough, private), self._held["holder_token"], None)
        return _ties(self._firms, holders, "holding")

    def links(self, shared_by_most: float) -> Iterator[pa.Table]:
        """Yield the ties of the link registers that are not shared by too many."""
        _, found = self._child("links", ("party_a", "party_b", "kind", "shared_by"))
        for kind in pc.unique(found["kind"]).drop_null().to_pylist():
            rows = found.filter(pc.equal(found["kind"], kind))
            if kind in SOFT:
                rows = rows.filter(pa.array(_sharers(rows) <= shared_by_most))
            yield _ties(rows["party_a"], rows["party_b"], kind)


def _sharers(links: pa.Table) -> NDArray[np.float64]:
    """Return how many share the attribute of each link of one kind; counted where it says none."""
    said = links["shared_by"].cast(pa.float64()).to_numpy()
    (start, end), names = _encoded(links["party_a"], links["party_b"])
    pairs = np.concatenate([start * len(names) + end, end * len(names) + start])
    ends = np.unique(pairs) // max(len(names), 1)
    partners = np.bincount(ends, minlength=len(names))
    counted = np.maximum(partners[start], partners[end])
    return np.where(np.isnan(said), counted, said)


def _ties(one: pa.Array, other: pa.Array, kind: str) -> pa.Table:
    """Return the edges of one kind between different parties, both of them named."""
    count = len(one)
    table = pa.table([one, other, pa.repeat(kind, count)], schema=EDGES)
    return table.filter(pc.not_equal(table["party_a"], table["party_b"]))


def _encoded(*columns: pa.Array | pa.ChunkedArray) -> tuple[list[Codes], pa.Array]:
    """Return the columns as codes of their different texts, and those texts."""
    chunks = [
        chunk
        for column in columns
        for chunk in (column.chunks if isinstance(column, pa.ChunkedArray) else [column])
    ]
    whole = pa.chunked_array(chunks, type=pa.string()).combine_chunks().dictionary_encode()
    codes = np.asarray(whole.indices, dtype=np.int64)
    cuts = np.cumsum([len(column) for column in columns])[:-1]
    return np.split(codes, cuts), whole.dictionary


def _renumbered(labels: Codes) -> Codes:
    """Return labels as numbers from 0, in order of first appearance."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse])
