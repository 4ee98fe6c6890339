"""What logs and error answers may say of a person: found by shape, in text without spaces too."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from features.errors import BadInput
from service.doors.http.wire.problems import Fault, Problem, ProblemKind
from service.trust.masking import mask, mask_text, masked

NUMBER = "33092219900307123X"
SHOWN = "330922***X"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"借款人{NUMBER}逾期", f"借款人{SHOWN}逾期"),
        (f"id{NUMBER.lower()}x", "id330922***xx"),
        ("证件330922 19900307 1234。", "证件330922***4。"),
        ("身份证３３０９２２１９９００３０７１２３Ｘ", "身份证３３０９２２***Ｘ"),
        ("四川511181199003071234的", "四川511181***4的"),
        ("旧号330922900307123号", "旧号330922***3号"),
        ("3309 2219 9003 0712 3X", "3309 2***X"),
        ("330922\u00a019900307\u3000123X", "330922***X"),
        ("330922\u200b19900307123X", "330922***X"),
        (repr("330922\u200b19900307123X"), "'330922***X'"),
        ("旧号３３０９２２９００３０７１２３号", "旧号３３０９２２***３号"),
        ("电话13800138000，短信", "电话138***8000，短信"),
        ("138-0013-8000", "138***8000"),
        ("卡6222021234567890128到账", "卡6222***0128到账"),
        ("postgresql://clerk:geheim@db/x", "postgresql://***@db/x"),
        ("key ls_0a1b2c3d_abcdefghijk", "key ***"),
    ],
)
def test_a_number_is_masked_in_any_text(said: str, shown: str) -> None:
    assert mask_text(said) == shown


@pytest.mark.parametrize(
    "text",
    [
        "91330100799655058B 社会信用代码",
        "913301007996550582",
        "2026-11-30T15:44:00.123456+08:00",
        "0199d0a1b2c313800138000d5e6f7a8b",
        "amount 15000000 分, 186000.00 元",
        "6222021234567890123",
        "村 330922101201",
    ],
)
def test_what_is_no_persons_number_stays(text: str) -> None:
    assert mask_text(text) == text


@given(st.text("的x年 ,:", max_size=3), st.text("的x年 ,:", max_size=3))
def test_no_neighbour_hides_a_number(before: str, after: str) -> None:
    assert NUMBER[6:-1] not in mask_text(before + NUMBER + after)


def test_nested_events_are_masked_under_any_name() -> None:
    event: dict[str, Any] = {
        "event": f"收到{NUMBER}",
        "body": {"household": {"id_number": "whatever", "phones": [13800138000, b"13800138000"]}},
        "Set-Cookie": "session=abc",
        NUMBER: {NUMBER},
        "fault": BadInput("bad", field="id", value=NUMBER),
        "status": 422,
    }
    assert mask(None, "info", event) == {
        "event": f"收到{SHOWN}",
        "body": {"household": {"id_number": "***", "phones": ["138***8000", "138***8000"]}},
        "Set-Cookie": "***",
        SHOWN: [SHOWN],
        "fault": f"""BadInput("id = '{SHOWN}': bad")""",
        "status": 422,
    }


def test_a_traceback_is_masked_once_it_is_text() -> None:
    try:
        raise KeyError(f"农户{NUMBER}不存在")
    except KeyError:
        event: Any = {"event": "failed", "exc_info": sys.exc_info()}
    shown = mask(None, "error", structlog.processors.format_exc_info(None, "error", event))
    assert "Traceback" in shown["exception"]
    assert SHOWN in shown["exception"]
    assert NUMBER not in shown["exception"]


def test_a_value_that_contains_itself_ends() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert "***" in str(masked(loop))


def test_a_problem_echoes_no_number() -> None:
    faults = [Fault(f"household.{NUMBER}", NUMBER, f"未知{NUMBER}")]
    problem = Problem(ProblemKind.BAD_INPUT, f"{NUMBER}: bad", faults=faults)
    assert NUMBER not in str(problem.document())
    assert SHOWN in problem.detail
    assert NUMBER not in str(problem)
