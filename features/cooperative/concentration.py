"""Concentration: how much of a cooperative hangs on one thing, and what is already pledged.

What is attributed is what a register lets us attribute: equity and funding of an associate and
guarantees to their party, undertakings to the resource they name, and resources in stock
(inventory_resources) to the deposited resources, in proportion to valuation. Guarantees and
undertakings are those of guarantee_exposure and undertaking_exposure, row by row.
"""

from features.arrays import (
    Amount,
    Date,
    Flag,
    Number,
    Ratio,
    Rows,
    Text,
    any_match,
    choose,
    either,
    guaranteed,
    is_bound,
    largest_owned_sum,
    largest_stocked_sum,
    largest_sum,
    total,
    undertaken,
)


def resource_pool_value(resource__valuation: Amount, resource: Rows) -> Amount:
    """Return Σ valuation of all resources deposited with the cooperative (分).

    Missing where a valuation is. Source: domain 10.2 (single_item_share_of_pool).
    """
    return total(resource__valuation, resource)


def encumbered_assets(cash_restricted: Amount, assets_pledged: Amount) -> Amount:
    """Return cash_restricted + assets_pledged (分). Source: domain 7.1 (RL-47)."""
    return cash_restricted + assets_pledged


def largest_project(
    associates__associate_id: Text,
    associates__equity_paid: Amount,
    associates__loan: Amount,
    associates__entrusted: Amount,
    associates__other_receivable: Amount,
    associates__compensation_receivable: Amount,
    associates: Rows,
    guarantees__party_id: Text,
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
    """Return the most that stands in one project company, or in one other party (分).

    Its equity_paid (with equity that is a loan in truth) + loan + entrusted + other_receivable +
    compensation_receivable + live guarantees. A project is its company; a party that is no
    project's company is one by itself, so no list of projects is needed.
    Source: domain 7.1 (RL-46).
    """
    put_in = (
        associates__equity_paid
        + associates__loan
        + associates__entrusted
        + associates__other_receivable
        + associates__compensation_receivable
    )
    backed = guaranteed(
        guarantees__balance,
        guarantees__own_share,
        guarantees__asset_value,
        either(guarantees__kind__抵押, guarantees__kind__质押),
        guarantees__from,
        guarantees__to,
        guarantees,
        as_of,
    )
    return largest_sum(
        put_in, associates__associate_id, associates, backed, guarantees__party_id, guarantees
    )


def largest_developer(
    associates__associate_id: Text,
    associates__equity_paid: Amount,
    associates__loan: Amount,
    associates__entrusted: Amount,
    associates__other_receivable: Amount,
    associates__compensation_receivable: Amount,
    associates: Rows,
    guarantees__party_id: Text,
    guarantees__balance: Amount,
    guarantees__own_share: Ratio,
    guarantees__asset_value: Amount,
    guarantees__kind__抵押: Flag,
    guarantees__kind__质押: Flag,
    guarantees__from: Date,
    guarantees__to: Date,
    guarantees: Rows,
    project__developer_id: Text,
    project__project_company_id: Text,
    project: Rows,
    as_of: Date,
) -> Amount:
    """Return the most that stands in one developer and its project companies together (分).

    The amounts of largest_project, summed over the developer itself and the companies of all its
    projects; a party that belongs to no developer is one by itself. Source: domain 7.1 (RL-46).
    """
    put_in = (
        associates__equity_paid
        + associates__loan
        + associates__entrusted
        + associates__other_receivable
        + associates__compensation_receivable
    )
    backed = guaranteed(
        guarantees__balance,
        guarantees__own_share,
        guarantees__asset_value,
        either(guarantees__kind__抵押, guarantees__kind__质押),
        guarantees__from,
        guarantees__to,
        guarantees,
        as_of,
    )
    return largest_owned_sum(
        put_in,
        associates__associate_id,
        associates,
        backed,
        guarantees__party_id,
        guarantees,
        project__developer_id,
        project__project_company_id,
        project,
    )


def largest_village(
    undertakings__cap: Amount,
    undertakings__own_share: Ratio,
    undertakings__beneficiary__lender: Flag,
    undertakings__trigger__default: Flag,
    undertakings__expiry: Date,
    undertakings__called_on: Date,
    undertakings__resource_id: Text,
    undertakings: Rows,
    co_sharers__resource_id: Text,
    co_sharers__share: Ratio,
    co_sharers__contract_doc_id: Text,
    co_sharers: Rows,
    undertaken__village_code: Text,
    inventory_resources: Amount,
    resource__valuation: Amount,
    resource__deposit_mode__承诺收购: Flag,
    resource__village_code: Text,
    resource: Rows,
    as_of: Date,
) -> Amount:
    """Return the most that stands in the resources of one village (分).

    Live undertakings for its resources + its part of inventory_resources, which is spread over
    the resources that were taken over (not those only promised to be bought) by their valuation.
    Missing where an undertaking names a resource that the book lacks, or where there is stock and
    no resource that could be it. Source: domain 7.1 (RL-46).
    """
    bound = is_bound(co_sharers__share, co_sharers__contract_doc_id)
    shared = any_match(
        undertakings__resource_id, undertakings, co_sharers__resource_id, bound, co_sharers
    )
    promised = undertaken(
        undertakings__cap,
        undertakings__own_share,
        shared,
        undertakings__beneficiary__lender,
        undertakings__trigger__default,
        undertakings__expiry,
        undertakings__called_on,
        undertakings,
        as_of,
    )
    return largest_stocked_sum(
        promised,
        undertaken__village_code,
        undertakings,
        inventory_resources,
        choose(resource__deposit_mode__承诺收购, 0.0, resource__valuation),
        resource__village_code,
        resource,
    )


def largest_commodity(
    undertakings__cap: Amount,
    undertakings__own_share: Ratio,
    undertakings__beneficiary__lender: Flag,
    undertakings__trigger__default: Flag,
    undertakings__expiry: Date,
    undertakings__called_on: Date,
    undertakings__resource_id: Text,
    undertakings: Rows,
    co_sharers__resource_id: Text,
    co_sharers__share: Ratio,
    co_sharers__contract_doc_id: Text,
    co_sharers: Rows,
    undertaken__commodity_group: Number,
    inventory_resources: Amount,
    resource__valuation: Amount,
    resource__deposit_mode__承诺收购: Flag,
    resource__commodity_group: Number,
    resource: Rows,
    as_of: Date,
) -> Amount:
    """Return the most that stands in the resources of one commodity (分).

    As of largest_village, by commodity. Source: domain 7.1 (RL-46).
    """
    bound = is_bound(co_sharers__share, co_sharers__contract_doc_id)
    shared = any_match(
        undertakings__resource_id, undertakings, co_sharers__resource_id, bound, co_sharers
    )
    promised = undertaken(
        undertakings__cap,
        undertakings__own_share,
        shared,
        undertakings__beneficiary__lender,
        undertakings__trigger__default,
        undertakings__expiry,
        undertakings__called_on,
        undertakings,
        as_of,
    )
    return largest_stocked_sum(
        promised,
        undertaken__commodity_group,
        undertakings,
        inventory_resources,
        choose(resource__deposit_mode__承诺收购, 0.0, resource__valuation),
        resource__commodity_group,
        resource,
    )
