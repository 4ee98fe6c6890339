"""A decision is the gravest of its grounds, with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.canonical import canonical_json
from models.score import CreditScore
from risk.decision import Decision, consent_holds, decide
from risk.files import load_policy
from risk.outcome import Outcome
from tests.risk.scores import score

NOW = load_policy().effective(date(2026, 3, 31))
CREDIT = NOW.products["credit"]
CLEAR: Mapping[str, Decimal | None] = dict.fromkeys(CREDIT.stop, Decimal(0))


def decided(made: CreditScore | None, **more: Any) -> Decision:
    return decide(policy=NOW, product=CREDIT, score=made, **{"stops": CLEAR, **more})


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def test_good_model_score_is_approved_without_a_ground() -> None:
    decision = decided(score("0.010000"))
    assert (decision.outcome, decision.grounds) == (Outcome.APPROVE, ())


def test_nothing_scored_is_never_approved() -> None:
    assert decided(None).outcome is Outcome.REFER


def test_stop_is_the_first_reason_and_says_what_would_matter() -> None:
    stops = {**CLEAR, "current_overdue_amount": Decimal(12345)}
    decision = decided(score("0.010000", {"max_dpd_24m": ("31", -40)}), stops=stops)
    assert decision.outcome is Outcome.DECLINE
    assert codes(decision)[0] == "RC-002"
    first: Any = decision.document()["reasons"]
    assert (first[0]["value"], first[0]["change"]) == (
        Decimal("123.45"),
        {"from": Decimal("123.45"), "to": Decimal(0)},
    )


def test_unknown_stop_refers_and_is_named() -> None:
    decision = decided(score("0.010000"), stops={"dishonest_flag": Decimal(0)})
    assert decision.outcome is Outcome.REFER
    assert decision.unknown == ("current_overdue_amount",)
    assert decision.reasons[0].feature == "current_overdue_amount"


def test_known_stop_declines_beside_an_unknown_one() -> None:
    decision = decided(score("0.010000"), stops={"dishonest_flag": Decimal(1)})
    assert decision.outcome is Outcome.DECLINE


def test_missing_required_feature_refers_even_a_bad_score() -> None:
    decision = decided(score("0.900000"), unknown=["annual_income"])
    assert (decision.outcome, decision.unknown) == (Outcome.REFER, ("annual_income",))


def test_value_that_the_model_has_no_state_for_refers() -> None:
    decision = decided(score("0.010000", unknown=("title_share",)))
    assert (decision.outcome, decision.unknown) == (Outcome.REFER, ("title_share",))


@pytest.mark.parametrize("pd", ["0.010000", "0.900000"])
def test_expert_card_refers_whatever_the_pd_also_in_a_demo(pd: str) -> None:
    made = score(pd, evidence="expert", trained_on="expert")
    assert decided(made, demo=True).outcome is Outcome.REFER


def test_synthetic_model_decides_in_a_demo_alone() -> None:
    made = score("0.010000", trained_on="synthetic")
    assert decided(made).outcome is Outcome.REFER
    assert decided(made, demo=True).outcome is Outcome.APPROVE
    assert decided(score("0.5", trained_on="synthetic"), demo=True).outcome is Outcome.DECLINE


def test_other_segment_goes_to_a_person() -> None:
    decision = decided(None, segment="organisation")
    assert (decision.outcome, codes(decision)) == (Outcome.REFER, ["RC-014"])


def test_without_consent_nothing_else_is_looked_at() -> None:
    stops = {**CLEAR, "dishonest_flag": Decimal(1)}
    decision = decided(score("0.900000"), stops=stops, consent=False)
    assert (decision.outcome, codes(decision)) == (Outcome.REFER, ["RC-013"])


@pytest.mark.parametrize(
    ("expiry", "holds"),
    [
        (None, False),
        (date(2026, 3, 30), False),
        (date(2026, 3, 31), False),
        (date(2026, 4, 1), True),
    ],
)
def test_consent_absent_or_past_blocks(expiry: date | None, holds: bool) -> None:
    assert consent_holds(expiry, date(2026, 3, 31)) is holds


def test_cut_off_is_a_ground_and_never_a_reason() -> None:
    decision = decided(score("0.900000", {"max_dpd_24m": ("31", -40)}))
    assert [ground.reason.code for ground in decision.grounds] == ["RC-018"]
    assert codes(decision) == ["RC-119"]


def test_document_is_canonical_json() -> None:
    document = decided(score("0.080000", {"max_dpd_24m": ("31", -40)})).document()
    assert b'"outcome":"refer"' in canonical_json(document)


@given(
    st.decimals(0, 1, places=6),
    st.sampled_from(["expert", "model"]),
    st.sampled_from([None, Decimal(0), Decimal(1)]),
    st.sampled_from([None, Decimal(0), Decimal(5)]),
    st.booleans(),
)
def test_outcome_is_the_gravest_ground(
    pd: Decimal, evidence: Any, flag: Decimal | None, overdue: Decimal | None, demo: bool
) -> None:
    stops = {"dishonest_flag": flag, "current_overdue_amount": overdue}
    decision = decided(score(str(pd), evidence=evidence), stops=stops, demo=demo)
    outcomes = [ground.outcome for ground in decision.grounds]
    assert decision.outcome == max(outcomes, default=Outcome.APPROVE)
    if decision.outcome is Outcome.APPROVE:
        assert flag == overdue == Decimal(0)
        assert evidence == "model"
        assert pd <= CREDIT.approve_up_to
    assert len(decision.reasons) <= 4
