"""Rows of two children of one subject that carry the same code."""

from __future__ import annotations

from math import isnan, nan

import numpy as np

from features.arrays.compiled import loop
from features.arrays.units import Floats, Rows


@loop
def _marks(codes: Floats, flags: Floats) -> tuple[Floats, Floats]:
    """Return the different codes in ascending order, and of each whether a row has flag 1.

    Missing where none has and one has no flag. Rows without a code are left out.
    """
    order = np.argsort(codes)
    names, marks = np.empty(len(codes)), np.empty(len(codes))
    count = 0
    for place in order:
        if isnan(codes[place]):
            break
        if count == 0 or names[count - 1] != codes[place]:
            names[count], marks[count] = codes[place], flags[place]
            count += 1
        elif marks[count - 1] != 1.0 and flags[place] != 0.0:
            marks[count - 1] = flags[place]
    return names[:count], marks[:count]


@loop
def any_match(codes: Floats, rows: Rows, theirs: Floats, flags: Floats, others: Rows) -> Floats:
    """Return, beside each of `rows`, whether one of its subject's `others` matches it.

    Parameters
    ----------
    codes, rows
        Code of each row of the child that asks.
    theirs, flags, others
        Code of each row of the child that is asked, and the flag that lets it match.

    Returns
    -------
    Floats
        Flag, shape (len(codes),). Where none matches for certain it is missing if `others` is
        undeclared, if the row has no code, or if a row that might match lacks its code or flag.

    Examples
    --------
    >>> one, two = Rows(np.array([0, 2]), np.array([True])), np.array([7.0, 8.0])
    >>> any_match(two, one, np.array([8.0, 7.0]), np.array([1.0, 0.0]), one).tolist()
    [0.0, 1.0]
    """
    out = np.full(len(codes), nan)
    for i in range(len(rows.declared)):
        if not others.declared[i]:
            continue
        start, end = others.offsets[i], others.offsets[i + 1]
        names, marks = _marks(theirs[start:end], flags[start:end])
        nameless = 0.0
        for j in range(start, end):
            if isnan(theirs[j]) and flags[j] != 0.0:
                nameless = nan
        for j in range(rows.offsets[i], rows.offsets[i + 1]):
            if isnan(codes[j]):
                continue
            place = np.searchsorted(names, codes[j])
            found = place < len(names) and names[place] == codes[j]
            mark = marks[place] if found else 0.0
            out[j] = mark if mark == 1.0 else mark + nameless
    return out
