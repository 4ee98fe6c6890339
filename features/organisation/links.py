"""Links: what ties a developer to leaders, appraisers and other bidders (guidance 二（五）)."""

from features.arrays import (
    Count,
    Flag,
    Rows,
    Text,
    both,
    either,
    exceeds,
    names_another,
    negate,
    spread,
    total,
)


def soft_links(
    links__party_a: Text,
    links__party_b: Text,
    links__kind__address: Flag,
    links__kind__phone: Flag,
    links__kind__officer: Flag,
    links__shared_by: Count,
    links: Rows,
    org_id: Text,
    parent_id: Text,
    *,
    link_shared_by_most: Count,
) -> Count:
    """Return the links to others by an address, phone or officer that few share (count).

    What more than link_shared_by_most parties share, as a whole village does, ties nobody. A link
    between the firm and its parent is none. Source: domain 7.1 (RL-31).
    """
    soft = either(either(links__kind__address, links__kind__phone), links__kind__officer)
    rare = negate(exceeds(links__shared_by, spread(link_shared_by_most, links)))
    other = names_another(links__party_a, links__party_b, org_id, parent_id, links)
    return total(both(both(soft, rare), other), links)


def hard_links(
    links__party_a: Text,
    links__party_b: Text,
    links__kind__control: Flag,
    links__kind__family: Flag,
    links__kind__account: Flag,
    links: Rows,
    org_id: Text,
    parent_id: Text,
) -> Count:
    """Return the links to others by control, family or account (count).

    A link between the firm and its parent is none. Source: domain 7.1 (RL-31).
    """
    hard = either(either(links__kind__control, links__kind__family), links__kind__account)
    other = names_another(links__party_a, links__party_b, org_id, parent_id, links)
    return total(both(hard, other), links)
