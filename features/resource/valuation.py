"""Valuation: what a resource was said to be worth, when, and by whom (guidance 二（五）)."""

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
    at_least,
    both,
    choose,
    count_rows,
    either,
    exceeds,
    given,
    highest,
    least,
    months_between,
    most,
    negate,
    same,
    spread,
    total,
    where_positive,
    zero_if_missing,
)


def valuation_age_months(valuation_date: Date, judged_on: Date) -> Months:
    """Return whole months from valuation_date to the judged day. Source: domain 7.1."""
    return months_between(valuation_date, judged_on)


def valuation_lower(valuation: Amount, second_valuation: Amount) -> Amount:
    """Return the lower of valuation and second_valuation (分); missing where one is.

    Source: domain 7.1.
    """
    return least(valuation, second_valuation)


def valuation_gap(valuation: Amount, second_valuation: Amount) -> Amount:
    """Return the difference between valuation and second_valuation (分); missing where one is.

    Source: domain 7.1.
    """
    return most(valuation, second_valuation) - least(valuation, second_valuation)


def valuation_spread(valuation_gap: Amount, valuation_lower: Amount) -> Ratio:
    """Return valuation_gap ÷ valuation_lower (ratio).

    Missing where a valuation is, or the lower is not above zero. Source: domain 7.1.
    """
    return valuation_gap / where_positive(valuation_lower)


def second_valuation_due(
    valuation: Amount, second_valuation: Amount, *, second_valuation_above: Number
) -> Flag:
    """Return the flag that a second valuation is there, or must be.

    It must be where valuation is above second_valuation_above (元). Missing where valuation is and
    there is no second one. Source: domain 2.2 (RL-50).
    """
    return either(given(second_valuation), exceeds(valuation, 100.0 * second_valuation_above))


def appraiser_related(
    appraiser_id: Text,
    holder_token: Text,
    valuation: Amount,
    project__developer_id: Text,
    project: Rows,
    developer: Rows,
    developer_link__party_a: Text,
    developer_link__party_b: Text,
    developer_link__kind__address: Flag,
    developer_link__kind__phone: Flag,
    developer_link__kind__officer: Flag,
    developer_link__shared_by: Count,
    developer_link: Rows,
    *,
    second_valuation_above: Number,
    link_shared_by_most: Count,
) -> Flag:
    """Return the flag that the appraiser is, or is linked to, the holder or a developer.

    The holder or a developer itself, or a party in the links of a developer whose project uses the
    resource; an address, phone or officer that more than link_shared_by_most parties share is
    no link. Missing where a developer is not in the book or its links are undeclared, or where
    nobody is named as appraiser of a valuation above second_valuation_above (元).
    Source: domain 7.1 (RL-50), 11.1.
    """
    asked = spread(appraiser_id, developer_link)
    named = either(same(asked, developer_link__party_a), same(asked, developer_link__party_b))
    soft = either(
        either(developer_link__kind__address, developer_link__kind__phone),
        developer_link__kind__officer,
    )
    common = exceeds(developer_link__shared_by, spread(link_shared_by_most, developer_link))
    linked = highest(both(named, negate(both(soft, common))), developer_link)
    is_developer = zero_if_missing(same(spread(appraiser_id, project), project__developer_id))
    itself = either(same(appraiser_id, holder_token), highest(is_developer, project))
    every = at_least(count_rows(developer), total(given(project__developer_id), project))
    related = either(itself, either(linked, 0.0 * where_positive(every)))
    inside = negate(exceeds(valuation, 100.0 * second_valuation_above))
    return choose(given(appraiser_id), related, 0.0 * where_positive(inside))
