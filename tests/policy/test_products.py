"""Every product file: its told cases, decided for real."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import cast

import pytest

from models.score import EvidenceKind
from risk.decision import decide
from risk.files import load_policy
from risk.files.product import ProductCase, ProductFile
from tests.risk.scores import score

POLICY = load_policy()
NOW = POLICY.effective(date(2026, 3, 31))
TOLD = [(file, case) for file in POLICY.products.values() for case in file.cases]


@pytest.mark.parametrize(
    ("file", "case"), TOLD, ids=[f"{file.id}: {case.name}" for file, case in TOLD]
)
def test_told_case_holds(file: ProductFile, case: ProductCase) -> None:
    made = None
    if case.pd is not None:
        evidence = cast(EvidenceKind, case.evidence)
        made = score(str(case.pd), evidence=evidence, trained_on=case.trained_on)
    decision = decide(
        policy=NOW,
        product=NOW.products[file.id],
        score=made,
        stops=case.stops,
        unknown=case.unknown,
    )
    assert decision.outcome.word == case.expect


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
