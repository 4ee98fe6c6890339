"""Undertakings to purchase (承诺收购): what lenders may call for (guidance 二（五）, 三（五）).

An undertaking is live where it expires after the day of the record and was not called by then.
For a lender, or triggered by a default, it is a guarantee in substance; a floor price for goods is
trade. A co-sharer is bound where it has a contract and a share above 0.
"""

from features.arrays import (
    Amount,
    Count,
    Date,
    Flag,
    Months,
    Number,
    Ratio,
    Rows,
    Text,
    any_match,
    at_least,
    both,
    choose,
    either,
    given,
    is_bound,
    is_running,
    month_end_mean,
    months_before,
    most,
    negate,
    spread,
    total,
    undertaken,
    within,
)


def undertaking_exposure(
    undertakings__cap: Amount,
    undertakings__own_share: Ratio,
    undertakings__beneficiary__lender: Flag,
    undertakings__trigger__default: Flag,
    undertakings__expiry: Date,
    undertakings__called_on: Date,
    undertakings__resource_id: Text,
    undertakings: Rows,
    co_sharers__resource_id: Text,
    co_sharers__share: Ratio,
    co_sharers__contract_doc_id: Text,
    co_sharers: Rows,
    as_of: Date,
) -> Amount:
    """Return the contractual maximum of live undertakings, net of co-sharers (分).

    Σ cap × own_share where the beneficiary is a lender or the trigger a default; own_share is 1
    unless a co-sharer of that resource is bound by contract. Source: domain 7.1 (RL-15, RL-16).
    """
    bound = is_bound(co_sharers__share, co_sharers__contract_doc_id)
    shared = any_match(
        undertakings__resource_id, undertakings, co_sharers__resource_id, bound, co_sharers
    )
    own = undertaken(
        undertakings__cap,
        undertakings__own_share,
        shared,
        undertakings__beneficiary__lender,
        undertakings__trigger__default,
        undertakings__expiry,
        undertakings__called_on,
        undertakings,
        as_of,
    )
    return total(own, undertakings)


def undertaking_gross(
    undertakings__cap: Amount,
    undertakings__beneficiary__lender: Flag,
    undertakings__trigger__default: Flag,
    undertakings__expiry: Date,
    undertakings__called_on: Date,
    undertakings: Rows,
    as_of: Date,
) -> Amount:
    """Return Σ cap of the undertakings in undertaking_exposure, before co-sharers (分).

    Source: domain 7.1 (shown beside undertaking_exposure).
    """
    live = is_running(undertakings__expiry, undertakings__called_on, undertakings, as_of)
    credit = either(undertakings__beneficiary__lender, undertakings__trigger__default)
    return total(choose(both(live, credit), undertakings__cap, 0.0), undertakings)


def undertakings_alone(
    undertakings__beneficiary__lender: Flag,
    undertakings__trigger__default: Flag,
    undertakings__expiry: Date,
    undertakings__called_on: Date,
    undertakings__resource_id: Text,
    undertakings: Rows,
    co_sharers__resource_id: Text,
    co_sharers__kind__bank: Flag,
    co_sharers__kind__guarantee_body: Flag,
    co_sharers__share: Ratio,
    co_sharers__contract_doc_id: Text,
    co_sharers: Rows,
    as_of: Date,
) -> Count:
    """Return how many undertakings in undertaking_exposure the cooperative gave alone (count).

    Alone is without a bank and a guarantee body: both must be bound as co-sharers.
    Source: domain 7.1, 2.2 (RL-13).
    """
    live = is_running(undertakings__expiry, undertakings__called_on, undertakings, as_of)
    credit = either(undertakings__beneficiary__lender, undertakings__trigger__default)
    bound = is_bound(co_sharers__share, co_sharers__contract_doc_id)
    bank = any_match(
        undertakings__resource_id,
        undertakings,
        co_sharers__resource_id,
        both(bound, co_sharers__kind__bank),
        co_sharers,
    )
    body = any_match(
        undertakings__resource_id,
        undertakings,
        co_sharers__resource_id,
        both(bound, co_sharers__kind__guarantee_body),
        co_sharers,
    )
    return total(both(both(live, credit), negate(both(bank, body))), undertakings)


def contingent_exposure(guarantee_exposure: Amount, undertaking_exposure: Amount) -> Amount:
    """Return guarantee_exposure + undertaking_exposure (分). Source: domain 7.1 (RL-15)."""
    return guarantee_exposure + undertaking_exposure


def cash_for_calls(
    pool_cash: Amount,
    committed_lines: Amount,
    cash_unrestricted: Amount,
    short_debt_total: Amount,
) -> Amount:
    """Return what is at hand when undertakings are called (分).

    pool_cash + committed_lines + max(0, cash_unrestricted − short_debt_total).
    Source: domain 7.1 (RL-16).
    """
    return pool_cash + committed_lines + most(cash_unrestricted - short_debt_total, 0.0)


def calls_12m_amount(
    undertakings__called_on: Date,
    undertakings__called_amount: Amount,
    undertakings: Rows,
    as_of: Date,
    *,
    call_window_months: Months,
) -> Amount:
    """Return what was paid on calls in the call_window_months to the day of the record (分).

    For whatever reason an undertaking was called. Source: domain 7.1 (RL-16).
    """
    start = spread(months_before(as_of, call_window_months) + 1.0, undertakings)
    end = spread(as_of + 1.0, undertakings)
    called = both(given(undertakings__called_on), within(undertakings__called_on, start, end))
    paid = choose(called, undertakings__called_amount, 0.0)
    return total(paid, undertakings)


def calls_counted_12m(
    undertakings__called_on: Date,
    undertakings__call_reason__credit: Flag,
    undertakings: Rows,
    as_of: Date,
    *,
    call_window_months: Months,
    fewest_calls: Count,
) -> Count:
    """Return how many undertakings were called for credit reasons in that window (count).

    0 while they are fewer than fewest_calls: one or two say nothing of a rate. Missing
    where a call gives no reason. Source: domain 7.1 (RL-17).
    """
    start = spread(months_before(as_of, call_window_months) + 1.0, undertakings)
    end = spread(as_of + 1.0, undertakings)
    called = both(given(undertakings__called_on), within(undertakings__called_on, start, end))
    credit = both(called, undertakings__call_reason__credit)
    calls = total(credit, undertakings)
    return choose(at_least(calls, fewest_calls), calls, 0.0)


def covered_count(
    undertakings__expiry: Date,
    undertakings__called_on: Date,
    undertakings: Rows,
    guarantees__from: Date,
    guarantees__to: Date,
    guarantees: Rows,
    as_of: Date,
) -> Count:
    """Return how many undertakings and guarantees are live (count). Source: domain 7.1 (RL-17)."""
    live = is_running(undertakings__expiry, undertakings__called_on, undertakings, as_of)
    given_out = within(spread(as_of, guarantees), guarantees__from, guarantees__to)
    return total(live, undertakings) + total(given_out, guarantees)


def covered_count_avg_12m(
    covered_count: Count,
    as_of: Date,
    past__covered_count: Count,
    past__as_of: Date,
    past: Rows,
    *,
    call_window_months: Months,
) -> Number:
    """Return the mean month-end number of live undertakings and guarantees (number).

    Over the last call_window_months month-ends, of which the newest reading's is the last; each
    has the latest reading up to it, and those before the first reading are left out.
    Source: domain 7.1 (RL-17).
    """
    return month_end_mean(
        past__covered_count, past__as_of, past, covered_count, as_of, call_window_months
    )
