"""Concentration: how much of a cooperative's pool hangs on one thing."""

from features.arrays import Amount, Rows, total


def resource_pool_value(resource__valuation: Amount, resource: Rows) -> Amount:
    """Return Σ valuation of all resources deposited with the cooperative (分).

    Missing where a valuation is. Source: domain 10.2 (single_item_share_of_pool).
    """
    return total(resource__valuation, resource)
