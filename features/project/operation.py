"""Operation: whether what was handed over is worked, and the plan kept (guidance 二（五）).

A verdict judges one reading (domain 7.0.8), so months are counted to the reading's own day: of the
days after it nobody has said yet whether there was work.
"""

from features.arrays import (
    Amount,
    Date,
    Flag,
    Months,
    Rows,
    both,
    choose,
    either,
    exceeds,
    given,
    highest,
    months_between,
    most,
    negate,
    no_later,
    spread,
    total,
    zero_if_missing,
)


def last_work_on(
    milestones__on: Date,
    milestones: Rows,
    invest_actual__on: Date,
    invest_actual__amount: Amount,
    invest_actual: Rows,
    as_of: Date,
) -> Date:
    """Return the later of the last milestone and the last spending by the record's day (date).

    1 January 1970 where there was neither. Source: domain 7.1 (idle_months_land, _built).
    """
    reached = no_later(milestones__on, spread(as_of, milestones))
    spent = both(
        no_later(invest_actual__on, spread(as_of, invest_actual)),
        exceeds(invest_actual__amount, 0.0),
    )
    return most(
        highest(choose(reached, milestones__on, 0.0), milestones),
        highest(choose(spent, invest_actual__on, 0.0), invest_actual),
    )


def idle_months_land(
    resource__type__土地经营权: Flag,
    resource__handover_date: Date,
    resource__sensing_date: Date,
    resource__sensing_change__none: Flag,
    resource: Rows,
    handover_date: Date,
    last_work_on: Date,
    as_of: Date,
) -> Months:
    """Return how long the project's contracted farm land has lain idle, the worst of it (months).

    Whole months since the latest of its handover (the project's where the land has none), the
    project's last work, and a sensing that saw a change. 0 without such land; missing where it
    was not handed over. Source: domain 7.1 (RL-32).
    """
    own = given(resource__handover_date)
    handed = choose(own, resource__handover_date, spread(handover_date, resource))
    seen = zero_if_missing(negate(resource__sensing_change__none) * resource__sensing_date)
    since = most(most(handed, spread(last_work_on, resource)), seen)
    idle = most(months_between(since, spread(as_of, resource)), 0.0)
    return highest(choose(resource__type__土地经营权, idle, 0.0), resource)


def idle_months_built(
    resource__type__农房使用权: Flag,
    resource__type__宅基地使用权: Flag,
    resource__type__集体资产: Flag,
    resource__type__古村古宅: Flag,
    resource__type__渔港: Flag,
    resource__type__岸线: Flag,
    resource__handover_date: Date,
    resource__sensing_date: Date,
    resource__sensing_change__none: Flag,
    resource: Rows,
    handover_date: Date,
    last_work_on: Date,
    as_of: Date,
) -> Months:
    """Return how long the project's houses and works have stood idle, the worst of them (months).

    Houses, homesteads, collective assets, historic houses, fishing ports and shorelines; counted
    as for farm land. 0 without any; missing where one was not handed over.
    Source: domain 7.1 (RL-32).
    """
    houses = either(resource__type__农房使用权, resource__type__宅基地使用权)
    village = either(resource__type__集体资产, resource__type__古村古宅)
    built = either(either(houses, village), either(resource__type__渔港, resource__type__岸线))
    own = given(resource__handover_date)
    handed = choose(own, resource__handover_date, spread(handover_date, resource))
    seen = zero_if_missing(negate(resource__sensing_change__none) * resource__sensing_date)
    since = most(most(handed, spread(last_work_on, resource)), seen)
    idle = most(months_between(since, spread(as_of, resource)), 0.0)
    return highest(choose(built, idle, 0.0), resource)


def planned_to_date(
    invest_plan__on: Date, invest_plan__amount: Amount, invest_plan: Rows, as_of: Date
) -> Amount:
    """Return Σ planned investment up to the day of the record (分).

    Source: domain 7.1 (RL-33).
    """
    due = no_later(invest_plan__on, spread(as_of, invest_plan))
    return total(choose(due, invest_plan__amount, 0.0), invest_plan)


def spent_to_date(
    invest_actual__on: Date, invest_actual__amount: Amount, invest_actual: Rows, as_of: Date
) -> Amount:
    """Return Σ actual investment up to the day of the record (分).

    Source: domain 7.1 (RL-33, RL-39).
    """
    done = no_later(invest_actual__on, spread(as_of, invest_actual))
    return total(choose(done, invest_actual__amount, 0.0), invest_actual)
