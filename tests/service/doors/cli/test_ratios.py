"""`liangshan ratios`: any table of statements into ours, with verdicts."""

from __future__ import annotations

import gzip
import os
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from service.doors.cli import application
from service.use_cases.tables.statements import to_fen

MAP = """\
subject: firm
as_of: year
unit: "1000"
columns:
  total_assets: Assets
  total_liabilities: Debts
  current_assets: Current
  current_liabilities: Due
constants:
  investment_type: false
  public_good_capital: 0
  buyback_equity_unbooked: 0
  cash_restricted: 0
  receivables_gov: 0
"""
FIRMS = """\
firm,year,Assets,Debts,Current,Due
B,2020,1000,620,130,100
A,2021,100,65.001,110,100
A,2020,100,,99.99999,100
C,2020,0,0,0,0
"""
US_MAP = Path(__file__).parents[4] / "notebooks" / "us_bankruptcy_map.yaml"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(application("ratios"), ["ratios", *map(str, arguments)])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    table, mapping, out = tmp_path / "firms.csv", tmp_path / "map.yaml", tmp_path / "out.parquet"
    table.write_text(FIRMS)
    mapping.write_text(MAP)
    return table, mapping, out


Files = tuple[Path, Path, Path]


def judged(files: Files) -> list[dict[str, object]]:
    table, mapping, out = files
    result = run(table, "--map", mapping, "-o", out)
    assert result.exit_code == 0, result.output
    rows: list[dict[str, object]] = pq.read_table(out).to_pylist()
    return rows


def test_rows_stand_in_the_order_of_the_table(files: Files) -> None:
    rows = judged(files)
    assert [(row["subject"], str(row["as_of"])) for row in rows] == [
        ("B", "2020-12-31"),
        ("A", "2021-12-31"),
        ("A", "2020-12-31"),
        ("C", "2020-12-31"),
    ]


def test_states_values_and_headroom(files: Files) -> None:
    rows = judged(files)
    assert [row["RL_01_state"] for row in rows] == ["warn", "breach", "unknown", "pass"]
    assert [row["RL_03_state"] for row in rows] == ["pass", "warn", "breach", "not_applicable"]
    assert rows[0]["RL_01_value"] == 0.62
    assert str(rows[0]["RL_01_headroom"]) == "30000.00"
    assert str(rows[1]["RL_01_headroom"]) == "-1.00"
    assert str(rows[1]["liabilities_adjusted"]) == "65001.00"
    assert rows[2]["RL_01_value"] is None
    assert {row["RL_05_state"] for row in rows} == {"unknown"}


def test_output_follows_its_suffix(files: Files) -> None:
    table, mapping, out = files
    judged(files)
    for name in ("out.csv", "out.csv.gz"):
        target = out.with_name(name)
        assert run(table, "--map", mapping, "-o", target).exit_code == 0
        assert pcsv.read_csv(target).column_names == pq.read_table(out).column_names
    assert run(table, "--map", mapping, "-o", out.with_name("out.xlsx")).exit_code == 3


def test_gzipped_csv_and_parquet_read_as_csv_does(files: Files) -> None:
    table, mapping, out = files
    expected = judged(files)
    zipped, parquet = table.with_name("firms.csv.gz"), table.with_name("firms.parquet")
    zipped.write_bytes(gzip.compress(table.read_bytes()))
    pq.write_table(pcsv.read_csv(table), parquet)
    for other in (zipped, parquet):
        assert judged((other, mapping, out)) == expected


def test_without_a_map_the_columns_are_ours(files: Files) -> None:
    table, _, out = files
    table.write_text(
        "coop_id,as_of,cash_total,cash_restricted,short_debt,ltd_due_12m,notes_payable\n"
        "K1,2026-03-31,60.01,0.01,100,0,0\n"
    )
    assert run(table, "-o", out).exit_code == 0
    row = pq.read_table(out).to_pylist()[0]
    assert (row["RL_05_state"], str(row["cash_unrestricted"])) == ("warn", "60.00")


