"""Row rules: what sets a row aside, in one table by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from features.contracts import Checked, check_tables
from features.contracts.family import (
    UNEXPLAINED,
)
from features.contracts.row_rules import AMBIGUOUS, BEFORE, FUTURE, TWICE
from features.contracts.sheet import EMPTY
from features.errors import BadInput

Cells = Mapping[str, str | None]

GOOD: Cells = {
    "coop_id": "C1",
    "as_of": "2026-03-31",
    "known_at": "2026-04-15",
    "source": "test",
    "quality": "reported",
}


def table(*rows: Cells) -> pa.Table:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({n: pa.array([row.get(n) for row in rows], pa.string()) for n in names})


def check(*rows: Cells, today: date | None = None) -> Checked:
    """Check cooperative rows beside one that is always good."""
    return check_tables({"cooperative": table({**GOOD, "coop_id": "GOOD"}, *rows)}, today)


def keys(checked: Checked, name: str = "cooperative") -> list[str]:
    found: list[str] = checked.book.tables[name]["coop_id"].to_pylist()
    return found


def faults(checked: Checked) -> list[tuple[str, int, str, str]]:
    return [(f["table"], f["row"], f["field"], f["rule"]) for f in checked.faults.rows.to_pylist()]


def rules(checked: Checked) -> set[str]:
    return {rule for *_, rule in faults(checked)}


def test_a_good_row_stays() -> None:
    checked = check({**GOOD, "total_assets": "100", "total_liabilities": "60", "equity": "40"})
    assert not len(checked.faults)
    assert keys(checked) == ["C1", "GOOD"]


@pytest.mark.parametrize("name", ["coop_id", "as_of", "known_at", "source", "quality"])
def test_a_row_without_its_key_time_source_or_quality_is_set_aside(name: str) -> None:
    checked = check({**GOOD, name: ""})
    assert faults(checked) == [("cooperative", 2, name, EMPTY)]
    assert keys(checked) == ["GOOD"]


def test_any_other_required_column_may_be_empty() -> None:
    assert keys(check({**GOOD, "total_assets": ""})) == ["C1", "GOOD"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"total_assets": "100", "total_liabilities": "60", "equity": "39.98"}, "A|资产"),
        ({"current_assets": "101", "total_assets": "100"}, "流动资产不超过资产总计"),
        ({"current_liabilities": "2", "total_liabilities": "1"}, "流动负债不超过负债合计"),
        ({"pool_cash": "2", "cash_restricted": "1"}, "资金池现金不超过受限资金"),
        ({"cash_restricted": "2", "cash_total": "1"}, "受限资金不超过货币资金"),
        (
            {"short_debt": "1", "ltd_due_12m": "1", "notes_payable": "1"}
            | {"current_liabilities": "2.99"},
            "短期有息负债不超过流动负债",
        ),
        ({"operating_since": "2026-04-01"}, "运营起始不晚于期末"),
    ],
)
def test_what_can_be_recomputed_is(cells: Cells, said: str) -> None:
    checked = check({**GOOD, **cells})
    (rule,) = rules(checked)
    assert any(part in rule for part in said.split("|"))
    assert keys(checked) == ["GOOD"]


@pytest.mark.parametrize(
    "cells",
    [
        {"total_assets": "100", "total_liabilities": "60", "equity": "39.99"},
        {"total_assets": "100", "total_liabilities": "160", "equity": "-60"},
        {"current_assets": "100", "total_assets": "100"},
        {"pool_cash": "2"},
        {"operating_since": "2026-03-31"},
    ],
)
def test_at_the_limit_and_with_a_term_missing_a_rule_is_kept(cells: Cells) -> None:
    assert not len(check({**GOOD, **cells}).faults)


def test_every_fault_of_a_row_is_told() -> None:
    checked = check({**GOOD, "as_of": "x", "total_assets": "-1", "level": "省"})
    assert {field for _, _, field, _ in faults(checked)} == {"as_of", "total_assets", "level"}


def test_as_of_cannot_lie_after_known_at() -> None:
    assert rules(check({**GOOD, "known_at": "2026-03-30T23:59:59+08:00"})) == {BEFORE}
    assert not len(check({**GOOD, "known_at": "2026-03-31"}).faults)


def test_known_at_cannot_lie_in_the_future() -> None:
    row = {**GOOD, "known_at": "2026-04-16T00:00:00+08:00"}
    assert rules(check(row, today=date(2026, 4, 15))) == {FUTURE}
    assert not len(check(row, today=date(2026, 4, 16)).faults)
    assert not len(check(row).faults)


def test_a_given_known_at_fills_only_rows_without_one() -> None:
    given = datetime(2026, 5, 1, tzinfo=timezone(timedelta(hours=8)))
    rows = table(GOOD, {**GOOD, "coop_id": "C2", "known_at": None})
    known = check_tables({"cooperative": rows}, known_at=given).book.tables["cooperative"]
    days = [moment.date() for moment in known["known_at"].to_pylist()]
    assert days == [date(2026, 4, 15), date(2026, 5, 1)]


def test_the_same_record_twice_is_kept_once() -> None:
    checked = check(GOOD, GOOD)
    assert faults(checked) == [("cooperative", 3, "coop_id", TWICE)]
    assert keys(checked) == ["C1", "GOOD"]


def test_the_same_record_with_other_content_is_set_aside_altogether() -> None:
    checked = check(GOOD, {**GOOD, "total_assets": "1"})
    assert [(row, rule) for _, row, _, rule in faults(checked)] == [(2, AMBIGUOUS), (3, AMBIGUOUS)]


def test_a_correction_needs_reason_and_approver() -> None:
    later = {**GOOD, "known_at": "2026-05-01", "total_assets": "1"}
    assert rules(check(GOOD, later)) == {UNEXPLAINED}
    assert rules(check(GOOD, {**later, "correction_reason": "笔误"})) == {UNEXPLAINED}
    explained = {**later, "correction_reason": "笔误", "approved_by": "王"}
    assert keys(check(GOOD, explained)) == ["C1", "C1", "GOOD"]


def test_a_later_version_with_the_same_content_needs_no_reason() -> None:
    assert keys(check(GOOD, {**GOOD, "known_at": "2026-05-01"})) == ["C1", "C1", "GOOD"]


@pytest.mark.parametrize(("later", "slipped"), [("10000", True), ("1", False), ("4000", False)])
def test_ten_thousand_times_the_last_period_is_an_alert(later: str, slipped: bool) -> None:
    rows = (
        {**GOOD, "total_assets": "1.00"},
        {**GOOD, "as_of": "2026-06-30", "known_at": "2026-07-15", "total_assets": later},
    )
    checked = check(*rows)
    assert bool(len(checked.faults)) is slipped
    if slipped:
        assert [(row, field) for _, row, field, _ in faults(checked)] == [(3, "total_assets")]


def test_a_slip_is_measured_from_the_last_version_of_the_last_period() -> None:
    wrong = {**GOOD, "total_assets": "10000"}
    right = {
        **GOOD,
        "total_assets": "1",
        "known_at": "2026-05-01",
        "correction_reason": "万元",
        "approved_by": "王",
    }
    later = {**GOOD, "as_of": "2026-06-30", "known_at": "2026-07-15", "total_assets": "2"}
    assert not len(check(wrong, right, later).faults)


def test_an_application_names_its_borrower() -> None:
    row = {**GOOD, "application_id": "P1", "amount": "1"}
    del row["coop_id"]
    rows = [
        {**row, "segment": "household", "household_id": "H1"},
        {**row, "application_id": "P2", "segment": "household"},
        {**row, "application_id": "P3", "segment": "organisation"},
        {**row, "application_id": "P4", "amount": "0"},
        {**row, "application_id": "P5"},
    ]
    checked = check_tables({"application": table(*rows)})
    assert [(r, f) for _, r, f, _ in faults(checked)] == [
        (2, "household_id"),
        (3, "org_id"),
        (4, "amount"),
    ]


def test_identity_values_are_masked_wherever_they_stand() -> None:
    row = {**GOOD, "household_id": "H1", "subject_token": "11010519491231002X"}
    del row["coop_id"]
    other = {**row, "household_id": "11010519491231002X", "subject_token": "t"}
    third = {**row, "subject_token": "t", "annual_income": "110105194912310020000"}
    fine = {**row, "household_id": "H2", "subject_token": "t"}
    checked = check_tables({"household": table(row, other, third, fine)})
    values = checked.faults.rows["value"].to_pylist()
    assert values == ["11***", "11***", "***"]


@pytest.mark.parametrize(
    "said",
    ["110105 19491231 002x", "１１０１０５１９４９１２３１００２Ｘ", "110105\u200b19491231002X"],
)
def test_what_is_set_aside_repeats_no_number_however_it_is_typed(said: str) -> None:
    rows = [{**GOOD, "correction_reason": said}, {**GOOD, "coop_id": "K2"}]
    checked = check_tables({"cooperative": table(*rows)})
    (value,) = checked.faults.rows["value"].to_pylist()
    assert value == "***"


def test_a_table_without_a_good_row_is_unusable() -> None:
    with pytest.raises(BadInput, match=r"total_assets = .x.: .*no good row"):
        check_tables({"cooperative": table({**GOOD, "total_assets": "x"})})


def test_a_table_without_rows_is_unusable() -> None:
    with pytest.raises(BadInput, match="no rows"):
        check_tables({"cooperative": table(GOOD).slice(0, 0)})


def test_the_book_is_sorted_however_the_rows_came() -> None:
    rows = [{**GOOD, "coop_id": f"C{i}"} for i in (3, 1, 2)]
    assert keys(check(*rows)) == keys(check(*reversed(rows))) == ["C1", "C2", "C3", "GOOD"]
