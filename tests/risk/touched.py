"""Hand-made subjects that touch a loan, clear of every line unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from features.frame import Frame
from risk.files import EffectivePolicy
from risk.propagation import judge_touching
from risk.red_lines import Verdict

DAY = 20_543  # 2026-03-31

Columns = Mapping[str, float]

PRODUCTS = ("credit", "deposit", "carbon")
CLEAR: Mapping[str, Columns] = {
    "RL-01": {"liabilities_adjusted": 10, "assets_adjusted": 100, "investment_type": 0},
    "RL-03": {"current_assets_free": 200, "current_liabilities": 100},
    "RL-05": {"cash_unrestricted": 100, "short_debt_total": 100},
    "RL-08": {"associate_funding": 0, "net_assets": 100},
    "RL-22": {
        "gep_gain_upper": 1, "gep_gain_point": 1, "gep_reg_gain_upper": 1, "gep_reg_gain_point": 1
    },
    "RL-35a": {"dpd_counts": 1, "dpd": 0},
    "RL-35c": {
        f"{name}_{product}": value
        for product in PRODUCTS
        for name, value in {
            "lends": 1, "loan_balance": 1000, "npl_balance": 10, "overdue_90_balance": 10
        }.items()
    },
    "RL-40": {"collective_security_for_others": 0, "collective_undecided": 0},
    "RL-48": {"lgfv_guarantee_route": 0},
    "RL-49": {"claims_conflicting": 0},
    "RL-52": {
        "holder_kind__collective": 1, "deal_off_exchange": 0, "deal_price": 100,
        "deal_floor_price": 100,
    },
    "P-1": {"weighted_liability": 1, "liability_ceiling": 10},
    "P-5": {
        "largest_borrower_loans": 1, "bank_capital_net": 100,
        "largest_group_exposure": 1, "bank_tier1_net": 100,
    },
}  # fmt: skip
BREACHED: Mapping[str, Columns] = {
    "RL-01": {"liabilities_adjusted": 90},
    "RL-03": {"current_assets_free": 50},
    "RL-05": {"cash_unrestricted": 49},
    "RL-08": {"associate_funding": 11},
    "RL-22": {"gep_gain_upper": -1},
    "RL-35a": {"dpd": 90},
    "RL-35c": {"npl_balance_credit": 51},
    "RL-40": {"collective_undecided": 1},
    "RL-48": {"lgfv_guarantee_route": 1},
    "RL-49": {"claims_conflicting": 1},
    "RL-52": {"deal_price": 99},
    "P-1": {"weighted_liability": 11},
    "P-5": {"largest_borrower_loans": 11},
}
TOUCH: Mapping[str, str] = {
    "RL-01": "cooperative",
    "RL-03": "cooperative",
    "RL-05": "cooperative",
    "RL-08": "cooperative",
    "RL-22": "project",
    "RL-35a": "loan",
    "RL-35c": "county",
    "RL-40": "application",
    "RL-48": "application",
    "RL-49": "resource",
    "RL-52": "resource",
    "P-1": "guarantee_body",
    "P-5": "bank",
}
"""How the subject of each of these lines touches a loan."""


def frame(touch: str, *rows: Columns) -> Frame:
    """Return subjects of one kind with these columns; a column that some lack is missing there."""
    names = {name: None for row in rows for name in row}
    return Frame(
        touch,
        [f"{touch}-{i}" for i in range(len(rows))],
        np.full(len(rows), DAY),
        {name: np.array([row.get(name, np.nan) for row in rows], dtype=float) for name in names},
    )


def verdict(policy: EffectivePolicy, rule: str, **changes: float) -> Verdict:
    """Return what a line says of a clear subject with some columns changed."""
    about = frame(TOUCH[rule], {**CLEAR[rule], **changes})
    return judge_touching(about, policy, [rule])[0]


def breach(policy: EffectivePolicy, rule: str) -> Verdict:
    """Return a breach of a line."""
    return verdict(policy, rule, **BREACHED[rule])


def unknown(policy: EffectivePolicy, rule: str) -> Verdict:
    """Return the verdict on a subject of which nothing is recorded."""
    return verdict(policy, rule, **dict.fromkeys(CLEAR[rule], float("nan")))
