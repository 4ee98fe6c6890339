"""Decide a whole book in vectors: outcome and reason codes row by row, as `decide` has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.frame import Floats
from models.record import Scored
from risk.files import EffectivePolicy, Product
from risk.outcome import Outcome
from risk.reason_codes import AT_MOST, Codes, code_of

MICRO = 1_000_000
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """What n applications of one product are decided on.

    Attributes
    ----------
    scored
        Scores of all n rows by one model.
    names
        The model's features, in its order.
    values
        Every needed column to n values, NaN = missing.
    required
        Features whose missing value refers.
    consent, in_segment
        Whether consent holds, and whether the product scores this kind of borrower.
    by_person
        Whether the model leaves every case to a person: an expert card, or synthetic outside demo.
    stopped
        Outcome of what stops each row by propagation (see `propagation_book`).
    """

    scored: Scored
    names: Sequence[str]
    values: Mapping[str, Floats]
    required: Sequence[str]
    consent: Marks
    in_segment: Marks
    by_person: bool
    stopped: NDArray[np.int8]


@dataclass(frozen=True)
class Decided:
    """Outcomes (as `Outcome` values) and at most four reason codes ("" = none) of n rows."""

    outcome: NDArray[np.int8]
    reasons: NDArray[np.str_]


def decide_book(rows: Rows, policy: EffectivePolicy, product: Product) -> Decided:
    """Return what is decided on every row; the same as `decide` says of each alone."""
    told = list(_told(rows, policy.reason_codes, product))
    outcome = np.zeros(len(rows.consent), dtype=np.int8)
    for _, marks, gravity in told:
        np.maximum(outcome, np.where(marks, gravity, Outcome.APPROVE).astype(np.int8), out=outcome)
    np.maximum(outcome, _by_score(rows, product), out=outcome)
    np.maximum(outcome, rows.stopped, out=outcome)
    outcome = np.where(rows.consent, outcome, Outcome.REFER).astype(np.int8)
    return Decided(outcome, _reasons(rows, told, policy.reason_codes, product))


def _missing(rows: Rows, product: Product) -> dict[str, Marks]:
    """Return where a feature that was needed has no value, in the order `decide` lists them."""
    scored = rows.consent & rows.in_segment
    missing = {name: ~np.isfinite(rows.values[name]) & scored for name in rows.required}
    for place, name in enumerate(rows.names):
        unknown = rows.scored.unknown[:, place] & scored
        if unknown.any() or name in missing:
            missing[name] = missing.get(name, unknown) | unknown
    return missing


def _told(rows: Rows, codes: Codes, product: Product) -> list[tuple[str, Marks, Outcome]]:
    """Return code, rows and outcome of each finding that is told before the score's reasons."""
    stops = [(name, rows.values[name]) for name in product.stop]
    stopped = [(code_of(codes, "feature", n), v > 0, Outcome.DECLINE) for n, v in stops]
    silent = [
        (code_of(codes, "step", "stop_unknown"), np.isnan(v), Outcome.REFER) for _, v in stops
    ]
    other = [(code_of(codes, "step", "other_segment"), ~rows.in_segment, Outcome.REFER)]
    code = code_of(codes, "step", "missing")
    missing = [(code, marks, Outcome.REFER) for marks in _missing(rows, product).values()]
    return [*stopped, *silent, *other, *missing]


def _by_score(rows: Rows, product: Product) -> NDArray[np.int8]:
    """Return what the score decides where it may: nothing is missing and the segment is ours."""
    may = rows.consent & rows.in_segment
    for marks in _missing(rows, product).values():
        may &= ~marks
    if rows.by_person:
        decided = np.full(len(may), Outcome.REFER, dtype=np.int8)
    else:
        pd = rows.scored.pd_micro
        decided = np.full(len(may), Outcome.APPROVE, dtype=np.int8)
        decided[pd > int(product.approve_up_to * MICRO)] = Outcome.REFER
        decided[pd > int(product.decline_above * MICRO)] = Outcome.DECLINE
    return np.where(may, decided, Outcome.APPROVE).astype(np.int8)


def _reasons(
    rows: Rows, told: Sequence[tuple[str, Marks, Outcome]], codes: Codes, product: Product
) -> NDArray[np.str_]:
    """Return at most four codes a row: what is told first, then features by points they cost."""
    scored = rows.consent & rows.in_segment
    signed = [i for i, name in enumerate(rows.names) if product.features.get(name) in (1, -1)]
    points = rows.scored.feature_points[:, signed]
    order = np.argsort(points, axis=1, kind="stable")[:, :AT_MOST]
    costly = (np.take_along_axis(points, order, axis=1) < 0) & scored[:, None]
    feature_codes = np.array([code_of(codes, "feature", rows.names[i]) for i in signed])
    blank = np.zeros((len(scored), 0), dtype=np.bool_)
    marks = np.column_stack([blank, *(at & rows.consent for _, at, _ in told), costly])
    said = np.column_stack(
        [*(np.full(len(scored), code) for code, _, _ in told), feature_codes[order]]
    )
    place = np.cumsum(marks, axis=1) - 1
    found = np.full((len(scored), AT_MOST), "", dtype=said.dtype)
    for slot in range(AT_MOST):
        hit = marks & (place == slot)
        has = hit.any(axis=1)
        found[has, slot] = said[has, hit.argmax(axis=1)[has]]
    consent = code_of(codes, "step", "consent")
    found[~rows.consent] = [consent, *[""] * (AT_MOST - 1)]
    return found
