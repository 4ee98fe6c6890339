"""The table of record: an ensemble of trees compiled to exact contributions in whole numbers.

Each leaf becomes a small table: for every pattern of "this row meets what the path asks of
feature j", the interventional Shapley contribution of each of its features against a reference
population. Leaf values are rounded to fixed point first and contributions after, so that the score
is base + sum of contributions = sum of rounded leaf values: exactly monotone, and the same bits
whatever layout serves it (design 10.11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInput
from features.frame import Floats
from models.kernel import (
    Int32s,
    Int64s,
    Leaves,
    add_leaves,
    add_leaves_to_row,
    play_leaves,
    rank_values,
    round_shares,
)
from models.trees import Tree

WIDEST_PATH = 12
FINEST_SCALE = 29
ROOM = 2**31
BLOCK = 1024


@dataclass(frozen=True, eq=False)
class Ruler:
    """Thresholds of every feature: a value's rank is the number of thresholds below it.

    Attributes
    ----------
    marks
        Thresholds, ascending within a feature, one feature after the other.
    starts
        (f + 1,) those of feature j stand at starts[j] … starts[j + 1] - 1.
    """

    marks: Floats
    starts: Int64s

    @classmethod
    def of(cls, trees: Sequence[Tree], width: int) -> Ruler:
        """Return the ruler that holds every threshold of `trees` over `width` features."""
        feature = np.concatenate([np.empty(0, np.int32), *(tree.feature for tree in trees)])
        threshold = np.concatenate([np.empty(0), *(tree.threshold for tree in trees)])
        marks = [np.unique(threshold[feature == j]) for j in range(width)]
        starts = np.cumsum([0, *(len(part) for part in marks)], dtype=np.int64)
        return cls(np.concatenate([np.empty(0), *marks]), starts)

    def marks_of(self, feature: int) -> Floats:
        """Return the ascending thresholds of one feature."""
        return self.marks[self.starts[feature] : self.starts[feature + 1]]

    def ranks(self, values: Floats) -> Int32s:
        """Return the (f, n) ranks of an (n, f) matrix, -1 where missing."""
        out = np.empty(values.T.shape, dtype=np.int32)
        rank_values(values, self.marks, self.starts, out)
        return out


@dataclass(frozen=True, eq=False)
class Table:
    """Contributions of an ensemble's features in units of 2^-scale, leaf by leaf.

    Attributes
    ----------
    scale
        k: one unit is 2^-k of what the trees add up (log-odds).
    base
        Mean score of the reference population, in units.
    ruler
        Thresholds of each feature.
    leaves
        Conditions of each leaf.
    entries
        Contributions, laid out as `Leaves.rows` says.
    """

    scale: int
    base: int
    ruler: Ruler
    leaves: Leaves
    entries: Int32s

    @property
    def width(self) -> int:
        """Number of features."""
        return len(self.ruler.starts) - 1

    def contributions(self, values: Floats) -> Int64s:
        """Return the (n, f) contributions of an (n, f) matrix in units of 2^-scale.

        The score of a row is `base` plus their sum; a missing value is a state of its own.
        """
        out = np.zeros((self.width, len(values)), dtype=np.int64)
        if len(values) == 1:
            ranks = self.ruler.ranks(values)
            add_leaves_to_row(ranks[:, 0], self.leaves, self.entries, out[:, 0])
            return out.T
        for start in range(0, len(values), BLOCK):
            block = out[:, start : start + BLOCK].copy()
            ranks = self.ruler.ranks(values[start : start + BLOCK])
            add_leaves(ranks, self.leaves, self.entries, block)
            out[:, start : start + BLOCK] = block
        return out.T

    def reach(self) -> int:
        """Return a bound on |base|, on each |contribution| and on each |score|, in units."""
        features = np.diff(self.leaves.conditions)
        return abs(self.base) + int(features @ _largest(self.entries, self.leaves))

    def to_bytes(self) -> bytes:
        """Return the arrays as an uncompressed npz; equal tables give equal bytes."""
        arrays: dict[str, NDArray[np.generic]] = {
            "marks": self.ruler.marks,
            "starts": self.ruler.starts,
            **self.leaves._asdict(),
            "entries": self.entries,
        }
        file = BytesIO()
        np.savez(file, allow_pickle=False, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, *, scale: int, base: int) -> Self:
        """Return the table of `to_bytes`.

        Raises
        ------
        BadInput
            Where it is no npz of these arrays, or their sizes do not fit each other: the kernel
            reads without looking where it treads.
        """
        try:
            with np.load(BytesIO(content), allow_pickle=False) as arrays:
                ruler = Ruler(arrays["marks"], arrays["starts"])
                leaves = Leaves(*(arrays[name] for name in Leaves._fields))
                table = cls(scale, base, ruler, leaves, arrays["entries"])
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise BadInput("not a table of this house", where="tables.npz") from error
        if not table._is_sound():
            raise BadInput("arrays do not fit each other", where="tables.npz")
        return table

    def _is_sound(self) -> bool:
        leaves, depths = self.leaves, np.diff(self.leaves.conditions)
        parts = (leaves.feature, leaves.first, leaves.last, leaves.absent)
        return (
            _covers(self.ruler.starts, len(self.ruler.marks))
            and all(_covers(leaves.conditions, len(part)) for part in parts)
            and _covers(leaves.rows, len(self.entries))
            and np.array_equal(np.diff(leaves.rows), depths << depths)
            and bool(((leaves.feature >= 0) & (leaves.feature < self.width)).all())
        )


def _covers(starts: Int64s, size: int) -> bool:
    """Return whether `starts` cuts 0 … size into pieces."""
    return starts[0] == 0 and starts[-1] == size and bool((np.diff(starts) >= 0).all())


def compile_ensemble(trees: Sequence[Tree], reference: Floats) -> Table:
    """Return the table of a sum of trees against a reference population.

    Bags are one ensemble: pass all their trees with leaf values divided by the number of bags.

    Parameters
    ----------
    trees
        Trees whose leaf values add up to the score.
    reference
        (n, f) reference population, n >= 1; NaN where missing.

    Raises
    ------
    BadInput
        Where a path asks about more than 12 features, a tree reads a feature that the reference
        does not have, or leaf values are too large for whole numbers of 32 bits.
    """
    if not len(reference):
        raise BadInput("a reference population has at least one row", field="reference")
    width = reference.shape[1]
    if any(tree.feature.max(initial=-1) >= width for tree in trees):
        raise BadInput("a tree reads a feature that the reference does not have", field="trees")
    ruler = Ruler.of(trees, width)
    paths = [path for tree in trees for path in _paths(tree, ruler)]
    leaves = _leaves_of(paths)
    full = np.zeros(len(paths), dtype=np.int64)
    shares = np.zeros(int(leaves.rows[-1]))
    play_leaves(ruler.ranks(reference), leaves, full, shares)
    worth = np.concatenate([tree.value for tree in trees])
    scale = _finest_scale(trees, worth, _largest(shares, leaves))
    value = np.rint(np.ldexp(worth, scale)).astype(np.int64)
    base = (2 * value * full + len(reference)) // (2 * len(reference))
    entries = np.zeros(len(shares), dtype=np.int32)
    round_shares(leaves, value, base, shares, entries)
    return Table(scale, int(base.sum()), ruler, leaves, entries)


Condition = tuple[int, int, bool]
Path = dict[int, Condition]


def _paths(tree: Tree, ruler: Ruler) -> list[Path]:
    """Return per leaf the (first rank, last rank, missing passes) it asks of each feature."""
    paths: list[Path] = [{} for _ in tree.value]
    asked: list[Path] = [{} for _ in tree.feature]
    for node, feature in enumerate(tree.feature.tolist()):
        marks = ruler.marks_of(feature)
        first, last, absent = asked[node].get(feature, (0, len(marks), True))
        mark = int(np.searchsorted(marks, tree.threshold[node]))
        goes_left = bool(tree.default_left[node])
        sides = (
            (tree.left[node], (first, min(last, mark), absent and goes_left)),
            (tree.right[node], (max(first, mark + 1), last, absent and not goes_left)),
        )
        for child, condition in sides:
            path = asked[node] | {feature: condition}
            if child < 0:
                paths[~child] = path
            else:
                asked[child] = path
    return paths


def _leaves_of(paths: Sequence[Path]) -> Leaves:
    """Return the conditions of all leaves as flat arrays."""
    depths = [len(path) for path in paths]
    if max(depths) > WIDEST_PATH:
        raise BadInput(
            f"a path asks about at most {WIDEST_PATH} features",
            field="trees",
            value=str(max(depths)),
        )
    flat = [(feature, *path[feature]) for path in paths for feature in sorted(path)]
    feature, first, last, absent = np.array(flat, dtype=np.int32).reshape(-1, 4).T.copy()
    conditions = np.cumsum([0, *depths], dtype=np.int64)
    rows = np.cumsum([0, *(d << d for d in depths)], dtype=np.int64)
    return Leaves(conditions, feature, first, last, absent.astype(np.bool_), rows)


def _finest_scale(trees: Sequence[Tree], worth: Floats, largest: Floats) -> int:
    """Return the largest k <= 29 at which any merged leaves of one tree fit 32 bits (11.20)."""
    tree_of = np.repeat(np.arange(len(trees)), [tree.leaves for tree in trees])
    widest = np.bincount(tree_of, np.abs(worth) * largest)
    rounding = 2 * np.bincount(tree_of)
    for scale in range(FINEST_SCALE, -1, -1):
        if (np.ldexp(widest, scale) + rounding < ROOM).all():
            return scale
    raise BadInput("leaf values are too large for 32-bit contributions", field="trees")


def _largest(entries: Floats | Int32s, leaves: Leaves) -> Floats:
    """Return the largest absolute entry of each leaf, 0 for a leaf that asks nothing."""
    out = np.zeros(len(leaves.rows) - 1)
    full = np.diff(leaves.rows) > 0
    if full.any():
        out[full] = np.maximum.reduceat(np.abs(entries.astype(np.float64)), leaves.rows[:-1][full])
    return out
