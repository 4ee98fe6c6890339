"""Liquidity: what a cooperative can pay with, beside what falls due (guidance 二（五）)."""

from features.arrays import Amount


def cash_unrestricted(cash_total: Amount, cash_restricted: Amount) -> Amount:
    """Return cash_total − cash_restricted (分).

    The restricted part holds pool cash, escrow and pledged deposits. Source: domain 7.1 (RL-05).
    """
    return cash_total - cash_restricted


def short_debt_total(short_debt: Amount, ltd_due_12m: Amount, notes_payable: Amount) -> Amount:
    """Return short_debt + ltd_due_12m + notes_payable (分). Source: domain 7.1 (RL-05)."""
    return short_debt + ltd_due_12m + notes_payable


def current_assets_free(
    current_assets: Amount, cash_restricted: Amount, receivables_gov: Amount
) -> Amount:
    """Return current_assets − cash_restricted − receivables_gov (分).

    Source: domain 7.1 (RL-03).
    """
    return current_assets - cash_restricted - receivables_gov


def quick_assets(
    current_assets_free: Amount,
    inventory_resources: Amount,
    inventory_other: Amount,
    prepaid: Amount,
) -> Amount:
    """Return current_assets_free − inventory_resources − inventory_other − prepaid (分).

    Source: domain 7.1 (RL-04).
    """
    return current_assets_free - inventory_resources - inventory_other - prepaid


def quick_assets_reported(
    current_assets: Amount,
    inventory_resources: Amount,
    inventory_other: Amount,
    prepaid: Amount,
) -> Amount:
    """Return current_assets − inventory_resources − inventory_other − prepaid (分).

    The figure as an unadjusted statement gives it. Source: domain 7.1 (RL-04, shown beside).
    """
    return current_assets - inventory_resources - inventory_other - prepaid
