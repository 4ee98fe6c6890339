"""Deposit: right, value, use and place of what was deposited."""

from features.arrays import (
    Amount,
    Area,
    Date,
    Flag,
    Months,
    Number,
    Rank,
    Ratio,
    Rows,
    Text,
    both,
    choose,
    either,
    given,
    months_before,
    months_between,
    most,
    negate,
    total,
    where_given,
    where_positive,
    yearly_log_sd,
    zero_if_missing,
)


def right_remaining_m(right_expiry: Date, judged_on: Date) -> Months:
    """Return whole months from the judged day to right_expiry; negative once it is over.

    Source: domain 10.4 (right_remaining_minus_term_m).
    """
    return months_between(judged_on, right_expiry)


def liquidity_class_rank(liquidity_class: Rank) -> Rank:
    """Return the rank A = 1 … D = 4 (the dictionary has D = 0, worst). Source: domain 10.2."""
    return 4.0 - liquidity_class


def price_volatility_24m(
    price__price: Amount, price__on: Date, price: Rows, judged_on: Date
) -> Ratio:
    """Return the yearly sd of log prices over 24 months, for this type and commodity (ratio).

    The population's sd of the changes between consecutive prices ÷ √(their mean gap in years).
    Missing with fewer than three prices. Source: domain 10.4; prices of the county's monitor.
    """
    return yearly_log_sd(price__price, price__on, price, months_before(judged_on, 24.0), judged_on)


def idle_months(
    handover_date: Date,
    sensing_date: Date,
    sensing_change__none: Flag,
    type__毛竹: Flag,
    type__碳汇收益权: Flag,
    type__水权: Flag,
    type__水面: Flag,
    judged_on: Date,
) -> Months:
    """Return whole months since handover_date, or since a later sensing that saw a change.

    0 for bamboo, carbon and water, which need no work. Milestone spending of projects is not read.
    Missing where the resource was not handed over. Source: domain 7.1 (idle_months_land, _built).
    """
    seen = negate(sensing_change__none) * most(sensing_date - handover_date, 0.0)
    since = handover_date + zero_if_missing(seen)
    exempt = either(either(type__毛竹, type__碳汇收益权), either(type__水权, type__水面))
    return choose(exempt, 0.0, months_between(since, judged_on))


def redline_area(
    overlaps__area: Area,
    overlaps__layer__核心保护区: Flag,
    overlaps__layer__生态保护红线: Flag,
    overlaps__permit_doc_id: Text,
    overlaps__activity_code: Text,
    overlaps: Rows,
) -> Area:
    """Return the area inside the core protected area, or the red line without its paper (㎡).

    Outside the core a listed activity with its permit is lawful; inside nothing is. Missing where
    overlaps are undeclared or an area is missing.
    Source: domain 7.1 (core_area, redline_unpermitted_area).
    """
    papers = both(given(overlaps__permit_doc_id), given(overlaps__activity_code))
    unlawful = either(
        overlaps__layer__核心保护区, both(overlaps__layer__生态保护红线, negate(papers))
    )
    return total(overlaps__area * unlawful, overlaps)


def single_item_share_of_pool(
    valuation: Amount, cooperative__resource_pool_value: Amount
) -> Ratio:
    """Return valuation ÷ valuation of all resources of its cooperative (ratio).

    Missing where the resource has no cooperative or a valuation is missing. Source: domain 10.2.
    """
    return valuation / where_positive(cooperative__resource_pool_value)


def coop_rent_paid_on_time_share(cooperative__rent_paid_on_time_share: Ratio) -> Ratio:
    """Return rent_paid_on_time_share of its cooperative (ratio). Source: domain 10.4."""
    return cooperative__rent_paid_on_time_share


def commodity_group(
    resource_id: Text,
    commodity__胡柚: Flag,
    commodity__毛竹: Flag,
    commodity__茶: Flag,
    commodity__民宿: Flag,
    commodity__苗木: Flag,
    commodity__油茶: Flag,
    commodity__香榧: Flag,
    commodity__水产: Flag,
    commodity__粮食: Flag,
    commodity__木材: Flag,
    commodity__碳汇: Flag,
    commodity__奇石: Flag,
) -> Number:
    """Return a number per commodity, by which resources are summed (number).

    1 … 12 in the dictionary's order; 0 for another and for one that is left out, which are summed
    together as nothing tells them apart. Source: domain 7.1 (largest_commodity, RL-46).
    """
    group = (
        1.0 * commodity__胡柚
        + 2.0 * commodity__毛竹
        + 3.0 * commodity__茶
        + 4.0 * commodity__民宿
        + 5.0 * commodity__苗木
        + 6.0 * commodity__油茶
        + 7.0 * commodity__香榧
        + 8.0 * commodity__水产
        + 9.0 * commodity__粮食
        + 10.0 * commodity__木材
        + 11.0 * commodity__碳汇
        + 12.0 * commodity__奇石
    )
    return where_given(zero_if_missing(group), resource_id)
