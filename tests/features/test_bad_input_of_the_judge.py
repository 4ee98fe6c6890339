"""Bad input of the judge: caught with its rule and value, or handled as written.

A cycle of ownership stands with the developers, an override that loosens a law with the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from features.contracts import Checked
from features.contracts.family import FOLLOWS, INCOMPLETE, UNEXPLAINED
from features.records import book_from_rows
from risk.files import load_policy
from service.use_cases.judging.red_lines import judge_book

POLICY = load_policy()
Row = dict[str, object]

RECORD: Row = {
    "as_of": "2026-03-31",
    "known_at": "2026-04-20T09:00:00+08:00",
    "source": "test",
    "quality": "reported",
}
GUARANTEE: Row = {
    "party_id": "E1",
    "party_kind": "enterprise",
    "kind": "连带",
    "giver": "parent",
    "equity_link": True,
    "party_insolvent": False,
    "party_cfo_negative": False,
    "party_loss_years": 0,
    "own_share": "1",
    "balance": "10",
    "from": "2025-01-01",
    "to": "2026-01-01",
}
OVERLAP = "同一被担保人、方式、主体的担保期间不重叠 · "
OVERLAP += "guarantees of one party, kind and giver do not overlap"


def statement(**told: object) -> Row:
    return {**RECORD, "coop_id": "K1", **told}


def check(*rows: Row) -> Checked:
    return book_from_rows({"cooperative": [*rows, {**RECORD, "coop_id": "GOOD"}]})


def faults(checked: Checked) -> list[tuple[str, str, str | None, str]]:
    told = checked.faults.rows.to_pylist()
    return [(said["table"], said["field"], said["value"], said["rule"]) for said in told]


def kept(checked: Checked) -> list[str]:
    keys: list[str] = checked.book.tables["cooperative"]["coop_id"].to_pylist()
    return keys


# ------------------------------------------------------------------ values


def test_stock_below_zero_sets_the_statement_aside() -> None:
    checked = check(statement(inventory_resources="-1.00"))
    (fault,) = faults(checked)
    assert fault == ("cooperative", "inventory_resources", "-1.00", "不得小于 0 · below 0")
    assert kept(checked) == ["GOOD"]


@pytest.mark.parametrize("share", ["70", "1.01", "-0.1"])
def test_a_percentage_is_no_share(share: str) -> None:
    checked = check(statement(guarantees=[{**GUARANTEE, "own_share": share}]))
    told = [fault[:3] for fault in faults(checked)]
    assert ("cooperative__guarantees", "own_share", share) in told
    assert kept(checked) == ["GOOD"]


def test_a_percent_sign_says_what_is_meant() -> None:
    checked = check(statement(guarantees=[{**GUARANTEE, "own_share": "70%"}]))
    shares = checked.book.tables["cooperative__guarantees"]["own_share"].to_pylist()
    assert (shares, len(checked.faults)) == ([0.7], 0)


@pytest.mark.parametrize(("before", "after"), [("52000000", "5200"), ("5200", "52000000")])
def test_a_statement_in_other_units_than_its_last_is_set_aside(before: str, after: str) -> None:
    later = {"as_of": "2026-06-30", "known_at": "2026-07-20T09:00:00+08:00"}
    checked = check(statement(total_assets=before), statement(total_assets=after, **later))
    (fault,) = faults(checked)
    assert fault[1:3] == ("total_assets", f"{after}.00")
    assert "元" in fault[3]
    assert "万元" in fault[3]
    assert kept(checked) == ["GOOD", "K1"]


# ------------------------------------------------------------------ overlapping guarantees


def guarantees(*changes: Row) -> Checked:
    return check(statement(guarantees=[{**GUARANTEE, **change} for change in changes]))


def test_overlapping_guarantees_set_their_statement_aside() -> None:
    checked = guarantees({}, {"from": "2025-12-31", "to": "2027-01-01"})
    assert sorted(faults(checked)) == [
        ("cooperative", "guarantees_rows", "2", f"{INCOMPLETE} guarantees"),
        ("cooperative__guarantees", "coop_id", "K1", FOLLOWS),
        ("cooperative__guarantees", "from", "2025-12-31", OVERLAP),
    ]
    assert kept(checked) == ["GOOD"]


@pytest.mark.parametrize(
    "other",
    [
        {"from": "2026-01-01", "to": "2027-01-01"},
        {"from": "2024-01-01", "to": "2025-01-01"},
        {"party_id": "E2"},
        {"kind": "一般"},
        {"giver": "subsidiary"},
        {"from": "2025-06-01", "to": "2025-06-01"},
        {"party_id": None},
        {"from": None},
    ],
)
def test_guarantees_that_stand_apart_are_kept(other: Row) -> None:
    for first, second in (({}, other), (other, {})):
        checked = guarantees(first, second)
        assert len(checked.faults) == 0
        assert kept(checked) == ["GOOD", "K1"]


@pytest.mark.parametrize(
    "others",
    [
        [{}],
        [{"from": "2025-06-01", "to": "2025-07-01"}],
        [{"from": "2024-06-01", "to": None}],
        [{"from": "2025-02-01", "to": "2025-03-01"}, {"from": "2025-11-01", "to": "2026-11-01"}],
    ],
)
def test_a_guarantee_that_begins_before_another_has_ended_is_found(others: Sequence[Row]) -> None:
    for changes in ((GUARANTEE, *others), (*others, GUARANTEE)):
        found = [fault for fault in faults(guarantees(*changes)) if fault[3] == OVERLAP]
        assert len(found) == len(others)


def test_an_open_guarantee_does_not_reach_into_another_party() -> None:
    old: Row = {"party_id": "E2", "from": "1950-01-01", "to": "1960-01-01"}
    assert len(guarantees({"to": None}, old).faults) == 0


def test_guarantees_of_two_statements_do_not_overlap() -> None:
    later = {"as_of": "2026-06-30", "known_at": "2026-07-20T09:00:00+08:00"}
    rows = [statement(guarantees=[GUARANTEE]), statement(guarantees=[GUARANTEE], **later)]
    checked = check(*rows, statement(coop_id="K2", guarantees=[GUARANTEE]))
    assert len(checked.faults) == 0
    assert kept(checked) == ["GOOD", "K1", "K1", "K2"]


# ------------------------------------------------------------------ versions

SHEET = {
    "county_code": "330802",
    "investment_type": False,
    "total_assets": "1000",
    "current_assets": "500",
    "cash_total": "100",
    "cash_restricted": "0",
    "receivables_gov": "0",
    "inventory_resources": "0",
    "prepaid": "0",
    "public_good_capital": "0",
    "total_liabilities": "500",
    "current_liabilities": "200",
    "short_debt": "100",
    "ltd_due_12m": "0",
    "notes_payable": "0",
    "long_debt": "0",
    "buyback_equity": "0",
    "buyback_equity_unbooked": "0",
    "equity": "500",
}
LINES = ("RL-01", "RL-02", "RL-03", "RL-04", "RL-05")
SHORT = {"short_debt": "200", "known_at": "2026-05-20T09:00:00+08:00"}
RESTATED = {**SHORT, "correction_reason": "漏记短期借款", "approved_by": "王"}
EARLIER = {"as_of": "2025-12-31", "total_liabilities": "900", "equity": "100"}
LATE = {**EARLIER, "known_at": "2026-05-10T09:00:00+08:00"}


def verdicts(day: date, *rows: Row) -> dict[str, tuple[str, object]]:
    """Return state and value of the lines of leverage and liquidity on a day."""
    checked = book_from_rows({"cooperative": rows})
    assert len(checked.faults) == 0
    judged = judge_book(checked.book, POLICY, day).document()["verdicts"]
    assert isinstance(judged, list)
    return {
        said["rule"]: (said["state"], said["tests"][0]["value"])
        for said in judged
        if said["rule"] in LINES
    }


def test_a_statement_that_arrives_late_changes_no_newer_verdict() -> None:
    newest, day = statement(**SHEET), date(2026, 5, 31)
    alone = verdicts(day, newest)
    assert alone["RL-01"] == ("pass", "0.500000")
    assert verdicts(day, newest, statement(**SHEET | LATE)) == alone


def test_a_restatement_without_reason_and_approver_is_set_aside() -> None:
    row = statement(**SHEET)
    for left_out in ("correction_reason", "approved_by"):
        told = {name: value for name, value in RESTATED.items() if name != left_out}
        checked = check(row, statement(**SHEET | told))
        assert [fault[3] for fault in faults(checked)] == [UNEXPLAINED]
        assert kept(checked) == ["GOOD", "K1"]


def test_a_restatement_speaks_from_the_day_it_was_known() -> None:
    rows = statement(**SHEET), statement(**SHEET | RESTATED)
    assert verdicts(date(2026, 5, 19), *rows)["RL-05"] == ("pass", "1.000000")
    assert verdicts(date(2026, 5, 20), *rows)["RL-05"] == ("warn", "0.500000")


# ------------------------------------------------------------------ undeclared

REGISTERS = {
    "RL-08": "associates",
    "RL-13": "guarantees",
    "RL-18": "documents",
    "RL-41": "acts",
}


@pytest.mark.parametrize(("rule", "register"), REGISTERS.items())
def test_an_undeclared_register_leaves_its_line_unknown(rule: str, register: str) -> None:
    declared: Row = {name: [] for name in ("undertakings", "co_sharers", "hidden_debt_items")}
    declared |= {name: [] for name in REGISTERS.values()}
    more: Row = {**declared, "hidden_debt_baseline_date": "2023-07-01", "restricted_name": False}

    def state(row: Row) -> str:
        judged = judge_book(book_from_rows({"cooperative": [row]}).book, POLICY, date(2026, 5, 31))
        (found,) = [verdict for verdict in judged.verdicts if verdict.rule.id == rule]
        return found.state.word

    assert state(statement(**SHEET | more)) in ("pass", "not_applicable")
    del more[register]
    assert state(statement(**SHEET | more)) == "unknown"
