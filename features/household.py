"""Household: what a borrower earns, owes and owns, before any loan is asked for.

Ratios to income are missing where income is missing or not above zero. Ecological credit that is
absent is 0, its worst state, never missing (design 10.14).
"""

from features.arrays import (
    Amount,
    Area,
    Count,
    Date,
    Months,
    Number,
    Rank,
    Ratio,
    Rows,
    Text,
    distinct,
    month_mean,
    month_sd,
    months_before,
    months_below,
    where_positive,
    zero_if_missing,
)


def income_mean_12m(
    income_monthly__amount: Amount,
    income_monthly__month: Date,
    income_monthly: Rows,
    as_of: Date,
) -> Amount:
    """Return the mean monthly income of the 12 full calendar months to the record's day (分).

    Sources of one month are added up; a month without a row counts as 0. Missing where the monthly
    incomes are undeclared or one is missing. Source: domain 10.4 (income_cv_12m).
    """
    return month_mean(
        income_monthly__amount, income_monthly__month, income_monthly, as_of + 1.0, 12
    )


def income_sd_12m(
    income_monthly__amount: Amount,
    income_monthly__month: Date,
    income_monthly: Rows,
    as_of: Date,
) -> Amount:
    """Return the population's standard deviation of the 12 incomes of `income_mean_12m` (分).

    Missing as that mean is. Source: domain 10.4 (income_cv_12m).
    """
    return month_sd(income_monthly__amount, income_monthly__month, income_monthly, as_of + 1.0, 12)


def income_cv_12m(income_sd_12m: Amount, income_mean_12m: Amount) -> Ratio:
    """Return sd ÷ mean of the last 12 monthly incomes (ratio).

    Missing where the incomes are, or their mean is not above zero. Source: domain 10.4.
    """
    return income_sd_12m / where_positive(income_mean_12m)


def income_source_count(
    income_monthly__source_kind: Text,
    income_monthly__month: Date,
    income_monthly: Rows,
    as_of: Date,
) -> Count:
    """Return the number of different kinds of income in the 12 months to the record's day (count).

    Missing where the monthly incomes are undeclared or one of those months names no kind.
    Source: domain 10.1.
    """
    end = as_of + 1.0
    return distinct(
        income_monthly__source_kind,
        income_monthly__month,
        income_monthly,
        months_before(end, 12.0),
        end,
    )


def seasonality_gap_months(
    income_monthly__amount: Amount,
    income_monthly__month: Date,
    income_monthly: Rows,
    as_of: Date,
    debt_service_12m: Amount,
) -> Months:
    """Return how many of the last 12 monthly incomes lie below debt_service_12m ÷ 12 (months).

    Missing where the monthly incomes or the debt service are. Source: design 11.19.
    """
    return months_below(
        income_monthly__amount,
        income_monthly__month,
        income_monthly,
        as_of + 1.0,
        12,
        debt_service_12m / 12.0,
    )


def total_debt_to_income(total_debt: Amount, annual_income: Amount) -> Ratio:
    """Return total_debt ÷ annual_income (ratio). Source: domain 10.1, design 11.19."""
    return total_debt / where_positive(annual_income)


def guarantees_given_to_income(guarantees_given: Amount, annual_income: Amount) -> Ratio:
    """Return guarantees_given ÷ annual_income (ratio). Source: domain 10.4."""
    return guarantees_given / where_positive(annual_income)


def enforcement_amount_to_income(enforcement_amount: Amount, annual_income: Amount) -> Ratio:
    """Return enforcement_amount ÷ annual_income (ratio). Source: domain 10.4."""
    return enforcement_amount / where_positive(annual_income)


def subsidy_share_of_income(
    subsidy_income_12m: Amount, eco_compensation_12m: Amount, annual_income: Amount
) -> Ratio:
    """Return (subsidy_income_12m − eco_compensation_12m) ÷ annual_income (ratio).

    The compensation stands inside the subsidies and is earned by ecological work, so it is taken
    out. Missing where one of the three is, or income is not above zero. Source: domain 10.1.
    """
    return (subsidy_income_12m - eco_compensation_12m) / where_positive(annual_income)


def credit_utilisation(credit_line_used: Amount, credit_line_total: Amount) -> Ratio:
    """Return credit_line_used ÷ credit_line_total (ratio).

    Missing where a side is, or there is no line. Source: domain 10.4.
    """
    return credit_line_used / where_positive(credit_line_total)


def labour_to_dependant_ratio(labour_count: Count, dependants: Count) -> Number:
    """Return labour_count ÷ (dependants + 1) (number): 1 keeps a home without dependants finite.

    Missing where a side is. Source: domain 10.1.
    """
    return labour_count / (dependants + 1.0)


def land_forest_area_titled(land_area_titled: Area, forest_area_titled: Area) -> Area:
    """Return land_area_titled + forest_area_titled (㎡). Source: domain 10.1, design 11.19."""
    return land_area_titled + forest_area_titled


def eco_credit_pct(eco_credit_score: Number, eco_credit_scale: Number) -> Ratio:
    """Return eco_credit_score ÷ eco_credit_scale (ratio); 0 where there is none.

    Reward-only. Source: domain 10.4, design 10.14.
    """
    return zero_if_missing(eco_credit_score / where_positive(eco_credit_scale))


def carbon_label_rank(carbon_label: Rank) -> Rank:
    """Return the rank of carbon_label (0 worst); 0 where there is none.

    Reward-only. Source: domain 10.1, design 10.14, 11.19.
    """
    return zero_if_missing(carbon_label)
