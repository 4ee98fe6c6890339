"""Section 15 of the domain page, typed by hand, against the shipped file."""

from __future__ import annotations

from datetime import date

import pytest

from risk.files import load_policy
from risk.files.propagation import StopRule

NOW = load_policy().effective(date(2026, 3, 31))
STOPS = {stop.id: stop for stop in NOW.stops or ()}
BOTH = ["credit", "deposit"]
ROUTE = "担保渠道暂不可用，可选择其他方式。"
SECTION_15 = [
    ("new_undertaking", "cooperative", "05 12 13 14 15 16 44", ["deposit"], "refer",
     "合作社暂不能新增收购承诺，与您的信用无关，可改办不带承诺的贷款。"),
    ("cooperative_under_repair", "cooperative", "08 09 11a 18 19 20 21 36 37 38 41", ["deposit"],
     "refer", "合作社正在整改，暂停新业务；您已存的资源和应得收益不受影响。"),
    ("project_suspended", "project", "22 24 25 34 39 42 51", BOTH, "refer",
     "该项目已暂停，您的租金和分红按合同优先兑付。"),
    ("developer_refused", "developer", "27 29 30 31", [], "",
     "该经营主体未通过审查，与您的申请无关。"),
    ("resource_without_pledge_value", "resource", "49 50 52", BOTH, "refer",
     "这块资源的权属或估值还缺材料：{doc}。补齐后可重新申请。"),
    ("county_takes_no_more", "county", "23", [], "", None),
    ("product_suspended", "county", "35c", BOTH, "refer", "本县该产品暂停受理，非您个人原因。"),
    ("guarantee_route_closed", "guarantee_body", "P-1 P-2 P-3 P-4", BOTH, "refer", ROUTE),
    ("guarantee_route_forbidden", "application", "48", BOTH, "decline", ROUTE),
    ("bank_limit_used", "bank", "P-5", BOTH, "refer", "该银行的授信额度已满。"),
    ("collective_property", "application", "40", BOTH, "decline", None),
    ("own_loan_in_default", "loan", "35a", BOTH, "decline", None),
]  # fmt: skip


def ids(said: str) -> tuple[str, ...]:
    return tuple(id if id.startswith("P-") else f"RL-{id}" for id in said.split())


@pytest.mark.parametrize(
    ("id", "subject", "lines", "products", "outcome", "words"), SECTION_15, ids=lambda at: str(at)
)
def test_a_row_of_the_section(
    id: str, subject: str, lines: str, products: list[str], outcome: str, words: str | None
) -> None:
    stop = STOPS[id]
    assert stop.subject == subject
    assert stop.lines_in(NOW.red_lines) == ids(lines)
    assert list(stop.products) == products
    assert stop.on_breach.outcome == outcome
    assert words in (None, stop.on_breach.zh)


def test_no_row_is_left_out() -> None:
    assert set(STOPS) == {row[0] for row in SECTION_15}


def test_every_answer_is_bilingual() -> None:
    for stop in STOPS.values():
        for answer in (stop.on_breach, stop.on_unknown or stop.on_breach):
            assert any("一" <= letter <= "鿿" for letter in answer.zh)
            assert answer.en.isascii()


def test_a_county_is_stopped_by_the_tests_of_the_product() -> None:
    for product in BOTH:
        tests = STOPS["product_suspended"].products[product]
        assert tests == (f"RL-35c/t1_{product}", f"RL-35c/t2_{product}")


def test_lines_of_o_and_y_stop_no_farmer_beside_those_the_section_names() -> None:
    named = {"RL-35a", "RL-50", "RL-29"}
    lines = {
        id
        for stop in STOPS.values()
        if isinstance(stop, StopRule)
        for id in stop.lines_in(NOW.red_lines)
        if NOW.red_lines[id].severity != "R"
    }
    assert lines <= named


def test_the_deposit_shows_every_line_of_its_cooperative() -> None:
    lines = {id for id, line in NOW.red_lines.items() if line.subject == "cooperative"}
    assert set(NOW.products["deposit"].red_lines) == lines
    assert NOW.products["credit"].red_lines == ()
