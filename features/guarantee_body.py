"""Guarantee body: how much it may stand for (domain 3.2)."""

from features.arrays import Amount, Number, share_of


def liability_ceiling(body_net_assets: Amount, leverage_cap: Number) -> Amount:
    """Return leverage_cap × body_net_assets, half-even (分); may be negative.

    Source: domain 7.2 (P-1).
    """
    return share_of(body_net_assets, leverage_cap)
