"""Signals: what a resource shows of who develops it (domain 11.1)."""

from features.arrays import (
    Amount,
    Area,
    Date,
    Flag,
    Number,
    Ratio,
    Rows,
    Text,
    any_row,
    both,
    choose,
    count_rows,
    either,
    exceeds,
    given,
    in_mu,
    negate,
    share_of,
    total,
    value_on,
)


def built_on_farmland(
    sensing_change__building: Flag,
    overlaps__area: Area,
    overlaps__layer__永久基本农田: Flag,
    overlaps__layer__其他农田: Flag,
    overlaps__permit_doc_id: Text,
    overlaps: Rows,
) -> Flag:
    """Return whether sensing saw a building inside a farmland layer (flag).

    Other farmland with its paper is lawful, permanent basic farmland never. Missing where farmland
    was not sensed. Source: domain 11.1 (land drift).
    """
    other = both(overlaps__layer__其他农田, negate(given(overlaps__permit_doc_id)))
    farmland = both(either(overlaps__layer__永久基本农田, other), exceeds(overlaps__area, 0.0))
    return both(any_row(farmland, overlaps), sensing_change__building)


def county_price(
    price__price: Amount, price__on: Date, price: Rows, valuation_date: Date
) -> Amount:
    """Return the county's latest price per 亩 or unit up to the valuation day (分).

    Missing where it published none of that type and commodity by then.
    Source: domain 11.1 (valuation jump).
    """
    return value_on(price__price, price__on, price, valuation_date)


def valuation_jump(
    valuation: Amount,
    second_valuation: Amount,
    valuation_gap: Amount,
    valuation_lower: Amount,
    valuation_date: Date,
    area: Area,
    unit_count: Number,
    county_price: Amount,
    price__price: Amount,
    price__on: Date,
    price: Rows,
    *,
    jump_between_valuations: Ratio,
    jump_above_county: Ratio,
) -> Flag:
    """Return whether two valuations differ much, or one is far above the county's price (flag).

    Priced per unit where units are counted, else per 亩. Where there is no second valuation, or
    the county publishes no such price by then, that comparison is not made; where one that is
    blank may be it, the flag is missing.
    Source: domain 11.1 (valuation jump).
    """
    apart = exceeds(valuation_gap, share_of(valuation_lower, jump_between_valuations))
    units = choose(given(unit_count), unit_count, in_mu(area))
    dear = exceeds(valuation, county_price * units * (1.0 + jump_above_county))
    told = 0.0 * total(price__price + price__on, price)
    found = choose(given(county_price), 1.0, told)
    priced = choose(exceeds(count_rows(price), 0.0), found, 0.0)
    compared = choose(given(valuation_date), priced, valuation_date)
    return either(both(given(second_valuation), apart), both(compared, dear))
