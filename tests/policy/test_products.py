"""Every product file: its told cases, decided for real."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from risk.files import PolicyFault, load_policy
from risk.files.product import ProductCase, ProductFile
from risk.product_cases import check_product_cases, outcome_of

POLICY = load_policy()
DAY = date(2026, 3, 31)
NOW = POLICY.effective(DAY)
TOLD = [(file, case) for file in POLICY.products.values() for case in file.cases]


@pytest.mark.parametrize(
    ("file", "case"), TOLD, ids=[f"{file.id}: {case.name}" for file, case in TOLD]
)
def test_told_case_holds(file: ProductFile, case: ProductCase) -> None:
    assert outcome_of(case, NOW, NOW.products[file.id]).word == case.expect


def test_case_that_fails_is_refused_where_it_stands() -> None:
    file = POLICY.products["credit"]
    wrong = replace(file.cases[0], expect="decline")
    assert check_product_cases(POLICY, DAY) == len(TOLD)
    broken = replace(POLICY, products={"credit": replace(file, cases=(wrong,))})
    with pytest.raises(PolicyFault, match=r"products/credit\.yaml:\d+: .*expect.*answers approve"):
        check_product_cases(broken, DAY)


@pytest.mark.parametrize("product", list(NOW.products))
def test_card_scores_only_features_of_its_product_with_its_signs(product: str) -> None:
    signs = NOW.products[product].features
    card = NOW.scorecards[NOW.products[product].scorecard]
    for name, sign in card.signs.items():
        assert signs[name] == sign or (signs[name] == "R" and sign == -1)


def test_codes_are_unique_bilingual_and_never_about_ecological_credit() -> None:
    features = {row["feature"] for row in NOW.reason_codes.values() if "feature" in row}
    for product in NOW.products.values():
        silent = {name for name, sign in product.features.items() if sign in (0, "R")}
        assert not silent & features
    for row in NOW.reason_codes.values():
        assert row["zh"]
        assert row["en"]
        assert any("一" <= letter <= "鿿" for letter in row["zh"])


def test_anchor_is_a_pd_below_the_approval_cut_off() -> None:
    for product in NOW.products.values():
        assert Decimal(0) < product.anchor < product.approve_up_to < product.decline_above
