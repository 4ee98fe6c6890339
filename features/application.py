"""Application: what depends on the loan that is asked for, and on the resources behind it.

A bare name that stands neither here nor in the table is the household's (`experience_years`,
`credit_utilisation`). Of several resources the worst value counts (design 11.17): the greatest
where a higher value raises risk, the least where it lowers it. Over no resource at all they are
missing, so nobody gains by naming none.
"""

from features.arrays import (
    Amount,
    Area,
    Flag,
    Months,
    Rank,
    Ratio,
    Rows,
    Text,
    at_least,
    both,
    choose,
    either,
    given,
    highest,
    lowest,
    negate,
    prorated,
    total,
    where_any,
    where_positive,
    zero_if_missing,
)


def principal_due_12m(amount: Amount, term_m: Months) -> Amount:
    """Return the principal of this loan due within 12 months (分): amount × min(1, 12 ÷ term_m).

    Half-even to 分; interest is left out, since the rate is not agreed when the loan is judged.
    Missing where amount or term is. Source: domain 10.4 ("a year of this loan").
    """
    return prorated(amount, 12.0, term_m)


def debt_service_with_loan_12m(
    household__debt_service_12m: Amount, principal_due_12m: Amount
) -> Amount:
    """Return debt_service_12m + principal_due_12m (分). Source: domain 10.4."""
    return household__debt_service_12m + principal_due_12m


def debt_service_to_income(
    debt_service_with_loan_12m: Amount, household__annual_income: Amount
) -> Ratio:
    """Return (debt_service_12m + a year of this loan) ÷ annual_income (ratio).

    Missing where a part is, or income is not above zero. Source: domain 10.4.
    """
    return debt_service_with_loan_12m / where_positive(household__annual_income)


def op_cash_dscr(household__op_cash_12m: Amount, debt_service_with_loan_12m: Amount) -> Ratio:
    """Return op_cash_12m ÷ (debt_service_12m + a year of this loan) (ratio).

    Missing where a part is. Source: domain 10.4.
    """
    return household__op_cash_12m / where_positive(debt_service_with_loan_12m)


def deposits_avg_3m_to_loan(household__deposits_avg_3m: Amount, amount: Amount) -> Ratio:
    """Return deposits_avg_3m ÷ amount (ratio). Source: domain 10.4."""
    return household__deposits_avg_3m / where_positive(amount)


def loan_to_income(amount: Amount, household__annual_income: Amount) -> Ratio:
    """Return amount ÷ annual_income (ratio); missing where income is not above zero.

    Source: domain 10.4.
    """
    return amount / where_positive(household__annual_income)


def purpose_green_match(green_catalog_code: Text) -> Flag:
    """Return the flag that the purpose has a code of the green catalogue; never missing.

    Reward-only. Source: domain 10.1, design 11.19.
    """
    return given(green_catalog_code)


def ltv_at_origination(amount: Amount, valuation: Amount) -> Ratio:
    """Return amount ÷ valuation of the security (ratio).

    Missing where a side is, or the valuation is not above zero. Source: domain 10.4, design 11.17.
    """
    return amount / where_positive(valuation)


def title_confirmed_share(
    resource__valuation: Amount, resource__title_state__confirmed: Flag, resource: Rows
) -> Ratio:
    """Return the share, by valuation, of the resources whose title is confirmed (ratio).

    Missing where resources are undeclared, unknown to the book or worth nothing together.
    Source: domain 10.4, design 11.17.
    """
    confirmed = total(resource__valuation * resource__title_state__confirmed, resource)
    return confirmed / where_positive(total(resource__valuation, resource))


def right_remaining_minus_term_m(
    resource__right_remaining_m: Months, resource: Rows, term_m: Months
) -> Months:
    """Return months to the earliest right_expiry − term_m (months).

    Missing where a part is. Source: domain 10.4.
    """
    return where_any(lowest(resource__right_remaining_m, resource), resource) - term_m


def insurance_cover_to_balance(
    resource__insured_amount: Amount, resource: Rows, amount: Amount
) -> Ratio:
    """Return the least insured_amount of a resource ÷ amount, before there is a balance (ratio).

    Missing where an insured amount is. Source: domain 10.4, design 11.17, 11.19.
    """
    return where_any(lowest(resource__insured_amount, resource), resource) / where_positive(amount)


