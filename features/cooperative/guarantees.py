"""Guarantees: what a cooperative answers for when others do not pay (guidance 二（五）, 三（五）).

A guarantee is live where from ≤ the day of the record < to; comfort letters (安慰函) count like
any other. The share of a balance is taken row by row in whole 分, half-even.
"""

from features.arrays import (
    Amount,
    Count,
    Date,
    Flag,
    Ratio,
    Rows,
    at_least,
    both,
    choose,
    either,
    given,
    least,
    most,
    negate,
    share_of,
    spread,
    total,
    within,
)


def guarantee_exposure(
    guarantees__balance: Amount,
    guarantees__own_share: Ratio,
    guarantees__asset_value: Amount,
    guarantees__kind__抵押: Flag,
    guarantees__kind__质押: Flag,
    guarantees__from: Date,
    guarantees__to: Date,
    guarantees: Rows,
    as_of: Date,
) -> Amount:
    """Return the cooperative's share of all live guarantees (分).

    Σ balance × own_share; of 抵押 and 质押 the balance is no more than the asset's value.
    Source: domain 7.1 (RL-12, RL-15).
    """
    live = within(spread(as_of, guarantees), guarantees__from, guarantees__to)
    secured = either(guarantees__kind__抵押, guarantees__kind__质押)
    capped = least(guarantees__asset_value, guarantees__balance)
    answers = choose(secured, capped, guarantees__balance)
    return total(choose(live, share_of(answers, guarantees__own_share), 0.0), guarantees)


def guarantee_exposure_parent(
    guarantees__giver__parent: Flag,
    guarantees__balance: Amount,
    guarantees__own_share: Ratio,
    guarantees__asset_value: Amount,
    guarantees__kind__抵押: Flag,
    guarantees__kind__质押: Flag,
    guarantees__from: Date,
    guarantees__to: Date,
    guarantees: Rows,
    as_of: Date,
) -> Amount:
    """Return the part of guarantee_exposure that the parent company itself gave (分).

    Source: domain 7.1 (RL-12).
    """
    live = within(spread(as_of, guarantees), guarantees__from, guarantees__to)
    secured = either(guarantees__kind__抵押, guarantees__kind__质押)
    capped = least(guarantees__asset_value, guarantees__balance)
    answers = choose(secured, capped, guarantees__balance)
    counted = both(live, guarantees__giver__parent)
    return total(choose(counted, share_of(answers, guarantees__own_share), 0.0), guarantees)


def parent_statement_due(reporting_scope__group: Flag, net_assets_parent: Amount) -> Flag:
    """Return whether there is, or must be, a statement of the parent company alone (flag).

    A group has one; a single entity's own statement is all there is. Source: domain 7.2 (RL-12).
    """
    return either(reporting_scope__group, given(net_assets_parent))


def guarantee_linked(
    guarantees__equity_link: Flag,
    guarantees__balance: Amount,
    guarantees__own_share: Ratio,
    guarantees__from: Date,
    guarantees__to: Date,
    guarantees: Rows,
    as_of: Date,
) -> Amount:
    """Return the cooperative's own balance of live guarantees for equity-linked parties (分).

    Source: domain 7.1 (RL-14).
    """
    live = within(spread(as_of, guarantees), guarantees__from, guarantees__to)
    counted = both(live, guarantees__equity_link)
    own = share_of(guarantees__balance, guarantees__own_share)
    return total(choose(counted, own, 0.0), guarantees)


def guarantee_excess(
    guarantees__equity_link: Flag,
    guarantees__balance: Amount,
    guarantees__own_share: Ratio,
    guarantees__stake: Ratio,
    guarantees__all_guarantees: Amount,
    guarantees__from: Date,
    guarantees__to: Date,
    guarantees: Rows,
    as_of: Date,
) -> Amount:
    """Return what guarantees for equity-linked parties exceed the cooperative's stakes by (分).

    Σ max(0, own balance − stake × all_guarantees) over the rows of guarantee_linked. Missing where
    such a row lacks its stake or what all shareholders guarantee. Source: domain 7.1 (RL-14).
    """
    live = within(spread(as_of, guarantees), guarantees__from, guarantees__to)
    counted = both(live, guarantees__equity_link)
    own = share_of(guarantees__balance, guarantees__own_share)
    due = share_of(guarantees__all_guarantees, guarantees__stake)
    return total(choose(counted, most(own - due, 0.0), 0.0), guarantees)


def guarantees_no_equity_link(
    guarantees__party_kind__household: Flag,
    guarantees__party_kind__collective: Flag,
    guarantees__equity_link: Flag,
    guarantees__from: Date,
    guarantees__to: Date,
    guarantees: Rows,
    as_of: Date,
) -> Count:
    """Return how many live guarantees stand for an enterprise without an equity link (count).

    Every party but a household or a collective is an enterprise: one that the register calls an
    associate or a subsidiary is not let through without the link. Source: domain 7.1 (RL-13).
    """
    live = within(spread(as_of, guarantees), guarantees__from, guarantees__to)
    people = either(guarantees__party_kind__household, guarantees__party_kind__collective)
    stranger = both(negate(people), negate(guarantees__equity_link))
    return total(both(live, stranger), guarantees)


def guarantees_weak_party(
    guarantees__party_insolvent: Flag,
    guarantees__party_loss_years: Count,
    guarantees__party_cfo_negative: Flag,
    guarantees__from: Date,
    guarantees__to: Date,
    guarantees: Rows,
    as_of: Date,
    *,
    weak_party_loss_years: Count,
) -> Count:
    """Return how many live guarantees stand for a party that cannot carry its debt (count).

    Insolvent, or weak_party_loss_years of loss in a row with negative operating cash flow.
    Source: domain 7.1 (RL-44).
    """
    live = within(spread(as_of, guarantees), guarantees__from, guarantees__to)
    losing = at_least(guarantees__party_loss_years, spread(weak_party_loss_years, guarantees))
    drained = both(losing, guarantees__party_cfo_negative)
    return total(both(live, either(guarantees__party_insolvent, drained)), guarantees)
