"""The dictionary: complete, strict, and the same as its page."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from features.arrays.units import SQUARE_METRES_A_MU
from features.dictionary import (
    Cadence,
    Comparison,
    Kind,
    NoOverlap,
    load_dictionary,
    read_dictionary,
)
from features.dictionary_page import PAGE, dictionary_page
from features.errors import BadInput

SMALL = """
version: 1
missing: {any: ["", "-"], text: [""], d: [1900-01-00]}
flags: {yes: [是], no: [否]}
area_units: {亩: "666.6667"}
forbidden: {religion: [religion, 宗教]}
every_table:
  source: {type: t!, zh: 来源, en: Source}
  as_of: {type: d!, zh: 日期, en: Day}
  known_at: {type: ts!, zh: 获知, en: Known at}
  quality: {type: e!, zh: 质量, en: Quality, codes: {reported: [填报, Reported]}}
tables:
  farm:
    zh: 农场
    en: Farm
    key: farm_id
    cadence: {every: quarter, due_days: 30}
    groups:
      identity:
        source: 登记 · register
        columns:
          farm_id: {type: t!², zh: 编号, en: Id}
          debt: {type: m!*, zh: 负债, en: Debt}
          lease: {type: m, absent: zero, zh: 租赁, en: Lease}
    children:
      fields:
        zh: 地块
        en: Fields
        source: 登记 · register
        columns:
          size: {type: a!, zh: 面积, en: Size}
          from: {type: d!, zh: 起, en: From}
          to: {type: d, zh: 止, en: To}
        checks:
          - {no_overlap: [from, to], same: [size], zh: 不重叠, en: apart}
    relations:
      self: {table: farm, on: {farm_id: farm_id}}
    checks:
      - {rule: lease + 0 <= debt, zh: 租赁在负债内, en: lease within debt}
