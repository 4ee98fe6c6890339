"""Subsidies: how much of a developer's income is public money, and what it claimed twice."""

from features.arrays import (
    Amount,
    Count,
    Date,
    Flag,
    Months,
    Rows,
    Text,
    both,
    choose,
    either,
    latest_years,
    months_before,
    negate,
    pairs_across,
    spread,
    total,
    within,
    year_of,
)


def subsidies_counted_24m(
    subsidies__amount: Amount,
    subsidies__kind__公益林: Flag,
    subsidies__kind__耕地: Flag,
    subsidies__received_on: Date,
    subsidies: Rows,
    judged_on: Date,
) -> Amount:
    """Return Σ subsidies received in the 24 months that end with the judged day (分).

    Without compensation for public-welfare forest and farm land, which is no support.
    Source: domain 7.1 (RL-30).
    """
    support = negate(either(subsidies__kind__公益林, subsidies__kind__耕地))
    start = spread(months_before(judged_on, 24.0), subsidies) + 1.0
    recent = within(subsidies__received_on, start, spread(judged_on, subsidies) + 1.0)
    return total(choose(both(recent, support), subsidies__amount, 0.0), subsidies)


def income_counted_24m(
    yearly__revenue: Amount,
    yearly__year: Count,
    yearly: Rows,
    reg_date: Date,
    subsidies_counted_24m: Amount,
    judged_on: Date,
    *,
    accounts_due_months: Months,
) -> Amount:
    """Return the revenue of the last two full years + subsidies_counted_24m (分).

    The last two years that have accounts. Those that ended accounts_due_months ago must be there;
    years before the one after reg_date may be left out and then add nothing.
    Source: domain 7.1 (RL-30).
    """
    due = year_of(months_before(judged_on, accounts_due_months)) - 1.0
    last = year_of(judged_on + 1.0) - 1.0
    since = year_of(reg_date - 1.0) + 1.0
    revenue = latest_years(yearly__revenue, yearly__year, yearly, due, last, since, 2.0)
    return revenue + subsidies_counted_24m


def duplicate_claims(
    subsidies__programme: Text,
    subsidies__parcel_id: Text,
    subsidies__invoice_hash: Text,
    subsidies: Rows,
) -> Count:
    """Return the pairs of subsidies of two programmes on one parcel or one invoice (count).

    Source: domain 7.1 (RL-30), 11.1.
    """
    return pairs_across(
        subsidies__programme, subsidies__parcel_id, subsidies__invoice_hash, subsidies
    )