BAD_TABLES = {
    "column that is not there": (FIRMS.replace("Debts", "Debt"), "no such column"),
    "year that is none": (FIRMS.replace("2021", "21"), "not a year"),
    "no day": (FIRMS.replace("A,2021", "A,"), "not a year"),
    "second row of one body and year": (FIRMS.replace("A,2021", "A,2020"), "second row"),
    "number that is none": (FIRMS.replace("65.001", "many"), "Debts"),
    "number that is not finite": (FIRMS.replace("65.001", "inf"), "not a finite number"),
    "number too large": (FIRMS.replace("65.001", "1e14"), "too large"),
    "no rows": (FIRMS.splitlines()[0] + "\n", "no rows"),
    "empty file": ("", "unreadable"),
}


@pytest.mark.parametrize("fault", BAD_TABLES, ids=str)
def test_bad_table_is_refused_by_name(fault: str, files: Files) -> None:
    table, mapping, out = files
    text, reason = BAD_TABLES[fault]
    table.write_text(text)
    result = run(table, "--map", mapping, "-o", out)
    assert result.exit_code == 3
    assert reason in " ".join(result.output.split())
    assert not out.exists()


def test_table_in_another_encoding_is_refused(files: Files) -> None:
    table, mapping, out = files
    table.write_bytes(FIRMS.replace("B,2020", "甲,2020").encode("gbk"))
    result = run(table, "--map", mapping, "-o", out)
    assert result.exit_code == 3
    assert "UTF-8" in result.output


BAD_MAPS = {
    "unknown key": ("unit:", "units:", "unknown key"),
    "column that is none of ours": ("total_assets:", "assets_of_all:", "no figure of our"),
    "feature instead of a raw column": ("total_assets:", "net_assets:", "no figure of our"),
    "unquoted unit": ('"1000"', "1000.0", "quoted"),
    "unit of nothing": ('"1000"', '"0"', "above 0"),
    "column and constant": (
        "investment_type: false",
        "total_assets: 5",
        "stands under columns too",
    ),
}


@pytest.mark.parametrize("fault", BAD_MAPS, ids=str)
def test_bad_map_is_refused_with_its_line(fault: str, files: Files) -> None:
    table, mapping, out = files
    old, new, reason = BAD_MAPS[fault]
    mapping.write_text(MAP.replace(old, new, 1))
    result = run(table, "--map", mapping, "-o", out)
    assert result.exit_code == 3
    said = " ".join(result.output.split())
    assert reason in said
    assert "map.yaml:" in said


def test_negative_stock_reads_as_missing_and_is_counted(files: Files) -> None:
    table, mapping, out = files
    table.write_text(FIRMS.replace("1000,620", "-1,620"))
    result = run(table, "--map", mapping, "-o", out, "--json")
    assert '"outside":{"total_assets":1}' in result.stdout
    assert pq.read_table(out)["RL_01_state"][0].as_py() == "unknown"


@given(st.integers(-(10**12), 10**12), st.sampled_from(["1", "10000", "1000000"]))
def test_whole_fen_survive_every_unit(fen: int, unit: str) -> None:
    written = float(Decimal(fen) / 100 / Decimal(unit))
    assert to_fen(np.array([written]), Decimal(unit)).tolist() == [float(fen)]


@pytest.mark.data
def test_us_firms_end_to_end(tmp_path: Path) -> None:
    folder = os.environ.get("LIANGSHAN_DATA")
    if folder is None:
        pytest.skip("LIANGSHAN_DATA is not set")
    source = Path(folder) / "us_bankruptcy" / "us_bankruptcy_train.parquet"
    out = tmp_path / "us.parquet"
    result = run(source, "--map", US_MAP, "-o", out)
    assert result.exit_code == 0, result.output
    found, firms = pq.read_table(out), pq.read_table(source)
    assert found["subject"].to_pylist() == firms["company_name"].to_pylist()
    debts, assets = (np.asarray(firms[name]) for name in ("Total Liabilities", "Total Assets"))
    quotient = debts / assets
    sure = np.abs(quotient - 0.65) > 1e-9
    breached = np.asarray(found["RL_01_state"]) == "breach"
    assert np.array_equal(breached[sure], (quotient > 0.65)[sure])
    for line in ("RL_02", "RL_05", "RL_06", "RL_07"):
        assert pc.unique(found[f"{line}_state"]).to_pylist() == ["unknown"]
