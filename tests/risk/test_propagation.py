"""What another subject's breach does to a loan, and what it never does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.canonical import canonical_json
from risk.decision import Decision, decide
from risk.files import EffectivePolicy, load_policy
from risk.outcome import Outcome
from risk.propagation import Stopped, lines_touching, stops_of
from risk.red_lines import State, Verdict
from tests.risk.scores import score
from tests.risk.touched import BREACHED, TOUCH, breach, unknown, verdict

NOW = load_policy().effective(date(2026, 3, 31))
OWN = {"RL-35a", "RL-40", "RL-48"}
GUARANTEED = "enhancer_kind__农担"


def stops(
    product: str, *verdicts: Verdict, flags: Sequence[str] = (), policy: EffectivePolicy = NOW
) -> tuple[Stopped, ...]:
    found = stops_of(policy, policy.products[product], verdicts, flags.__contains__)
    assert found is not None
    return found


def decided(product: str, *verdicts: Verdict, flags: Sequence[str] = (), **more: Any) -> Decision:
    offered = NOW.products[product]
    return decide(
        policy=NOW,
        product=offered,
        stops=dict.fromkeys(offered.stop, Decimal(0)),
        verdicts=verdicts,
        stopped=stops_of(NOW, offered, verdicts, flags.__contains__),
        **{"score": score("0.010000"), **more},
    )


def test_a_breach_of_the_cooperative_refers_a_deposit_in_its_own_words() -> None:
    (stop,) = stops("deposit", verdict(NOW, "RL-08"), breach(NOW, "RL-05"))
    assert (stop.rule, stop.subject, stop.state) == (
        "RL-05",
        ("cooperative", "cooperative-0"),
        State.BREACH,
    )
    assert stop.outcome is Outcome.REFER
    assert stop.zh == "合作社暂不能新增收购承诺，与您的信用无关，可改办不带承诺的贷款。"
    assert decided("deposit", breach(NOW, "RL-05")).outcome is Outcome.REFER


def test_what_stops_is_a_key_of_its_own_in_the_document() -> None:
    document: Any = decided("deposit", breach(NOW, "RL-08")).document()
    (stop,) = document["stops"]
    assert (stop["rule"], stop["outcome"], stop["state"]) == ("RL-08", "refer", "breach")
    assert stop["subject"] == {"kind": "cooperative", "id": "cooperative-0"}
    assert stop["zh"].startswith("合作社正在整改")
    assert stop["goes_on"]["zh"] == "银行单独办理的信用贷"
    assert [said["rule"] for said in document["verdicts"]] == ["RL-08"]
    assert b'"stops":[' in canonical_json(document)


def test_credit_goes_on_whatever_the_cooperative_breaches() -> None:
    assert stops("credit", breach(NOW, "RL-05"), breach(NOW, "RL-08")) == ()
    assert decided("credit", breach(NOW, "RL-05")).outcome is Outcome.APPROVE


@pytest.mark.parametrize("rule", ["RL-01", "RL-03"])
def test_lines_of_the_cooperative_that_are_o_or_y_stop_nothing(rule: str) -> None:
    found = breach(NOW, rule)
    assert found.state is State.BREACH
    assert stops("deposit", found) == stops("credit", found) == ()


@pytest.mark.parametrize("rule", sorted(set(BREACHED) - OWN))
@pytest.mark.parametrize("product", ["credit", "deposit"])
@given(pd=st.decimals(0, 1, places=6), costs=st.integers(-60, 20))
def test_a_breach_of_another_subject_is_no_reason_and_never_declines(
    product: str, rule: str, pd: Decimal, costs: int
) -> None:
    made = score(str(pd), {"max_dpd_24m": ("31", costs)})
    alone = decided(product, score=made)
    beside = decided(product, breach(NOW, rule), score=made, flags=[GUARANTEED])
    assert (beside.reasons, beside.grounds) == (alone.reasons, alone.grounds)
    assert beside.unknown == alone.unknown
    assert beside.outcome == max(alone.outcome, *(stop.outcome for stop in beside.stops or ()), 0)
    assert all(stop.outcome is Outcome.REFER for stop in beside.stops or ())


def test_lawful_refusals_of_the_request_hold_whatever_the_score() -> None:
    for rule in ("RL-40", "RL-48", "RL-35a"):
        for product in ("credit", "deposit"):
            decision = decided(product, breach(NOW, rule))
            assert decision.outcome is Outcome.DECLINE
            assert decision.reasons == ()


def test_the_papers_of_the_tests_that_failed_are_named() -> None:
    (stop,) = stops("deposit", breach(NOW, "RL-52"))
    assert stop.zh == ("这块资源的权属或估值还缺材料：低于底价的集体决议。补齐后可重新申请。")
    (both,) = stops("deposit", verdict(NOW, "RL-52", deal_off_exchange=1, deal_price=99))
    assert "农村产权交易所的交易鉴证书、低于底价的集体决议" in both.zh
    assert "the certificate of the rural property exchange, the collective's" in both.en


def test_a_county_stops_the_product_of_the_test_alone() -> None:
    found = breach(NOW, "RL-35c")
    (stop,) = stops("credit", found)
    assert stop.zh == "本县该产品暂停受理，非您个人原因。"
    assert stops("deposit", found) == ()


def test_a_guarantee_body_stops_only_loans_that_go_its_way() -> None:
    found = breach(NOW, "P-1")
    assert stops("credit", found) == ()
    (stop,) = stops("credit", found, flags=[GUARANTEED])
    assert stop.zh == "担保渠道暂不可用，可选择其他方式。"


def test_a_gap_of_who_the_loan_leans_on_goes_to_a_person_in_other_words() -> None:
    (stop,) = stops("deposit", unknown(NOW, "RL-05"))
    assert (stop.state, stop.outcome) == (State.UNKNOWN, Outcome.REFER)
    assert stop.zh.startswith("合作社的资料还不完整")
    assert stops("deposit", unknown(NOW, "RL-49"))[0].outcome is Outcome.REFER
    assert stops("credit", unknown(NOW, "RL-35a"))[0].outcome is Outcome.REFER
    assert stops("credit", unknown(NOW, "RL-40"))[0].outcome is Outcome.REFER


@pytest.mark.parametrize("rule", ["RL-22", "RL-35c", "P-1", "P-5"])
def test_a_gap_in_books_that_are_not_ours_is_shown_and_stops_nothing(rule: str) -> None:
    found = unknown(NOW, rule)
    assert found.state is State.UNKNOWN
    decision = decided("credit", found, flags=[GUARANTEED])
    assert (decision.outcome, decision.stops) == (Outcome.APPROVE, ())
    assert decision.verdicts == (found,)


def test_every_subject_that_stops_a_product_is_judged_for_it() -> None:
    for product in NOW.products.values():
        lines = lines_touching(NOW, product)
        for rule in NOW.stops or ():
            if product.id in rule.products:
                assert set(rule.lines_in(NOW.red_lines)) <= set(lines[rule.subject])


def test_without_consent_no_stop_is_told_either() -> None:
    decision = decided("deposit", breach(NOW, "RL-05"), consent=False)
    assert (decision.outcome, decision.stops) == (Outcome.REFER, ())


def test_a_policy_older_than_propagation_stops_nothing_and_has_no_such_key() -> None:
    old = EffectivePolicy.from_content(
        canonical_json({k: v for k, v in NOW.document.items() if k != "propagation"})
    )
    deposit = old.products["deposit"]
    assert stops_of(old, deposit, [breach(old, "RL-05")], lambda _: True) is None
    assert lines_touching(old, deposit) == {"cooperative": deposit.red_lines}
    decision = decide(policy=old, product=deposit, score=score("0.01"), stops={}, stopped=None)
    assert "stops" not in decision.document()


def test_each_kind_of_subject_is_tried() -> None:
    assert {rule.subject for rule in NOW.stops or () if rule.products} == set(TOUCH.values())
