"""Associates: what a cooperative has put into firms it holds a stake in (guidance 二（五）).

Optional parts of the register that are left out count as none (dictionary: `absent: zero`).
"""

from features.arrays import (
    Amount,
    Days,
    Flag,
    Ratio,
    Rows,
    choose,
    exceeds,
    highest,
    most,
    share_of,
    spread,
    total,
)


def associate_funding(
    associates__control: Flag,
    associates__loan: Amount,
    associates__entrusted: Amount,
    associates__other_receivable: Amount,
    associates__compensation_receivable: Amount,
    associates__equity_as_loan: Amount,
    associates: Rows,
) -> Amount:
    """Return all funding of associates that are not controlled (分).

    Σ loan + entrusted + other_receivable + compensation_receivable + equity_as_loan: equity that
    is a loan in truth is funding too. Source: domain 7.1 (RL-08).
    """
    own = (
        associates__loan
        + associates__entrusted
        + associates__other_receivable
        + associates__compensation_receivable
        + associates__equity_as_loan
    )
    return total(choose(associates__control, 0.0, own), associates)


def associate_funding_excess(
    associates__control: Flag,
    associates__loan: Amount,
    associates__entrusted: Amount,
    associates__other_receivable: Amount,
    associates__compensation_receivable: Amount,
    associates__equity_as_loan: Amount,
    associates__stake: Ratio,
    associates__all_shareholder_funding: Amount,
    associates: Rows,
) -> Amount:
    """Return what the funding of associates exceeds the cooperative's stake by (分).

    Σ max(0, own funding − stake × all_shareholder_funding) over the associates and the parts of
    associate_funding. Source: domain 7.1 (RL-09).
    """
    own = (
        associates__loan
        + associates__entrusted
        + associates__other_receivable
        + associates__compensation_receivable
        + associates__equity_as_loan
    )
    due = share_of(associates__all_shareholder_funding, associates__stake)
    return total(choose(associates__control, 0.0, most(own - due, 0.0)), associates)


def associate_max_dpd(associates__dpd: Days, associates: Rows) -> Days:
    """Return the most days that an associate's debt is past due (days).

    Source: domain 7.1 (RL-10).
    """
    return highest(associates__dpd, associates)


def equity_as_loan(associates__equity_as_loan: Amount, associates: Rows) -> Amount:
    """Return all equity given to associates that is a loan in truth, 名股实债 (分).

    Source: domain 7.1 (RL-11a).
    """
    return total(associates__equity_as_loan, associates)


def partner_equity_funded(associates__partner_funded: Amount, associates: Rows) -> Amount:
    """Return all equity of partners that the cooperative paid for them, 垫资 (分).

    Source: domain 7.1 (RL-38).
    """
    return total(associates__partner_funded, associates)


def paid_in_ahead(
    associates__equity_paid: Amount,
    associates__stake: Ratio,
    associates__equity_paid_total: Amount,
    associates: Rows,
    *,
    stake_rounding: Ratio,
) -> Amount:
    """Return what the cooperative paid in ahead of its partners, 超前出资 (分).

    Σ max(0, equity_paid − stake × equity_paid_total). A stake such as 1/3 stands in the register
    rounded, so an excess that stake_rounding and half a 分 explain is none.
    Source: domain 7.1 (RL-38).
    """
    due = share_of(associates__equity_paid_total, associates__stake)
    ahead = associates__equity_paid - due
    explained = associates__equity_paid_total * spread(stake_rounding, associates) + 0.5
    return total(choose(exceeds(ahead, explained), ahead, 0.0), associates)
