"""Families: child rows find their parent record, and a parent answers for all of its children."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.contracts.groups import NONE_ALIKE, codes_of, fingerprints, first_alike
from features.contracts.identifiers import Flags
from features.contracts.sheet import Sheet

Ints = NDArray[np.int64]

ORPHAN = "没有对应的主记录 · no parent record"
FOLLOWS = "主记录已搁置 · its parent record is set aside"
MISCOUNT = "子表行数与申报不符 · child rows do not match the declared count, found"
INCOMPLETE = "子表有行被搁置 · a child row of it is set aside:"
UNEXPLAINED = "更正须附原因和批准人 · a correction needs correction_reason and approved_by"

NO_PARENT = NONE_ALIKE
_NOT_CONTENT = ("known_at", "correction_reason", "approved_by")


def judge_family(parent: Sheet, children: Mapping[str, Sheet]) -> None:
    """Set aside miscounted parents, unexplained corrections, orphans and whoever is left behind.

    Counts that were not declared are filled in where child rows are there.
    """
    places = {name: _parent_rows(parent, child) for name, child in children.items()}
    for name in parent.table.children:
        _count(parent, name, children.get(name), places.get(name))
    _corrections(parent, children, places)
    for name, child in children.items():
        _follow(parent, child, places[name])


def _parent_rows(parent: Sheet, child: Sheet) -> Ints:
    """Return the parent's row of each child row, `NO_PARENT` where there is none."""
    names = parent.table.identity
    rows = np.concatenate([np.flatnonzero(parent.good), np.flatnonzero(~parent.good)])
    place = first_alike(
        [child.column(name) for name in names],
        [parent.column(name).take(pa.array(rows)) for name in names],
    )
    found = place != NONE_ALIKE
    place[found] = rows[place[found]]
    for name in names:
        place[np.asarray(child.column(name).is_null())] = NO_PARENT
    return place


def _count(parent: Sheet, name: str, child: Sheet | None, place: Ints | None) -> None:
    """Compare declared, given and good child rows of each parent."""
    n = len(parent)
    given, good = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    if child is not None and place is not None:
        given = np.bincount(place[place >= 0], minlength=n)
        good = np.bincount(place[(place >= 0) & child.good], minlength=n)
    field = f"{name}_rows"
    declared = parent.column(field)
    stated = np.asarray(declared.is_valid())
    expected = np.where(stated, pc.fill_null(declared, 0).to_numpy(), given)
    for count in np.unique(given[expected != given]):
        wrong = (expected != given) & (given == count)
        parent.set_aside(wrong & parent.good, field, f"{MISCOUNT} {count}")
    parent.set_aside((given != good) & parent.good, field, f"{INCOMPLETE} {name}")
    filled = pa.array(expected, pa.int64(), mask=~stated & (given == 0))
    column = parent.values.schema.get_field_index(field)
    parent.values = parent.values.set_column(column, field, filled)


def _follow(parent: Sheet, child: Sheet, place: Ints) -> None:
    child.set_aside(child.good & (place == NO_PARENT), child.table.key, ORPHAN)
    lost = np.zeros(len(child), dtype=np.bool_)
    found = place >= 0
    lost[found] = ~parent.good[place[found]]
    child.set_aside(lost & child.good, child.table.key, FOLLOWS)


def _corrections(parent: Sheet, children: Mapping[str, Sheet], places: Mapping[str, Ints]) -> None:
    """Set aside a later version with other content that does not say why and by whom."""
    later, before = _versions(parent)
    if not len(later):
        return
    unexplained = _unexplained(parent)
    content = _contents(parent, children, places, np.union1d(later, before))
    changed = content[later] != content[before]
    wrong = np.zeros(len(parent), dtype=np.bool_)
    wrong[later[changed & unexplained[later]]] = True
    parent.set_aside(wrong, "correction_reason", UNEXPLAINED)


def _versions(parent: Sheet) -> tuple[Ints, Ints]:
    """Return the rows that are a later version, and the version before each."""
    rows = np.flatnonzero(parent.good)
    taken = parent.values.select(parent.table.identity).take(pa.array(rows))
    order = pc.sort_indices(taken, [(name, "ascending") for name in parent.table.identity])
    order = order.to_numpy()
    key, as_of = (codes_of(taken[c].combine_chunks())[order] for c in taken.column_names[:2])
    same = (np.diff(key) == 0) & (np.diff(as_of) == 0)
    return rows[order[1:][same]], rows[order[:-1][same]]


def _unexplained(parent: Sheet) -> Flags:
    missing: Flags = np.zeros(len(parent), dtype=np.bool_)
    for name in ("correction_reason", "approved_by"):
        missing |= np.asarray(parent.column(name).is_null())
    return missing


def _contents(
    parent: Sheet, children: Mapping[str, Sheet], places: Mapping[str, Ints], rows: Ints
) -> NDArray[np.uint64]:
    """Return a word per parent row (0 outside `rows`) for all that it says, children included."""
    words = np.zeros(len(parent), dtype=np.uint64)
    own = [name for name in parent.table.columns if name not in _NOT_CONTENT]
    words[rows] = fingerprints(parent.values.select(own).take(pa.array(rows)))
    wanted = np.zeros(len(parent), dtype=np.bool_)
    wanted[rows] = True
    for name, child in children.items():
        place = places[name]
        mine = np.flatnonzero((place >= 0) & wanted[place])
        names = [c.name for c in child.table.own_columns]
        told = fingerprints(child.values.select(names).take(pa.array(mine)))
        np.add.at(words, place[mine], told)
    return words
