"""Cures of guarantees and undertakings, each amount worked out by hand.

The cooperative of `sheets.SOUND`: net assets 700, free cash 200, total assets 1,000 (万元).
"""

from __future__ import annotations

from tests.risk.cure.registers import amounts, guarantee, undertaking
from tests.risk.cure.sheets import body, changes, cures, wan


def test_guarantees_are_released_shared_or_outgrown() -> None:
    # 100 + half of 90 = 145 against .2 × 700 = 140
    judged = body(guarantees=[guarantee(100), guarantee(90, party_id="q", own_share="0.5")])
    assert amounts(judged, "RL-12") == {
        "release": "50000.00",
        "add_co_sharer": "50000.00",
        "inject_equity": "250000.00",
    }
    assert changes(cures(judged, "RL-12")["add_co_sharer"]) == {
        "guarantees.own_share[1]": "-0.050000"
    }


def test_a_guarantee_for_a_stranger_ends() -> None:
    stranger = guarantee(5, party_kind="enterprise", equity_link=False, all_guarantees="0.00")
    judged = body(guarantees=[guarantee(9, party_id="q"), stranger])
    assert changes(cures(judged, "RL-13")["release"]) == {
        "guarantees.balance[2]": "-50000.00",
        "guarantees.to[2]": "2026-03-31",
    }
    assert set(cures(judged, "RL-13")) == {"release"}


def test_an_undertaking_given_alone_ends_or_is_shared_by_contract() -> None:
    judged = body(undertakings=[undertaking(10)])
    found = cures(judged, "RL-13")
    assert amounts(judged, "RL-13") == {"release": "100000.00", "add_co_sharer": "80000.00"}
    assert changes(found["release"])["undertakings.expiry[1]"] == "2026-03-31"
    shared = changes(found["add_co_sharer"])
    assert shared["undertakings.own_share[1]"] == "-0.800000"
    assert [shared[f"co_sharers.kind[{row}]"] for row in (1, 2)] == ["bank", "guarantee_body"]
    assert [shared[f"co_sharers.share[{row}]"] for row in (1, 2)] == ["0.400000", "0.400000"]
    assert shared["co_sharers.contract_doc_id[1]"] == "given"
    assert shared["co_sharers.party_id[1]"] == "given"
    assert [shared[f"co_sharers.resource_id[{row}]"] for row in (1, 2)] == ["r1", "r1"]


def test_a_guarantee_beyond_the_stake_falls() -> None:
    # (60 − x) − .4(100 − x) ≤ .01(60 − x): x = 19.4 ÷ .59; .99(60 − y) ≤ 40: y = 60 − 40.4040…
    judged = body(guarantees=[guarantee(60, all_guarantees=wan(100))])
    assert amounts(judged, "RL-14") == {"release": "328813.56", "add_co_sharer": "195960.00"}


def test_contingent_exposure_falls_where_it_is_largest() -> None:
    # 100 + 90 against .25 × 700 = 175
    judged = body(
        guarantees=[guarantee(100)],
        undertakings=[undertaking(90)],
    )
    assert amounts(judged, "RL-15") == {
        "release": "150000.00",
        "add_co_sharer": "150000.00",
        "inject_equity": "600000.00",
    }
    assert "guarantees.balance[1]" in changes(cures(judged, "RL-15")["release"])


def test_the_pool_covers_what_may_be_called() -> None:
    # pool 30, no cash beyond short debt; 50 + 290 at .15 need 51: 21 more, or 140 less
    judged = body(
        {
            "cash_total": 40,
            "cash_restricted": 30,
            "pool_cash": 30,
            "short_debt": 10,
            "long_debt": 190,
        },
        undertakings=[undertaking(100, own_share="0.5"), undertaking(290, resource_id="r2")],
        co_sharers=[
            {
                "resource_id": "r1",
                "party_id": "b",
                "kind": "bank",
                "share": "0.5",
                "contract_doc_id": "d",
            }
        ],
    )
    found = amounts(judged, "RL-16")
    assert (found["inject_equity"], found["release"]) == ("210000.00", "1400000.00")
    assert "undertakings.cap[2]" in changes(cures(judged, "RL-16")["release"])
    assert found["add_co_sharer"] == "1400001.10"  # a share of 290 moves by 0.000001: 2.90 元


def test_a_guarantee_for_a_weak_party_ends() -> None:
    judged = body(guarantees=[guarantee(5), guarantee(7, party_id="q", party_insolvent=True)])
    assert changes(cures(judged, "RL-44")["release"]) == {
        "guarantees.balance[2]": "-70000.00",
        "guarantees.all_guarantees[2]": "-70000.00",
        "guarantees.to[2]": "2026-03-31",
    }