"""

MISTAKES = {
    "unknown key": ("zh: 农场\n", "zh: 农场\n    colour: red\n"),
    "duplicate key": ("lease: {type: m,", "lease: {type: m, type: m,"),
    "key is missing": (", en: Debt}", "}"),
    "unknown type": ("type: m!*", "type: money"),
    "a code is an identifier": ("reported: [填报, Reported]", "reported: [填报]"),
    "an enumeration, and nothing else, has codes": ("type: a!", "codes: {a: [a, a]}, type: a!"),
    "cannot be absent": ("debt: {type: m!*", "debt: {absent: zero, type: m!*"),
    "a range is": ("farm_id: {type: t!²", "farm_id: {range: [0, 1], type: t!²"),
    "one of unknown, zero": ("absent: zero", "absent: never"),
    "a rule reads": ("lease + 0 <= debt", "lease ~ debt"),
    "no such column": ("lease + 0 <= debt", "leese <= debt"),
    "no such column or table": ("{table: farm,", "{table: barn,"),
    "two dates, and the columns that are the `same`": ("[from, to]", "[from]"),
    "no period of child rows": ("[from, to]", "[from, size]"),
    "label used twice": ("zh: 租赁, en: Lease", "zh: 负债, en: Lease"),
    "may never be kept": ("          lease:", "          religion:"),
    "version 1 is expected": ("version: 1", "version: 2"),
    "a mapping is expected": ("cadence: {every: quarter, due_days: 30}", "cadence: quarter"),
    "one of month, quarter, year": ("every: quarter", "every: week"),
    "joins the child to its parent": ("          size:", "          farm_id:"),
    "expected": ("zh: 农场", "zh: [农场"),
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_small_dictionary_reads_as_written(small: Path) -> None:
    farm = read_dictionary(small).table("farm")
    debt, lease = farm.columns["debt"], farm.columns["lease"]
    assert (debt.kind, debt.required, debt.privacy, debt.consent) == (Kind.MONEY, True, "C2", True)
    assert (lease.absent, lease.source) == ("zero", "登记 · register")
    assert lease.minimum == 0
    assert farm.cadence == Cadence(3, due_days=30)
    assert farm.checks == (
        Comparison(("lease",), "<=", ("debt",), Decimal(0), "租赁在负债内 · lease within debt"),
    )


@pytest.mark.parametrize(("reason", "change"), MISTAKES.items(), ids=list(MISTAKES))
def test_a_mistake_is_refused_with_its_reason(
    small: Path, reason: str, change: tuple[str, str]
) -> None:
    text = SMALL.replace(*change, 1)
    assert text != SMALL
    small.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=reason) as refused:
        read_dictionary(small)
    assert "small.yaml" in str(refused.value)


def test_a_mistake_names_its_line(small: Path) -> None:
    small.write_text(SMALL.replace("type: m!*", "type: money"), encoding="utf-8")
    with pytest.raises(BadInput, match=r"small.yaml line \d+") as refused:
        read_dictionary(small)
    line = int(refused.value.where.rpartition(" ")[2])
    assert "type: money" in SMALL.replace("type: m!*", "type: money").splitlines()[line - 1]


def test_an_empty_file_is_refused(small: Path) -> None:
    small.write_text("", encoding="utf-8")
    with pytest.raises(BadInput, match="empty"):
        read_dictionary(small)


def test_a_child_carries_the_parents_key_and_times(small: Path) -> None:
    fields = read_dictionary(small).table("farm__fields")
    assert list(fields.columns) == ["farm_id", "as_of", "known_at", "size", "from", "to"]
    assert [c.name for c in fields.own_columns] == ["size", "from", "to"]
    assert fields.checks == (NoOverlap("from", "to", ("size",), "不重叠 · apart"),)


def test_a_parent_counts_each_child(small: Path) -> None:
    farm = read_dictionary(small).table("farm")
    assert farm.columns["fields_rows"].kind is Kind.COUNT


def test_the_shipped_dictionary_has_every_table() -> None:
    tables = load_dictionary().tables
    assert list(tables) == [
        "household",
        "organisation",
        "resource",
        "cooperative",
        "project",
        "application",
        "loan",
        "county",
        "guarantee_body",
        "bank",
    ]


def test_every_column_says_where_it_comes_from_in_both_languages() -> None:
    for table in load_dictionary().all_tables:
        for column in table.own_columns:
            assert column.zh, (table.name, column.name)
            assert column.en, (table.name, column.name)
            assert column.group == "standing" or "·" in column.source, (table.name, column.name)


def test_every_record_says_when_and_by_whom() -> None:
    for table in load_dictionary().tables.values():
        assert {
            "source",
            "as_of",
            "known_at",
            "quality",
            "evidence_doc_id",
        } <= table.columns.keys()
        assert table.indispensable == (table.key, "as_of", "known_at", "source", "quality")


def test_optional_additions_to_debt_are_none_when_left_out() -> None:
    columns = load_dictionary().table("cooperative").columns
    for name in ("lease_liab", "factoring_recourse", "sale_leaseback", "perpetual_equity"):
        assert columns[name].absent == "zero"


def test_results_may_be_negative_and_balances_may_not() -> None:
    columns = load_dictionary().table("cooperative").columns
    for name in ("equity", "net_profit", "cfo", "ebit_12m"):
        assert columns[name].minimum is None
    for name in ("total_assets", "short_debt", "cash_total"):
        assert columns[name].minimum == 0


def test_ranks_start_with_the_worst() -> None:
    dictionary = load_dictionary()
    liquidity = dictionary.table("resource").columns["liquidity_class"]
    assert [liquidity.rank(code) for code in "DCBA"] == [0, 1, 2, 3]
    assert dictionary.table("household").columns["carbon_label"].rank("红") == 0


@pytest.mark.parametrize(
    "heading", ["religion", "Ethnicity", "民族", "health_state", "political status", "id_number"]
)
def test_a_protected_attribute_is_refused_with_its_reason(heading: str) -> None:
    assert load_dictionary().forbidden_reason(heading)


def test_a_name_that_only_contains_a_forbidden_word_is_allowed() -> None:
    assert load_dictionary().forbidden_reason("trace_no") is None


def test_the_next_reading_is_due_after_the_next_period_end() -> None:
    days = np.array(["2026-03-31", "2026-04-01", "2025-12-31"], dtype="datetime64[D]")
    due = Cadence(12, due_months=4).next_due(days.astype(np.int64)).astype("datetime64[D]")
    assert due.astype(str).tolist() == ["2027-04-30", "2027-04-30", "2027-04-30"]
    due = Cadence(1, due_days=10).next_due(days.astype(np.int64)).astype("datetime64[D]")
    assert due.astype(str).tolist() == ["2026-05-10", "2026-05-10", "2026-02-10"]


def test_the_page_is_the_dictionary() -> None:
    assert PAGE.read_text(encoding="utf-8") == dictionary_page(load_dictionary()), (
        "run python -m features.dictionary_page"
    )


def test_features_count_a_mu_as_files_do() -> None:
    assert load_dictionary().area_units["亩"] == Decimal(str(SQUARE_METRES_A_MU))
