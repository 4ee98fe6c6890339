"""Signals: what a project shows of its developer (domain 11.1)."""

from features.arrays import (
    Amount,
    Count,
    Date,
    Flag,
    Rows,
    any_row,
    both,
    choose,
    either,
    exceeds,
    highest,
    least,
    lowest_where,
    months_before,
    negate,
    no_later,
    spread,
    total,
    value_on,
    within,
    zero_if_missing,
)


def milestones_count(milestones__on: Date, milestones: Rows, judged_on: Date) -> Count:
    """Return the milestones reached by the judged day (count). Source: domain 11.1 (hoarding)."""
    return total(no_later(milestones__on, spread(judged_on, milestones)), milestones)


def last_spent_on(
    invest_actual__on: Date,
    invest_actual__amount: Amount,
    invest_actual: Rows,
    judged_on: Date,
) -> Date:
    """Return the day of the last spending by the judged day (date).

    1 January 1970 where there was none. Source: domain 11.1 (subsidy harvest).
    """
    done = no_later(invest_actual__on, spread(judged_on, invest_actual))
    spent = both(done, exceeds(invest_actual__amount, 0.0))
    return highest(choose(spent, invest_actual__on, 0.0), invest_actual)


def is_behind_plan(
    milestones__kind__construction_end: Flag,
    milestones__kind__operation: Flag,
    milestones__on: Date,
    milestones: Rows,
    planned_to_date: Amount,
    spent_to_date: Amount,
    judged_on: Date,
) -> Flag:
    """Return whether it is unfinished and has spent less than was planned by now (flag).

    Source: domain 11.1 (subsidy harvest).
    """
    end = either(milestones__kind__construction_end, milestones__kind__operation)
    finished = any_row(
        both(end, no_later(milestones__on, spread(judged_on, milestones))), milestones
    )
    return both(negate(finished), exceeds(planned_to_date, spent_to_date))


def exit_seen_on(
    life_state__退出: Flag,
    as_of: Date,
    past__life_state__退出: Flag,
    past__as_of: Date,
    past: Rows,
) -> Date:
    """Return the day of the first reading that has the project in exit, +inf for none (date).

    Source: domain 11.1 (subsidy harvest); the project table has no day of exit.
    """
    before = lowest_where(past__as_of, past__life_state__退出, past)
    return choose(life_state__退出, least(before, as_of), before)


def funding_total(funding__amount: Amount, funding: Rows) -> Amount:
    """Return Σ funding of every kind (分). Source: domain 11.1 (front-loaded dividend)."""
    return total(funding__amount, funding)


def payouts_paid_12m(
    payouts__paid_on: Date, payouts__paid: Amount, payouts: Rows, as_of: Date
) -> Amount:
    """Return Σ payouts paid in the 12 months that end with the day of the record (分).

    The months of op_cash_12m, which is held against it. One without its day of payment is not
    paid. Source: domain 11.1 (front-loaded dividend).
    """
    start = spread(months_before(as_of, 12.0), payouts) + 1.0
    recent = within(payouts__paid_on, start, spread(as_of, payouts) + 1.0)
    paid = choose(zero_if_missing(recent), payouts__paid, 0.0)
    return total(paid, payouts)


def pays_from_new_money(
    payouts_paid_12m: Amount,
    payout_cash_cover: Amount,
    funding_total: Amount,
    past__funding_total: Amount,
    past__as_of: Date,
    past: Rows,
    approved_on: Date,
    as_of: Date,
) -> Flag:
    """Return whether payouts of 12 months exceed cash and reserve while funding rises (flag).

    Against the funding of a year before; that of a project approved since then was 0. Missing
    where payouts exceed the cash and no reading speaks for that day.
    Source: domain 11.1 (front-loaded dividend).
    """
    year_ago = months_before(as_of, 12.0)
    was = value_on(past__funding_total, past__as_of, past, year_ago)
    before = choose(exceeds(approved_on, year_ago), 0.0, was)
    uncovered = exceeds(payouts_paid_12m, payout_cash_cover)
    return both(uncovered, exceeds(funding_total, before))


def land_drift(resource__built_on_farmland: Flag, resource: Rows) -> Flag:
    """Return whether one of its resources was built on inside a farmland layer (flag).

    Source: domain 11.1 (land drift).
    """
    return any_row(resource__built_on_farmland, resource)


def valuation_jump(resource__valuation_jump: Flag, resource: Rows) -> Flag:
    """Return whether the valuation of one of its resources jumps (flag).

    Source: domain 11.1 (valuation jump).
    """
    return any_row(resource__valuation_jump, resource)
