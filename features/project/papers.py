"""Papers: penalties that stand, permits that run out, works begun before their papers."""

from features.arrays import (
    Count,
    Date,
    Days,
    Flag,
    Months,
    Rows,
    both,
    choose,
    either,
    exceeds,
    given,
    highest,
    least,
    lowest_where,
    months_before,
    most,
    negate,
    no_later,
    spread,
    total,
    within,
    zero_if_missing,
)


def penalties_minor(
    penalties__level__minor: Flag,
    penalties__date: Date,
    penalties__repaired_on: Date,
    penalties: Rows,
    judged_on: Date,
    *,
    penalty_window_months: Months,
) -> Count:
    """Return the minor penalties of the window that are not repaired (count).

    Source: domain 7.1 (RL-26).
    """
    today = spread(judged_on, penalties)
    start = spread(months_before(judged_on, penalty_window_months), penalties)
    recent = within(penalties__date, start, today + 1.0)
    standing = negate(zero_if_missing(no_later(penalties__repaired_on, today)))
    return total(both(penalties__level__minor, both(recent, standing)), penalties)


def penalties_major(
    penalties__level__major: Flag,
    penalties__date: Date,
    penalties__repaired_on: Date,
    penalties: Rows,
    judged_on: Date,
    *,
    penalty_window_months: Months,
) -> Count:
    """Return the major penalties of the window that are not repaired (count).

    Source: domain 7.1 (RL-26).
    """
    today = spread(judged_on, penalties)
    start = spread(months_before(judged_on, penalty_window_months), penalties)
    recent = within(penalties__date, start, today + 1.0)
    standing = negate(zero_if_missing(no_later(penalties__repaired_on, today)))
    return total(both(penalties__level__major, both(recent, standing)), penalties)


def env_crime_or_relic_harm(
    penalties__level__criminal: Flag,
    penalties__level__major: Flag,
    penalties__kind__relic: Flag,
    penalties__repaired_on: Date,
    penalties: Rows,
    judged_on: Date,
) -> Flag:
    """Return whether a criminal penalty, or a major one for relics, is not repaired (flag).

    However old it is. Source: domain 7.1 (RL-26), guidance 二（三）.
    """
    grave = either(
        penalties__level__criminal, both(penalties__kind__relic, penalties__level__major)
    )
    repaired = zero_if_missing(no_later(penalties__repaired_on, spread(judged_on, penalties)))
    return highest(both(grave, negate(repaired)), penalties)


def permits_missing(
    permits__required: Flag,
    permits__issued_on: Date,
    permits__expires_on: Date,
    permits: Rows,
    judged_on: Date,
) -> Count:
    """Return the required permits that are not issued or have expired (count).

    A permit holds through its day of expiry; one without such a day holds for good.
    Source: domain 7.1 (RL-26).
    """
    today = spread(judged_on, permits)
    issued = zero_if_missing(no_later(permits__issued_on, today))
    expired = zero_if_missing(exceeds(today, permits__expires_on))
    return total(both(permits__required, either(negate(issued), expired)), permits)


def permit_days_left(
    permits__required: Flag,
    permits__issued_on: Date,
    permits__expires_on: Date,
    permits: Rows,
    judged_on: Date,
) -> Days:
    """Return the least days to expiry of a required permit that was issued (days).

    Below 0 once one has expired; +inf where none was issued or none expires.
    Source: domain 7.1 (RL-26).
    """
    today = spread(judged_on, permits)
    issued = zero_if_missing(no_later(permits__issued_on, today))
    runs_out = both(issued, given(permits__expires_on))
    return lowest_where(permits__expires_on - today, both(permits__required, runs_out), permits)


def papers_complete_on(
    permits__kind__立项: Flag,
    permits__kind__用地: Flag,
    permits__kind__环评: Flag,
    permits__kind__施工: Flag,
    permits__required: Flag,
    permits__issued_on: Date,
    permits: Rows,
    milestones__kind__立项: Flag,
    milestones__kind__用地: Flag,
    milestones__kind__环评: Flag,
    milestones__kind__施工: Flag,
    milestones__on: Date,
    milestones: Rows,
) -> Date:
    """Return the day by which 立项, 用地, 环评 and 施工 paper had all been issued (date).

    Each on its first day, as a permit or as a milestone. +inf while one of them is not there; a
    permit listed as not required is waited for by nobody. Source: domain 7.1 (RL-42).
    """
    issued = given(permits__issued_on)
    there = either(issued, negate(permits__required))
    since = choose(issued, permits__issued_on, 0.0)
    approval = least(
        lowest_where(since, both(permits__kind__立项, there), permits),
        lowest_where(milestones__on, milestones__kind__立项, milestones),
    )
    land = least(
        lowest_where(since, both(permits__kind__用地, there), permits),
        lowest_where(milestones__on, milestones__kind__用地, milestones),
    )
    environment = least(
        lowest_where(since, both(permits__kind__环评, there), permits),
        lowest_where(milestones__on, milestones__kind__环评, milestones),
    )
    works = least(
        lowest_where(since, both(permits__kind__施工, there), permits),
        lowest_where(milestones__on, milestones__kind__施工, milestones),
    )
    return most(most(approval, land), most(environment, works))


def milestones_before_permit(
    milestones__kind__construction_start: Flag,
    milestones__kind__construction_half: Flag,
    milestones__kind__construction_end: Flag,
    milestones__on: Date,
    milestones: Rows,
    papers_complete_on: Date,
    as_of: Date,
) -> Count:
    """Return the milestones of construction reached before all four papers were there (count).

    Those after the day of the record are planned (domain 7.0.8). Source: domain 7.1 (RL-42).
    """
    built = either(
        either(milestones__kind__construction_start, milestones__kind__construction_half),
        milestones__kind__construction_end,
    )
    reached = no_later(milestones__on, spread(as_of, milestones))
    early = exceeds(spread(papers_complete_on, milestones), milestones__on)
    return total(both(built, both(reached, early)), milestones)
