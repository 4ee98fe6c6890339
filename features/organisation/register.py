"""Register: what an organisation is, and the public lists it stands on (guidance 二（五）)."""

from features.arrays import (
    Count,
    Date,
    Flag,
    Rows,
    both,
    count_rows,
    either,
    exceeds,
    in_force,
    spread,
    total,
    zero_if_missing,
)


def is_developer(entity_type__developer: Flag, project: Rows) -> Flag:
    """Return whether it is a developer, or a project of the book names it as one (flag).

    In a book without projects none names it. Source: domain 7.2 (admission).
    """
    named = exceeds(zero_if_missing(count_rows(project)), 0.0)
    return either(entity_type__developer, named)


def is_company(
    entity_type__enterprise: Flag,
    entity_type__developer: Flag,
    entity_type__project_company: Flag,
) -> Flag:
    """Return whether it has capital that its holders must pay in (flag).

    Farmer cooperatives and village collectives have none. Source: domain 7.2 (RL-28, RL-29).
    """
    firm = either(entity_type__enterprise, entity_type__developer)
    return either(firm, entity_type__project_company)


def is_developer_company(is_developer: Flag, is_company: Flag) -> Flag:
    """Return whether it is a developer with capital to pay in (flag).

    Source: domain 7.2 (RL-28, RL-29 t1).
    """
    return both(is_developer, is_company)


def serious_entries(
    list_entries__list__失信: Flag,
    list_entries__list__严重违法: Flag,
    list_entries__list__骗补: Flag,
    list_entries__from: Date,
    list_entries__to: Date,
    list_entries__repaired_on: Date,
    list_entries: Rows,
    judged_on: Date,
) -> Count:
    """Return the entries 失信, 严重违法 or 骗补 in force and not repaired (count).

    About the firm, its legal representative or its controller alike. Source: domain 7.1 (RL-27).
    """
    broken = either(list_entries__list__失信, list_entries__list__严重违法)
    serious = either(broken, list_entries__list__骗补)
    day = spread(judged_on, list_entries)
    listed = in_force(day, list_entries__from, list_entries__to)
    open_ = in_force(day, list_entries__from, list_entries__repaired_on)
    return total(both(serious, both(listed, open_)), list_entries)


def abnormal_entries(
    list_entries__list__经营异常: Flag,
    list_entries__from: Date,
    list_entries__to: Date,
    list_entries__repaired_on: Date,
    list_entries: Rows,
    judged_on: Date,
) -> Count:
    """Return the entries 经营异常 in force and not repaired (count).

    Source: domain 7.1 (RL-27).
    """
    day = spread(judged_on, list_entries)
    listed = in_force(day, list_entries__from, list_entries__to)
    open_ = in_force(day, list_entries__from, list_entries__repaired_on)
    return total(both(list_entries__list__经营异常, both(listed, open_)), list_entries)
