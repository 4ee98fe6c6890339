"""Whether a subject after a transaction is still one that the dictionary lets in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from features.arrays import Floats
from features.checks import Check, Comparison
from features.dictionary import load_dictionary
from features.scene import Scene
from risk.cure.draft import Draft

Values = Mapping[str, Floats]


def keeps_the_checks(draft: Draft, after: Scene) -> bool:
    """Return whether no row rule that held is broken: of the subject, of the rows touched."""
    table = load_dictionary().table(after.table)
    before = _columns(draft.scene)
    pairs: list[tuple[Iterable[Check], Values, Values]] = [(table.checks, before, _columns(after))]
    pairs += [
        (table.children[child].checks, draft.scene.rows[child].columns, after.rows[child].columns)
        for child in {*draft.rows, *draft.added}
    ]
    return not any(
        now and not was
        for checks, old, new in pairs
        for check in checks
        if isinstance(check, Comparison)
        for was, now in zip(
            _broken(check, old, len(next(iter(new.values())))),
            _broken(check, new, len(next(iter(new.values())))),
            strict=True,
        )
    )


def _columns(scene: Scene) -> Values:
    return {name: np.array([value]) for name, value in scene.own.items()}


def _broken(check: Comparison, columns: Values, rows: int) -> list[bool]:
    """Return whether each row breaks a rule; one that is not there, or lacks a term, does not."""
    terms = [columns[name] for name in (*check.left, *check.right)]
    there = len(next(iter(columns.values())))
    broken = [_is_broken(check, [float(term[row]) for term in terms]) for row in range(there)]
    return broken + [False] * (rows - there)


def _is_broken(check: Comparison, terms: Sequence[float]) -> bool:
    if any(np.isnan(terms)):
        return False
    left = sum(map(int, terms[: len(check.left)]))
    right = sum(map(int, terms[len(check.left) :]))
    if check.op == "==":
        over, under = check.within.as_integer_ratio()
        return abs(left - right) * under > abs(left) * over
    return left > right if check.op == "<=" else left >= right
