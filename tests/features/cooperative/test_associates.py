"""What a cooperative has put into its associates, by hand numbers (money in 分)."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features.arrays import Floats
from features.cooperative import associates
from tests.features.cooperative.registers import Cell, Row, seen

PARTS = ("loan", "entrusted", "other_receivable", "compensation_receivable", "equity_as_loan")
FIRM: Row = {
    "control": False,
    "stake": 0.3,
    "loan": 0,
    "entrusted": 0,
    "other_receivable": 0,
    "compensation_receivable": 0,
    "equity_as_loan": 0,
    "all_shareholder_funding": 0,
    "equity_paid": 0,
    "equity_paid_total": 0,
    "partner_funded": 0,
    "dpd": 0,
}
FEATURES = (
    associates.associate_funding,
    associates.associate_funding_excess,
    associates.associate_max_dpd,
    associates.equity_as_loan,
    associates.partner_equity_funded,
    associates.paid_in_ahead,
)


def of(feature: Callable[..., Floats], *rows: dict[str, Cell]) -> float:
    registers = {"associates": [{**FIRM, **row} for row in rows]}
    return seen(feature, registers, stake_rounding=0.0000005)


def test_funding_is_every_form_of_it() -> None:
    row: dict[str, Cell] = {name: 10**place for place, name in enumerate(PARTS)}
    assert of(associates.associate_funding, row) == 11_111
    assert of(associates.associate_funding, row, {"loan": 500}) == 11_611


def test_a_controlled_firm_is_no_associate_in_funding_and_excess() -> None:
    row: dict[str, Cell] = {"control": True, "loan": None, "all_shareholder_funding": 0}
    assert of(associates.associate_funding, row, {"loan": 7}) == 7
    assert of(associates.associate_funding_excess, row, {"loan": 7}) == 7


def test_excess_is_what_goes_beyond_the_stake_of_all_funding() -> None:
    rows: list[dict[str, Cell]] = [
        {"loan": 40, "entrusted": 10, "all_shareholder_funding": 100},  # 50 − 30
        {"loan": 300, "all_shareholder_funding": 1000},  # exactly pro rata
        {"loan": 1, "all_shareholder_funding": 1000},  # below: no credit against others
        {"stake": 0.5, "equity_as_loan": 4, "all_shareholder_funding": 5},  # 4 − 2 (half-even)
    ]
    assert of(associates.associate_funding_excess, *rows) == 22


def test_the_other_sums_and_the_worst_arrears() -> None:
    rows: list[dict[str, Cell]] = [
        {"dpd": 12, "equity_as_loan": 3, "partner_funded": 400},
        {"dpd": 31, "equity_as_loan": 4, "partner_funded": 500, "control": True},
    ]
    assert of(associates.associate_max_dpd, *rows) == 31
    assert of(associates.equity_as_loan, *rows) == 7
    assert of(associates.partner_equity_funded, *rows) == 900


def test_paid_in_ahead_is_beyond_the_stake_of_all_equity_paid() -> None:
    rows: list[dict[str, Cell]] = [
        {"equity_paid": 300, "equity_paid_total": 1000},
        {"equity_paid": 300, "equity_paid_total": 900},  # 300 − 270
        {"equity_paid": 1, "equity_paid_total": 900},
    ]
    assert of(associates.paid_in_ahead, *rows) == 30
    one_fen: dict[str, Cell] = {"equity_paid": 301, "equity_paid_total": 1000}
    assert of(associates.paid_in_ahead, one_fen) == 1


@pytest.mark.parametrize(("parts", "stake"), [(3, 0.333333), (6, 0.166667), (7, 0.142857)])
def test_a_stake_that_the_register_rounds_pays_in_nothing_ahead(parts: int, stake: float) -> None:
    for own in (1, 10**7, 123_456_789_012):
        row: dict[str, Cell] = {
            "stake": stake,
            "equity_paid": own,
            "equity_paid_total": own * parts,
        }
        assert of(associates.paid_in_ahead, row) == 0
    ahead: dict[str, Cell] = {"stake": stake, "equity_paid": 10**9, "equity_paid_total": 10**9}
    assert of(associates.paid_in_ahead, ahead) == 10**9 - round(10**9 * stake)


@pytest.mark.parametrize("feature", FEATURES)
def test_without_associates_it_is_zero_and_without_a_register_missing(
    feature: Callable[..., Floats],
) -> None:
    assert of(feature) == 0
    assert isnan(seen(feature, {"associates": None}, stake_rounding=0.0000005))


NEEDED = [
    (associates.associate_funding, ("control", *PARTS)),
    (
        associates.associate_funding_excess,
        ("control", *PARTS, "stake", "all_shareholder_funding"),
    ),
    (associates.associate_max_dpd, ("dpd",)),
    (associates.equity_as_loan, ("equity_as_loan",)),
    (associates.partner_equity_funded, ("partner_funded",)),
    (associates.paid_in_ahead, ("equity_paid", "stake", "equity_paid_total")),
]


@pytest.mark.parametrize(
    ("feature", "column"), [(feature, name) for feature, names in NEEDED for name in names]
)
def test_a_missing_part_makes_it_missing(feature: Callable[..., Floats], column: str) -> None:
    assert isnan(of(feature, {}, {column: None}))


FEN = st.integers(0, 10**12)


@holds_for(FEN, FEN, st.integers(0, 10**6))
def test_excess_is_never_more_than_funding_and_none_pro_rata(
    loan: int, others: int, millionths: int
) -> None:
    row: dict[str, Cell] = {
        "loan": loan,
        "stake": millionths / 10**6,
        "all_shareholder_funding": loan + others,
    }
    excess = of(associates.associate_funding_excess, row)
    assert 0 <= excess <= of(associates.associate_funding, row)
    pro_rata = (loan + others) * millionths / 10**6
    assert (excess == 0) == (loan <= pro_rata) or abs(loan - pro_rata) < 1
