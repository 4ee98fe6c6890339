"""Leverage: how much of a cooperative is financed by its creditors (guidance 二（五）).

Each sum is missing where one of its required parts is; optional parts that are left out count as
none (dictionary: `absent: zero`).
"""

from features.arrays import Amount


def liabilities_adjusted(
    total_liabilities: Amount, buyback_equity_unbooked: Amount, perpetual_equity: Amount
) -> Amount:
    """Return total_liabilities + buyback_equity_unbooked + perpetual_equity (分).

    Special payables (专项应付款) stand inside total_liabilities. Source: domain 7.1 (RL-01).
    """
    return total_liabilities + buyback_equity_unbooked + perpetual_equity


def assets_adjusted(total_assets: Amount, public_good_capital: Amount) -> Amount:
    """Return total_assets − public_good_capital (分). Source: domain 7.1 (RL-01)."""
    return total_assets - public_good_capital


def net_assets(assets_adjusted: Amount, liabilities_adjusted: Amount) -> Amount:
    """Return assets_adjusted − liabilities_adjusted (分); may be negative.

    Minority interests stay inside a group's figure. Source: domain 7.1 (RL-02).
    """
    return assets_adjusted - liabilities_adjusted


def interest_bearing_debt(
    short_debt_total: Amount,
    long_debt: Amount,
    lease_liab: Amount,
    factoring_recourse: Amount,
    sale_leaseback: Amount,
    buyback_equity: Amount,
    perpetual_equity: Amount,
) -> Amount:
    """Return all debt that costs interest, hidden forms included (分).

    short_debt_total + long_debt + lease_liab + factoring_recourse + sale_leaseback +
    buyback_equity + perpetual_equity. Source: domain 7.1 (RL-02).
    """
    return (
        short_debt_total
        + long_debt
        + lease_liab
        + factoring_recourse
        + sale_leaseback
        + buyback_equity
        + perpetual_equity
    )


def net_debt(interest_bearing_debt: Amount, cash_unrestricted: Amount) -> Amount:
    """Return interest_bearing_debt − cash_unrestricted (分); negative where cash exceeds debt.

    Source: domain 7.1 (RL-02).
    """
    return interest_bearing_debt - cash_unrestricted
