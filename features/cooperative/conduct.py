"""Conduct: what a cooperative may do with other people's money, and with which papers.

A register is read as the newest reading states it; windows are counted back from the day of that
reading, and what is dated later counts too.
"""

from features.arrays import (
    Amount,
    Count,
    Date,
    Flag,
    Months,
    Ratio,
    Rows,
    Text,
    both,
    choose,
    either,
    enough_signs,
    exceeds,
    given,
    months_before,
    negate,
    new_money_run,
    no_later,
    same,
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
    payout__as_of: Date,
    payout: Rows,
    judged_on: Date,
) -> Ratio:
    """Return payouts paid in full by due_on ÷ payouts due, 24 months to the judged day (ratio).

    Counted over all projects of the cooperative, since payouts name no recipient. A payout with no
    paid_on is unpaid; one that falls due after its project's reading is not known to be, and is
    left out. Missing where payouts are undeclared or none fell due.
    Source: domain 10.4 (coop_rent_paid_on_time_share), design 11.19.
    """
    start = spread(months_before(judged_on, 24.0), payout)
    fell_due = within(payout__due_on, start, payout__as_of)
    in_time = zero_if_missing(no_later(payout__paid_on, payout__due_on))
    in_full = zero_if_missing(no_later(payout__due, payout__paid))
    paid = both(fell_due, both(in_time, in_full))
    return total(paid, payout) / where_positive(total(fell_due, payout))


def acts_without_paper(
    acts__date: Date,
    acts__decision_doc_id: Text,
    acts: Rows,
    as_of: Date,
    *,
    act_window_months: Months,
) -> Count:
    """Return how many acts of the last act_window_months stand on no decision document (count).

    Source: domain 7.1 (RL-41: 36 months).
    """
    recent = exceeds(acts__date, spread(months_before(as_of, act_window_months), acts))
    return total(both(recent, negate(given(acts__decision_doc_id))), acts)


def public_money_promised(
    money_in__amount: Amount,
    money_in__public_offer: Flag,
    money_in__promised_return: Flag,
    money_in__licence_doc_id: Text,
    money_in: Rows,
) -> Amount:
    """Return Σ money offered to the public with a promised return and without a licence (分).

    Of all time, since what was taken is owed until it is given back. Deposited resources are no
    money and stand in another table. Source: domain 7.1 (RL-36).
    """
    solicited = both(money_in__public_offer, money_in__promised_return)
    unlicensed = both(solicited, negate(given(money_in__licence_doc_id)))
    return total(choose(unlicensed, money_in__amount, 0.0), money_in)


def payouts_from_new_money_periods(
    payout__paid: Amount,
    payout__paid_on: Date,
    payout: Rows,
    project__op_cash_12m: Amount,
    project__payout_reserve: Amount,
    project: Rows,
    money_in__amount: Amount,
    money_in__on: Date,
    money_in: Rows,
    past__interest_bearing_debt: Amount,
    past__as_of: Date,
    past: Rows,
    interest_bearing_debt: Amount,
    as_of: Date,
    *,
    new_money_half_years: Count,
) -> Count:
    """Return in how many half-years in a row payouts were made from new money (count).

    Counted back from the day of the reading: payouts of its projects > half of their op_cash_12m +
    their payout_reserve (both as they stand today, together not below 0), while
    interest_bearing_debt is above that of six months earlier or money_in above that of the
    half-year before. Missing where a half-year that decides cannot be told; from
    new_money_half_years on, nothing further back decides. Source: domain 7.1 (RL-36).
    """
    means = 0.5 * total(project__op_cash_12m, project) + total(project__payout_reserve, project)
    return new_money_run(
        payout__paid,
        payout__paid_on,
        payout,
        means,
        money_in__amount,
        money_in__on,
        money_in,
        past__interest_bearing_debt,
        past__as_of,
        past,
        interest_bearing_debt,
        as_of,
        new_money_half_years,
    )


def guarantee_fee_unlicensed_12m(
    guarantee_fee_income_12m: Amount,
    guarantee_licence_no: Text,
    guarantee_licence_to: Date,
    guarantee_exemption_doc_id: Text,
    judged_on: Date,
) -> Amount:
    """Return guarantee_fee_income_12m that no licence and no exemption allows (分).

    A licence holds where it has a number and ends after the judged day; one without an end is not
    known to hold, which matters only where a fee was taken. Source: domain 7.1 (RL-37).
    """
    licensed = both(given(guarantee_licence_no), exceeds(guarantee_licence_to, judged_on))
    allowed = either(licensed, given(guarantee_exemption_doc_id))
    taken = exceeds(guarantee_fee_income_12m, 0.0)
    return choose(taken, choose(allowed, 0.0, guarantee_fee_income_12m), guarantee_fee_income_12m)


def financing_trade_12m(
    trades__amount: Amount,
    trades__margin: Ratio,
    trades__in_on: Date,
    trades__out_on: Date,
    trades__goods_moved: Flag,
    trades__related: Flag,
    trades: Rows,
    as_of: Date,
    *,
    trade_window_months: Months,
    trade_margin_most: Ratio,
    trade_signs_fewest: Count,
) -> Amount:
    """Return Σ trades sold in the last trade_window_months that look like lending (分).

    At least trade_signs_fewest of four signs: bought and sold on one day, a margin of at most
    trade_margin_most, goods that did not move, related parties. Source: domain 7.1 (RL-43: 12
    months, 3 signs, 0.5 %).
    """
    recent = exceeds(trades__out_on, spread(months_before(as_of, trade_window_months), trades))
    hollow = enough_signs(
        same(trades__in_on, trades__out_on),
        no_later(trades__margin, spread(trade_margin_most, trades)),
        negate(trades__goods_moved),
        trades__related,
        spread(trade_signs_fewest, trades),
    )
    return total(choose(both(recent, hollow), trades__amount, 0.0), trades)
