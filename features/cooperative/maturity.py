"""Maturity: when debt falls due, what it costs, and cash that lies idle beside it (二（五））."""

from features.arrays import (
    Amount,
    Count,
    Date,
    Months,
    Rows,
    choose,
    highest,
    least,
    most,
    no_later,
    quarters_mean,
    spread,
)


def short_debt_gap(short_debt_total: Amount, cash_unrestricted: Amount) -> Amount:
    """Return max(0, short_debt_total − cash_unrestricted) (分). Source: domain 7.1 (RL-45)."""
    return most(short_debt_total - cash_unrestricted, 0.0)


def debt_due_peak_month(
    debt_due_by_month__month_no: Months,
    debt_due_by_month__amount: Amount,
    debt_due_by_month: Rows,
    *,
    peak_window_months: Months,
) -> Amount:
    """Return the most debt that falls due in one of the next peak_window_months months (分).

    Source: domain 7.1 (RL-45: 12 months).
    """
    near = no_later(debt_due_by_month__month_no, spread(peak_window_months, debt_due_by_month))
    return highest(choose(near, debt_due_by_month__amount, 0.0), debt_due_by_month)


def debt_avg_12m(
    interest_bearing_debt: Amount,
    as_of: Date,
    operating_since: Date,
    past__interest_bearing_debt: Amount,
    past__as_of: Date,
    past: Rows,
    *,
    debt_avg_quarters: Count,
) -> Amount:
    """Return the mean interest_bearing_debt of debt_avg_quarters quarter-ends (分).

    This reading and the quarter-ends before it. Missing where one has no reading, unless the
    cooperative opened less than so many quarters ago: then over the readings there are.
    Source: domain 7.1 (RL-45: 5 quarter-ends).
    """
    return quarters_mean(
        past__interest_bearing_debt,
        past__as_of,
        past,
        interest_bearing_debt,
        as_of,
        operating_since,
        debt_avg_quarters,
    )


def idle_cash_with_debt(
    cash_unrestricted: Amount, interest_bearing_debt: Amount, debt_service_12m: Amount
) -> Amount:
    """Return cash that could repay debt and is not needed to serve it for a year (分).

    max(0, min(cash_unrestricted, interest_bearing_debt) − debt_service_12m).
    Source: domain 7.1 (RL-45).
    """
    return most(least(cash_unrestricted, interest_bearing_debt) - debt_service_12m, 0.0)
