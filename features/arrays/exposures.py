"""What one row of a register answers for: the cooperative's part of a guarantee or undertaking.

Sums of these rows are guarantee_exposure and undertaking_exposure; what groups rows needs them one
by one.
"""

from __future__ import annotations

from features.arrays.child_rows import spread
from features.arrays.compiled import loop
from features.arrays.numbers import (
    both,
    choose,
    either,
    exceeds,
    given,
    least,
    negate,
    no_later,
    share_of,
    within,
    zero_if_missing,
)
from features.arrays.units import Floats, Rows


@loop
def guaranteed(
    balance: Floats,
    own_share: Floats,
    asset_value: Floats,
    is_secured: Floats,
    begins: Floats,
    ends: Floats,
    rows: Rows,
    day: Floats,
) -> Floats:
    """Return balance × own_share of each guarantee that runs on the subject's day, else 0 (分).

    Of a secured one (抵押, 质押) the balance is no more than the asset's value. Source: domain 7.1
    (guarantee_exposure).
    """
    live = within(spread(day, rows), begins, ends)
    answers = choose(is_secured, least(asset_value, balance), balance)
    return choose(live, share_of(answers, own_share), 0.0)


@loop
def is_bound(share: Floats, contract: Floats) -> Floats:
    """Return the flag of the co-sharers that carry a part: bound by contract, a share above 0.

    Source: domain 7.1 (undertaking_exposure).
    """
    return both(given(contract), exceeds(share, 0.0))


@loop
def is_running(expiry: Floats, called_on: Floats, rows: Rows, day: Floats) -> Floats:
    """Return the flag of the undertakings that run on the subject's day: not over, not called."""
    today = spread(day, rows)
    called = zero_if_missing(no_later(called_on, today))
    return both(exceeds(expiry, today), negate(called))


@loop
def undertaken(
    cap: Floats,
    own_share: Floats,
    is_shared: Floats,
    for_lender: Floats,
    on_default: Floats,
    expiry: Floats,
    called_on: Floats,
    rows: Rows,
    day: Floats,
) -> Floats:
    """Return the cooperative's part of each undertaking open on the subject's day, else 0 (分).

    cap × own_share, all of the cap where no co-sharer is bound; only where a lender may call it
    or a default does. Source: domain 7.1 (undertaking_exposure).
    """
    live = is_running(expiry, called_on, rows, day)
    own = choose(is_shared, share_of(cap, own_share), cap)
    return choose(both(live, either(for_lender, on_default)), own, 0.0)
