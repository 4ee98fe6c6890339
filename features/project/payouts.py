"""Payouts: whether the households get what they were promised (guidance 二（四）).

A verdict judges one reading (domain 7.0.8): what is late and what is still to come are told apart
on the reading's own day, so that a payout is always one of the two. One that falls due after it is
not known to be unpaid; the next reading tells, and one that does not come is stale (7.0.7).
"""

from features.arrays import (
    Amount,
    Date,
    Days,
    Flag,
    Months,
    Rows,
    both,
    choose,
    either,
    exceeds,
    highest,
    months_before,
    most,
    negate,
    no_later,
    spread,
    total,
    within,
    zero_if_missing,
)


def payout_days_late(
    payouts__due_on: Date,
    payouts__due: Amount,
    payouts__paid_on: Date,
    payouts__paid: Amount,
    payouts: Rows,
    as_of: Date,
    *,
    payout_window_months: Months,
) -> Days:
    """Return the worst delay of a payout, to its payment in full or the record's day (days).

    Over payouts that fell due in the window before that day, and older ones still not paid in
    full: what is owed does not grow better by growing older. Source: domain 7.1 (RL-34).
    """
    day = spread(as_of, payouts)
    start = spread(months_before(as_of, payout_window_months), payouts)
    settled = both(
        zero_if_missing(no_later(payouts__paid_on, day)), no_later(payouts__due, payouts__paid)
    )
    counted = either(within(payouts__due_on, start, day + 1.0), negate(settled))
    late = most(choose(settled, payouts__paid_on, day) - payouts__due_on, 0.0)
    return highest(choose(counted, late, 0.0), payouts)


def payouts_due_12m(
    payouts__due_on: Date, payouts__due: Amount, payouts: Rows, as_of: Date
) -> Amount:
    """Return Σ payouts that fall due in the 12 months after the day of the record (分).

    Source: domain 7.1 (RL-34).
    """
    start = spread(as_of, payouts) + 1.0
    end = spread(months_before(as_of, -12.0), payouts) + 1.0
    return total(choose(within(payouts__due_on, start, end), payouts__due, 0.0), payouts)


def payout_cash_cover(op_cash_12m: Amount, payout_reserve: Amount) -> Amount:
    """Return op_cash_12m + payout_reserve (分); may be negative. Source: domain 7.1 (RL-34)."""
    return op_cash_12m + payout_reserve


def festival_unfunded(
    payouts__due_on: Date,
    payouts__due: Amount,
    payouts__paid_on: Date,
    payouts__paid: Amount,
    payouts: Rows,
    payout_reserve: Amount,
    county__spring_festival: Date,
    judged_on: Date,
    *,
    festival_reserve_days: Days,
) -> Flag:
    """Return whether payouts owed by Spring Festival exceed payout_reserve just before it (flag).

    Owed is what is due by the festival and not paid. False outside the days before the festival.
    Source: domain 7.1 (RL-34).
    """
    near = within(
        judged_on,
        county__spring_festival - festival_reserve_days,
        county__spring_festival + 1.0,
    )
    done = zero_if_missing(no_later(payouts__paid_on, spread(judged_on, payouts)))
    rest = most(payouts__due - choose(done, payouts__paid, 0.0), 0.0)
    by_then = no_later(payouts__due_on, spread(county__spring_festival, payouts))
    owed = total(choose(by_then, rest, 0.0), payouts)
    return both(near, exceeds(owed, payout_reserve))
