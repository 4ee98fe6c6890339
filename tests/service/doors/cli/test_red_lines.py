"""`liangshan red-lines DIR`: a book on a day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from features.book import Book, arrow_schema, write_book
from features.dictionary import load_dictionary
from features.schema import Kind
from risk.files import load_policy
from service.doors.cli import application

SHANGHAI = timezone(timedelta(hours=8))
COOPERATIVE = load_dictionary().table("cooperative")
LINES = sum(line.fixed["subject"] == "cooperative" for line in load_policy().red_lines.values())
UNTOLD = {"RL-36", "RL-45", "RL-46"}
STATED = date(2026, 3, 31)
VERDICT = """
    rule title subject as_of known_at state severity tests conditions rule_version
    clause action missing policy
"""
COLUMNS = """
    rule subject_kind subject_id as_of state severity over under value warn breach
    headroom missing rule_version policy
"""


def statement(coop_id: str, county: str, figures: Mapping[str, int]) -> dict[str, object]:
    """Return a statement whose other figures are 0, with every register declared empty."""
    schema = arrow_schema(COOPERATIVE)
    row: dict[str, object] = dict.fromkeys(schema.names)
    row |= {f"{child}_rows": 0 for child in COOPERATIVE.children}
    for column in COOPERATIVE.columns.values():
        if column.kind is Kind.MONEY:
            row[column.name] = Decimal(figures.get(column.name, 0))
    row |= {"coop_id": coop_id, "county_code": county, "level": "县", "reporting_scope": "entity"}
    row |= dict.fromkeys(("is_lgfv", "investment_type", "restricted_name", "audited"), False)
    row |= {"operating_since": date(2024, 1, 1), "hidden_debt_baseline_date": date(2024, 1, 1)}
    row |= {"as_of": STATED, "known_at": datetime(2026, 4, 10, tzinfo=SHANGHAI)}
    return row | {"source": "test", "quality": "reported"}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book of one empty cooperative and one deep in debt, each in its county."""
    folder = tmp_path_factory.mktemp("book")
    debts = {"total_assets": 100, "total_liabilities": 90, "current_liabilities": 90, "equity": 10}
    cash = {"short_debt": 90, "cash_total": 45, "current_assets": 45}
    rows = [
        statement("EMPTY", "330825", {}),
        statement("DEEP", "330802", {**debts, **cash}),
    ]
    table = pa.Table.from_pylist(rows, schema=arrow_schema(COOPERATIVE))
    write_book(Book({"cooperative": table}), folder)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(application("red-lines"), ["red-lines", *map(str, arguments)])


def judged(book: Path, *more: str, as_of: str = "2026-04-30") -> dict[str, dict[str, str]]:
    result = run(book, "--as-of", as_of, "--json", *more)
    assert result.exit_code == 0, result.output
    states: dict[str, dict[str, str]] = {}
    for verdict in json.loads(result.stdout)["verdicts"]:
        states.setdefault(verdict["subject"]["id"], {})[verdict["rule"]] = verdict["state"]
    return states


def test_empty_book_breaches_nothing(book: Path) -> None:
    states = judged(book)["EMPTY"]
    # the book says nothing of projects, of earlier quarters and of the county's lending rate
    assert {rule for rule, state in states.items() if state == "unknown"} == UNTOLD
    assert set(states.values()) <= {"pass", "not_applicable", "unknown"}


def test_debt_is_seen(book: Path) -> None:
    states = judged(book)["DEEP"]
    assert (states["RL-01"], states["RL-02"], states["RL-05"]) == ("breach", "breach", "warn")
    assert states["RL-06"] == "not_applicable"


def test_answer_has_the_keys_of_the_design(book: Path) -> None:
    answer = json.loads(run(book, "--as-of", "2026-04-30", "--json").stdout)
    assert set(answer) == {"as_of", "county", "policy", "counts", "findings", "verdicts"}
    assert sum(answer["counts"].values()) == len(answer["verdicts"]) == 2 * LINES
    assert all(key in verdict for verdict in answer["verdicts"] for key in VERDICT.split())
    test = answer["verdicts"][0]["tests"][0]
    assert {"id", "state", "over", "under", "formula", "limits", "headroom", "inputs"} <= set(test)
    entry = test["inputs"][0]
    assert set(entry) == {"name", "value", "unit", "as_of", "known_at", "source"}
    assert (entry["as_of"], entry["source"]) == ("2026-03-31", "test")


def test_parquet_has_the_columns_of_the_design(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "verdicts.parquet"
    assert run(book, "--as-of", "2026-04-30", "-o", out).exit_code == 0
    table = pq.read_table(out)
    assert table.column_names == COLUMNS.split()
    assert table.num_rows == 2 * LINES


def test_county_judges_its_own_alone(book: Path) -> None:
    assert list(judged(book, "--county", "330802")) == ["DEEP"]
    assert judged(book, "--county", "330000") == {}


def test_each_county_is_judged_by_its_own_policy(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "counties").mkdir()
    (tmp_path / "counties" / "330802.yaml").write_text(
        'county: "330802"\noverrides:\n  - {limit: RL-05/t1/warn, at: "0.5001", from: 2026-01-01,'
        " basis: EXPERT, source: x, reason: y, author: a, approved_by: b}\n"
        '  - {limit: RL-05/t1/breach, at: "0.4", from: 2026-01-01,'
        " basis: EXPERT, source: x, reason: y, author: a, approved_by: b}\n"
    )
    monkeypatch.setenv("LIANGSHAN_POLICY", str(tmp_path))
    verdicts = json.loads(run(book, "--as-of", "2026-04-30", "--json").stdout)["verdicts"]
    hashes = {verdict["subject"]["id"]: verdict["policy"] for verdict in verdicts}
    assert hashes["EMPTY"] != hashes["DEEP"]


def test_old_statement_is_unknown_from_its_day_on(book: Path) -> None:
    assert judged(book, as_of="2026-08-13")["DEEP"]["RL-02"] == "breach"
    assert judged(book, as_of="2026-08-14")["DEEP"]["RL-02"] == "unknown"


def test_people_get_a_table(book: Path) -> None:
    result = run(book, "--as-of", "2026-04-30")
    assert result.exit_code == 0
    assert "90.00 ÷ 100.00" in " ".join(result.output.split())


def test_usage_is_said(book: Path, tmp_path: Path) -> None:
    assert run(book).exit_code == 2
    assert run(book, "--as-of", "2026-04-30", "-o", tmp_path / "x.txt").exit_code == 3
    assert run(tmp_path / "nowhere", "--as-of", "2026-04-30").exit_code == 3
