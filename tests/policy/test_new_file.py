"""A line is one file: dropped into a folder of policy it is judged, explained, cured and listed.

Nothing else changes: no Python, no index, no other file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from features.book import Book, write_book
from features.dictionary import load_dictionary
from features.records import book_from_rows
from features.scene import scenes
from features.schema import Kind
from risk.cure import with_cures
from risk.files import Policy, load_policy
from risk.red_lines import State, Verdict, judge_one
from service.doors.cli import application
from service.settings import Settings
from service.use_cases.judging.red_lines import judge_book, sides_of
from tests.risk.cure.sheets import DAY, SHEET

STANDS = "from: 2026-01-01, basis: EXPERT, source: 县国资办会议纪要, approved_by: 李, author: 张"
FILE = f"""\
# 现金流动负债比: what is due within a year, beside the cash that is free
id: XC-01
title: {{zh: 现金流动负债比, en: Cash to current liabilities}}
subject: cooperative
severity: O
clause: {{document: 本县两山合作社管理办法, article: 第八条}}
tests:
  - id: t1
    ratio: {{over: cash_unrestricted, under: current_liabilities}}
    under_is: burden
    bad: low
    limits:
      - {{level: warn, at: "0.30", {STANDS}}}
      - {{level: breach, at: "0.10", {STANDS}}}
cure: [inject_equity]
action: {{zh: 暂停新增支出, en: No new spending}}
cases:
  - name: a fifth of what is due is warned
    given: {{cash_unrestricted: 20, current_liabilities: 100}}
    as_of: 2026-03-31
    expect: warn
  - name: a twentieth is a breach
    given: {{cash_unrestricted: 5, current_liabilities: 100}}
    as_of: 2026-03-31
    expect: breach
  - name: nothing is due
    given: {{cash_unrestricted: 5, current_liabilities: 0}}
    as_of: 2026-03-31
    expect: not_applicable
"""
BODY = {
    "total_assets": "5000000.00",
    "current_assets": "2000000.00",
    "cash_total": "50000.00",
    "total_liabilities": "1000000.00",
    "current_liabilities": "1000000.00",
    "equity": "4000000.00",
}


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Policy:
    """Return the installation's policy once the file lies in its folder."""
    (tmp_path / "policy" / "red_lines").mkdir(parents=True)
    (tmp_path / "policy" / "red_lines" / "XC-01.yaml").write_text(FILE, encoding="utf-8")
    monkeypatch.setenv("LIANGSHAN_POLICY", str(tmp_path / "policy"))
    return load_policy(Settings().policy)


@pytest.fixture(scope="module")
def book() -> Book:
    """Return one cooperative with 5 万元 of cash beside 100 万元 that falls due."""
    table = load_dictionary().table("cooperative")
    money = {c.name: "0.00" for c in table.columns.values() if c.kind is Kind.MONEY}
    row = {**SHEET, **money, **{child: [] for child in table.children}, **BODY}
    checked = book_from_rows({"cooperative": [row]})
    assert not len(checked.faults)
    return checked.book


def verdict_of(verdicts: list[Verdict]) -> Verdict:
    return next(verdict for verdict in verdicts if verdict.rule.id == "XC-01")


def test_it_is_judged_and_explained(policy: Policy, book: Book) -> None:
    judged = judge_book(book, policy, DAY)
    verdict = verdict_of(list(judged.verdicts))
    assert verdict.state is State.BREACH
    document: Any = verdict.document()
    test = document["tests"][0]
    assert test["formula"] == "cash_unrestricted ÷ current_liabilities"
    assert (test["over"], test["under"], test["value"]) == ("50000.00", "1000000.00", "0.050000")
    assert [limit["at"] for limit in test["limits"]] == ["0.3", "0.1"]
    assert test["headroom"] == "-50000.00"
    assert test["inputs"][0]["source"] == "statement"
    assert document["clause"]["article"] == "第八条"
    answer: Any = judged.document()
    assert {row["rule"] for row in answer["findings"]} >= {"XC-01"}


def test_it_is_cured(policy: Policy, book: Book) -> None:
    effective = policy.effective(DAY)
    (subject,) = scenes(
        book,
        "cooperative",
        sides_of(effective, "cooperative"),
        at=DAY,
        parameters=policy.parameters(),
    )
    verdicts = judge_one(subject.frame(), effective)
    cured: Any = verdict_of(with_cures(subject, effective, verdicts)).document()
    # 30 % of 100 万元 is 30 万元; 5 are there
    assert [(cure["act"], cure["amount"]) for cure in cured["cures"]] == [
        ("inject_equity", "250000.00")
    ]


def test_it_is_listed_and_shown(policy: Policy) -> None:
    def run(*arguments: str) -> Any:
        result = CliRunner().invoke(application("policy"), ["policy", *arguments, "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    listed = {row["id"]: row for row in run("list", "--as-of", "2026-03-31")["files"]}
    assert listed["XC-01"]["zh"] == "现金流动负债比"
    assert listed["XC-01"]["limits"] == "warn < 0.30, breach < 0.10"
    assert run("show", "XC-01")["rule_version"].startswith("sha256:")
    assert run("check")["lines"]["XC-01"]["untold"] == {}
    assert "XC-01" in policy.red_lines


def test_the_command_line_judges_it(policy: Policy, book: Book, tmp_path: Path) -> None:
    write_book(book, tmp_path / "book")
    arguments = ["red-lines", str(tmp_path / "book"), "--as-of", DAY.isoformat(), "--json"]
    result = CliRunner().invoke(application("red-lines"), arguments)
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    states = {verdict["rule"]: verdict["state"] for verdict in said["verdicts"]}
    assert states["XC-01"] == "breach"
    assert said["policy"] == f"sha256:{policy.effective(DAY).sha256}"


def test_without_the_file_there_is_no_such_line(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIANGSHAN_POLICY", raising=False)
    judged = judge_book(book, load_policy(Settings().policy), DAY)
    assert all(verdict.rule.id != "XC-01" for verdict in judged.verdicts)
