"""What an auditor reads of a decision: nothing raw of a borrower, a sha256 of what is left out."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from features.canonical import canonical_json, sha256_hex
from service.trust.identity import Caller
from service.trust.roles import Role, TenantKind
from service.use_cases.decided.masked import masked, shown_to

Json = dict[str, Any]

INCOME, DEBT, BALANCE, RATIO = "186123.00", "97456.00", "43210.00", "0.5236"
TEST: Json = {
    "id": "t1",
    "state": "warn",
    "over": BALANCE,
    "under": INCOME,
    "value": RATIO,
    "inputs": [{"name": "balance", "value": BALANCE}],
}


def verdict(kind: str, test: Json, amount: str = BALANCE) -> Json:
    return {
        "rule": "RL-40",
        "subject": {"kind": kind, "id": "L1"},
        "state": "warn",
        "tests": [test],
        "cures": [{"act": "repay", "amount": amount}],
        "missing": [],
    }


DECISION: Json = {
    "id": "d1",
    "hash": "ef" * 32,
    "outcome": "refer",
    "input": {"household": {"annual_income": INCOME}},
    "facts": [{"subject": "application", "values": {"total_debt": DEBT}}],
    "score": {
        "points": 612,
        "pd": "0.034512",
        "contributions": [
            {"feature": "debt_to_income", "value": RATIO, "reference": "0.31", "points": -28}
        ],
    },
    "reasons": [
        {
            "code": "RC-101",
            "zh": "负债偏高",
            "en": "High debt",
            "feature": "debt_to_income",
            "value": RATIO,
            "reference": "0.31",
            "change": {"from": RATIO, "to": "0.4"},
        }
    ],
    "verdicts": [
        verdict("loan", TEST),
        verdict("cooperative", {"id": "t1", "over": "1.00"}, "2.00"),
    ],
    "unknown": [],
}


def sha256(part: object) -> str:
    return f"sha256:{sha256_hex(canonical_json(part))}"


def test_nothing_of_the_borrower_can_be_read() -> None:
    text = canonical_json(masked(DECISION)).decode()
    assert [value for value in (INCOME, DEBT, BALANCE, RATIO) if value in text] == []


def test_outcome_points_sentences_and_the_cooperatives_arithmetic_stay() -> None:
    shown = masked(DECISION)
    assert shown["outcome"] == "refer"
    assert shown["score"]["points"] == 612
    assert shown["score"]["contributions"] == [{"feature": "debt_to_income", "points": -28}]
    assert [(one["code"], one["zh"]) for one in shown["reasons"]] == [("RC-101", "负债偏高")]
    loan, cooperative = shown["verdicts"]
    assert (loan["rule"], loan["state"], "tests" in loan) == ("RL-40", "warn", False)
    assert cooperative == DECISION["verdicts"][1]


def test_each_part_that_says_less_has_the_sha256_of_what_is_kept() -> None:
    said = masked(DECISION)["masked"]
    expected = {"input", "facts", "score", "reasons", "verdicts"}
    assert said == {name: sha256(DECISION[name]) for name in expected}


def test_what_hides_nothing_is_not_said_to_be_masked() -> None:
    bare = DECISION | {"score": None, "reasons": [], "verdicts": DECISION["verdicts"][1:]}
    assert set(masked(bare)["masked"]) == {"input", "facts"}


@pytest.mark.parametrize("kind", TenantKind)
def test_an_auditor_reads_the_masked_document_and_a_lender_the_kept_bytes(
    kind: TenantKind,
) -> None:
    kept = canonical_json(DECISION)
    auditor = Caller("审计", "银行", Role.AUDITOR, kind)
    officer = Caller("王芳", "银行", Role.OFFICER, TenantKind.BANK)
    assert orjson.loads(shown_to(auditor, kept)) == masked(DECISION)
    assert shown_to(officer, kept) == kept