def coop_rent_paid_on_time_share(
    resource__coop_rent_paid_on_time_share: Ratio, resource: Rows
) -> Ratio:
    """Return the worst rent_paid_on_time_share among the resources' cooperatives (ratio).

    Missing where one is. Source: domain 10.4, design 11.17, 11.19.
    """
    return where_any(lowest(resource__coop_rent_paid_on_time_share, resource), resource)


def valuation_age_months(resource__valuation_age_months: Months, resource: Rows) -> Months:
    """Return the age of the oldest valuation among the resources (months).

    Missing where one is. Source: domain 7.1, 10.2, design 11.17.
    """
    return where_any(highest(resource__valuation_age_months, resource), resource)


def valuation_spread(resource__valuation_spread: Ratio, resource: Rows) -> Ratio:
    """Return the widest valuation_spread among the resources (ratio).

    Missing where a second valuation is. Source: domain 7.1, 10.2, design 11.17.
    """
    return where_any(highest(resource__valuation_spread, resource), resource)


def liquidity_class_rank(resource__liquidity_class_rank: Rank, resource: Rows) -> Rank:
    """Return the worst liquidity_class_rank among the resources (A = 1 … D = 4).

    Missing where one is. Source: domain 10.2, design 11.17.
    """
    return where_any(highest(resource__liquidity_class_rank, resource), resource)


def price_volatility_24m(resource__price_volatility_24m: Ratio, resource: Rows) -> Ratio:
    """Return the highest price_volatility_24m among the resources (ratio a year).

    Missing where one is. Source: domain 10.4, design 11.17.
    """
    return where_any(highest(resource__price_volatility_24m, resource), resource)


def idle_months(resource__idle_months: Months, resource: Rows) -> Months:
    """Return the longest idle_months among the resources (months).

    Missing where one is. Source: domain 7.1, 10.2, design 11.17.
    """
    return where_any(highest(resource__idle_months, resource), resource)


def single_item_share_of_pool(resource__single_item_share_of_pool: Ratio, resource: Rows) -> Ratio:
    """Return the greatest share that one of the resources has in its cooperative's pool (ratio).

    Missing where one is. Source: domain 10.2, design 11.17.
    """
    return where_any(highest(resource__single_item_share_of_pool, resource), resource)


def payout_to_borrower_income(
    resource__guaranteed_payout: Amount, resource: Rows, household__annual_income: Amount
) -> Ratio:
    """Return Σ guaranteed_payout of the resources ÷ annual_income (ratio).

    Missing where a payout is, or income is not above zero. Source: domain 10.2.
    """
    return total(resource__guaranteed_payout, resource) / where_positive(household__annual_income)


def redline_overlap_share(
    resource__redline_area: Area, resource__area: Area, resource: Rows
) -> Ratio:
    """Return the area of the resources on forbidden red-line land ÷ their area (ratio).

    A hard stop above 0. Missing where overlaps or areas are undeclared or missing.
    Source: domain 7.1 (redline_unpermitted_area, core_area), 10.2.
    """
    return total(resource__redline_area, resource) / where_positive(
        total(resource__area, resource)
    )


def collective_security_for_others(
    security_giver_kind__collective: Flag, secured: Flag, borrower_is_collective: Flag
) -> Flag:
    """Return the flag that a collective secures the debt of somebody else.

    Where nothing secures the request, a giver that is not named is none; else missing without one.
    Source: domain 7.1 (RL-40).
    """
    giver = choose(
        secured, security_giver_kind__collective, zero_if_missing(security_giver_kind__collective)
    )
    return both(giver, negate(borrower_is_collective))


def collective_undecided(
    borrower_is_collective: Flag,
    amount: Amount,
    collective_limit: Amount,
    assembly_decision_doc_id: Text,
) -> Flag:
    """Return the flag that a collective asks for its collective_limit or more without a vote.

    Missing of a collective without a paper whose limit is not known. Source: domain 7.1 (RL-40).
    """
    large = both(at_least(amount, collective_limit), negate(given(assembly_decision_doc_id)))
    return both(borrower_is_collective, large)


def lgfv_guarantee_route(
    segment__household: Flag,
    organisation__is_lgfv: Flag,
    enhancer_kind__农担: Flag,
    enhancer_kind__政府性担保: Flag,
) -> Flag:
    """Return the flag that a financing platform asks for a public guarantee (农担, 政府性担保).

    A household is no platform. Missing of an organisation that the book does not know.
    Source: domain 7.1 (RL-48).
    """
    is_platform = choose(segment__household, 0.0, organisation__is_lgfv)
    return both(is_platform, either(enhancer_kind__农担, enhancer_kind__政府性担保))
