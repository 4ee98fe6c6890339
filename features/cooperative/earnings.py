"""Earnings: whether a cooperative lives on its own business (guidance 二（五）)."""

from features.arrays import (
    Amount,
    Count,
    Date,
    Rows,
    both,
    is_negative,
    year_of,
    years_in_a_row,
)


def ebit_clean_12m(ebit_12m: Amount, subsidies_12m: Amount) -> Amount:
    """Return ebit_12m − subsidies_12m (分); may be negative. Source: domain 7.1 (RL-06)."""
    return ebit_12m - subsidies_12m


def interest_total_12m(interest_expensed_12m: Amount, interest_capitalised_12m: Amount) -> Amount:
    """Return interest_expensed_12m + interest_capitalised_12m (分). Source: domain 7.1 (RL-06)."""
    return interest_expensed_12m + interest_capitalised_12m


def loss_years(
    cfo: Amount,
    net_profit: Amount,
    as_of: Date,
    operating_since: Date,
    past__cfo: Amount,
    past__net_profit: Amount,
    past__as_of: Date,
    past: Rows,
    *,
    loss_grace_years: Count,
) -> Count:
    """Return how many full years in a row, to the last, had cfo < 0 and net_profit < 0 (count).

    A year counts from the year of operating_since + loss_grace_years on (3: "from the third year
    after operating_since"). Both columns are year to date, so only readings of 31 December speak.
    Missing where a year that counts and decides the run has no reading, at most 5 years back.
    Source: domain 7.1, 9.4 (RL-07).
    """
    lost = both(is_negative(cfo), is_negative(net_profit))
    past_lost = both(is_negative(past__cfo), is_negative(past__net_profit))
    first = year_of(operating_since) + loss_grace_years
    return years_in_a_row(past_lost, past__as_of, past, lost, as_of, first)
