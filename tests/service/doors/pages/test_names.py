"""What a column is called: our text, the dictionary's, and never a failure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.doors.pages.names import named, posted


@pytest.mark.parametrize(
    ("name", "kind", "zh"),
    [
        ("net_assets", "cooperative", "净资产"),
        ("investment_type", "cooperative", "投资类企业"),
        ("level__县", "cooperative", "县"),
        ("undertakings.cap", "cooperative", "承诺收购·承诺上限"),
        ("is_developer", "developer", "is_developer"),
        ("undertakings.nothing", "cooperative", "undertakings.nothing"),
        ("county__nothing", "cooperative", "county__nothing"),
        ("anything", "no such kind", "anything"),
    ],
)
def test_a_name_is_ours_the_dictionarys_or_itself(name: str, kind: str, zh: str) -> None:
    assert named(name, kind).zh == zh


def test_a_column_of_a_related_table_says_whose_it_is() -> None:
    assert named("county__lpr_1y").zh.endswith("LPR")
    assert named("county__lpr_1y").zh.partition("·")[0]


@given(st.text(alphabet="abc_.·é<&1", max_size=12), st.sampled_from(["cooperative", "loan", "x"]))
def test_no_name_ever_fails(name: str, kind: str) -> None:
    assert named(name, kind).zh == name or named(name, kind).en


@pytest.mark.parametrize(
    ("name", "change", "shown"),
    [
        ("cash_total", "+1076923.08", "+1,076,923.08 元"),
        ("cash_total", "-0.01", "−0.01 元"),
        ("undertakings.own_share", "-0.800000", "−0.8"),
        ("co_sharers.kind", "bank", "银行"),
        ("undertakings.expiry", "2026-03-31", "2026-03-31"),
        ("co_sharers.contract_doc_id", "given", "补齐文件"),
        ("trades", "withdrawn", "撤下"),
        ("investment_type", False, "否"),
        ("not_known", "+5", "+5"),
    ],
)
def test_a_posting_is_written_to_the_last_unit(name: str, change: str | bool, shown: str) -> None:
    assert posted(name, change) == shown
