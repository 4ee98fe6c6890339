"""Signals: the marks of a developer that grabs resources or harvests subsidies (domain 11.1).

Each is a flag of its own, so that a verdict's arithmetic shows which were raised. One signal is
evidence only; different families of them count (RL-29 t2).
"""

from features.arrays import (
    Amount,
    Area,
    Count,
    Date,
    Days,
    Flag,
    Months,
    Number,
    Ratio,
    Rows,
    any_row,
    any_within,
    at_least,
    both,
    choose,
    count_rows,
    either,
    exceeds,
    given,
    highest,
    lowest,
    months_before,
    months_between,
    negate,
    no_later,
    share_of,
    spread,
    total,
    value_on,
    within,
    zero_if_missing,
)


def signal_young_shell(
    is_company: Flag,
    reg_date: Date,
    judged_on: Date,
    capital_paid: Amount,
    capital_due: Amount,
    resources_held_value: Amount,
    project__total_investment: Amount,
    project: Rows,
    *,
    young_shell_months: Months,
    young_shell_paid_share: Ratio,
    young_shell_ask_multiple: Number,
) -> Flag:
    """Return whether a young company with little paid in asks for much (flag).

    Younger than young_shell_months, paid below its share of what is due, and resources held or
    investment asked for of at least so many times the paid-in. Source: domain 11.1, family G.
    """
    young = exceeds(young_shell_months, months_between(reg_date, judged_on))
    hollow = exceeds(share_of(capital_due, young_shell_paid_share), capital_paid)
    much = share_of(capital_paid, young_shell_ask_multiple)
    asks = either(
        at_least(resources_held_value, much),
        at_least(total(project__total_investment, project), much),
    )
    return both(is_company, both(young, both(hollow, asks)))


def is_mostly_idle(
    resources_idle_area: Area, resources_held_area: Area, *, hoarding_idle_share: Ratio
) -> Flag:
    """Return whether too large a share of the area it holds lies idle (flag).

    Exactly the share is not beyond it, at a grain of 0.0001 ㎡. Source: domain 11.1 (hoarding).
    """
    return exceeds(resources_idle_area - resources_held_area * hoarding_idle_share, 0.00005)


def signal_hoarding(
    is_mostly_idle: Flag,
    past__is_mostly_idle: Flag,
    past__as_of: Date,
    past: Rows,
    reg_date: Date,
    judged_on: Date,
    counties_active: Count,
    project__milestones_count: Count,
    project: Rows,
    *,
    hoarding_idle_months: Months,
    hoarding_counties: Count,
) -> Flag:
    """Return whether land lies idle for long, or many counties wait for a milestone (flag).

    A reading holds until the next. Idle for long: so it was in the last reading at least
    hoarding_idle_months old; where there is none, the firm is that old. Counties wait where it
    has projects and no milestone in any.
    Source: domain 11.1, family F.
    """
    then = months_before(judged_on, hoarding_idle_months)
    was_idle = value_on(past__is_mostly_idle, past__as_of, past, then)
    long_ = choose(given(was_idle), was_idle, no_later(reg_date, then))
    begun = any_row(exceeds(project__milestones_count, 0.0), project)
    waits = both(exceeds(count_rows(project), 0.0), negate(begun))
    spread_out = both(at_least(counties_active, hoarding_counties), waits)
    return either(both(is_mostly_idle, long_), spread_out)


def signal_land_drift(project__land_drift: Flag, project: Rows) -> Flag:
    """Return whether a resource of its projects was built on inside a farmland layer (flag).

    Source: domain 11.1, family F.
    """
    return any_row(project__land_drift, project)


