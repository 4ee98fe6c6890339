"""Conduct: whether a cooperative pays the households that deposited with it."""

from features.arrays import (
    Amount,
    Date,
    Ratio,
    Rows,
    both,
    months_before,
    no_later,
    spread,
    total,
    where_positive,
    within,
    zero_if_missing,
)


def rent_paid_on_time_share(
    payout__due_on: Date,
    payout__due: Amount,
    payout__paid_on: Date,
    payout__paid: Amount,
    payout: Rows,
    judged_on: Date,
) -> Ratio:
    """Return payouts paid in full by due_on ÷ payouts due, 24 months to the judged day (ratio).

    Counted over all projects of the cooperative, since payouts name no recipient. A payout with no
    paid_on is unpaid. Missing where payouts are undeclared or none fell due.
    Source: domain 10.4 (coop_rent_paid_on_time_share), design 11.19.
    """
    fell_due = within(
        payout__due_on,
        spread(months_before(judged_on, 24.0), payout),
        spread(judged_on, payout),
    )
    in_time = zero_if_missing(no_later(payout__paid_on, payout__due_on))
    in_full = zero_if_missing(no_later(payout__due, payout__paid))
    paid = both(fell_due, both(in_time, in_full))
    return total(paid, payout) / where_positive(total(fell_due, payout))