def spending_stopped_after_subsidy(
    subsidies__kind__公益林: Flag,
    subsidies__kind__耕地: Flag,
    subsidies__received_on: Date,
    subsidies: Rows,
    project__last_spent_on: Date,
    project__is_behind_plan: Flag,
    project__as_of: Date,
    project: Rows,
    *,
    harvest_spend_days: Days,
) -> Flag:
    """Return whether all spending ended soon after a subsidy, a project being behind plan (flag).

    The last spending lies within harvest_spend_days after a subsidy, and the readings of all
    projects are later than that by as much: what was not read yet has not ended.
    Source: domain 11.1 (subsidy harvest).
    """
    last = highest(project__last_spent_on, project)
    support = negate(either(subsidies__kind__公益林, subsidies__kind__耕地))
    until = subsidies__received_on + spread(harvest_spend_days, subsidies) + 1.0
    soon = within(spread(last, subsidies), subsidies__received_on, until)
    ended = exceeds(lowest(project__as_of, project), last + harvest_spend_days)
    behind = any_row(project__is_behind_plan, project)
    return both(both(ended, behind), any_row(both(support, soon), subsidies))


def exit_after_subsidy(
    subsidies__kind__公益林: Flag,
    subsidies__kind__耕地: Flag,
    subsidies__received_on: Date,
    subsidies: Rows,
    project__exit_seen_on: Date,
    project: Rows,
    *,
    harvest_exit_months: Months,
) -> Flag:
    """Return whether a project was seen in exit within harvest_exit_months after a subsidy (flag).

    Source: domain 11.1 (subsidy harvest).
    """
    support = negate(either(subsidies__kind__公益林, subsidies__kind__耕地))
    until = months_before(subsidies__received_on, -spread(harvest_exit_months, subsidies))
    return any_within(
        project__exit_seen_on, project, support, subsidies__received_on, until, subsidies
    )


def signal_subsidy_harvest(
    subsidies_counted_24m: Amount,
    income_counted_24m: Amount,
    spending_stopped_after_subsidy: Flag,
    exit_after_subsidy: Flag,
    *,
    harvest_income_share: Ratio,
) -> Flag:
    """Return whether it lives on subsidies, or stops or leaves once they have landed (flag).

    Source: domain 11.1, family M.
    """
    lives_on = exceeds(subsidies_counted_24m, share_of(income_counted_24m, harvest_income_share))
    return either(lives_on, either(spending_stopped_after_subsidy, exit_after_subsidy))


def signal_double_claim(duplicate_claims: Count) -> Flag:
    """Return whether a parcel or invoice was claimed in two programmes (flag).

    Source: domain 11.1, family M.
    """
    return exceeds(duplicate_claims, 0.0)


def signal_front_loaded(project__pays_from_new_money: Flag, project: Rows) -> Flag:
    """Return whether one of its projects pays out more than its cash as funding rises (flag).

    Source: domain 11.1, family M.
    """
    return any_row(project__pays_from_new_money, project)


def signal_circular_partner(soft_links: Count, hard_links: Count) -> Flag:
    """Return whether it is tied to another party by control or by what few share (flag).

    Source: domain 11.1, family N.
    """
    return either(exceeds(hard_links, 0.0), exceeds(soft_links, 0.0))


def signal_valuation_jump(project__valuation_jump: Flag, project: Rows) -> Flag:
    """Return whether the valuation of a resource of its projects jumps (flag).

    Source: domain 11.1, family A.
    """
    return any_row(project__valuation_jump, project)


def developer_signals(
    signal_young_shell: Flag,
    signal_hoarding: Flag,
    signal_land_drift: Flag,
    signal_subsidy_harvest: Flag,
    signal_double_claim: Flag,
    signal_front_loaded: Flag,
    signal_circular_partner: Flag,
    signal_valuation_jump: Flag,
    *,
    signal_families: Count,
) -> Count:
    """Return the number of families G, F, M, N, A with a signal (count).

    Where some family is unknown: those raised, if they reach signal_families; else missing.
    Source: domain 7.1 (RL-29), 11.1.
    """
    ground = either(signal_hoarding, signal_land_drift)
    money = either(either(signal_subsidy_harvest, signal_double_claim), signal_front_loaded)
    known = (
        zero_if_missing(signal_young_shell)
        + zero_if_missing(ground)
        + zero_if_missing(money)
        + zero_if_missing(signal_circular_partner)
        + zero_if_missing(signal_valuation_jump)
    )
    all_ = signal_young_shell + ground + money + signal_circular_partner + signal_valuation_jump
    return choose(at_least(known, signal_families), known, all_)
