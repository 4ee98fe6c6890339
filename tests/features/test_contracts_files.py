"""Files: what a folder may hold, and what each bad file is told."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.contracts import Checked, check_folder
from features.contracts.files import EMPTY_FILE, NO_TABLES, NOT_UTF8, WRONG_WIDTH
from features.errors import BadInput

HEADING = "bank_code,as_of,known_at,source,quality,bank_capital_net"
ROW = "B1,2026-03-31,2026-04-15,test,reported,100.00"
TEXT = f"{HEADING}\n{ROW}\n"


def check(folder: Path, content: bytes | str, name: str = "bank.csv") -> Checked:
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)
    return check_folder(folder)


def refused(folder: Path, content: bytes | str, name: str = "bank.csv") -> BadInput:
    with pytest.raises(BadInput) as caught:
        check(folder, content, name)
    return caught.value


def test_a_plain_csv_is_read(tmp_path: Path) -> None:
    bank = check(tmp_path, TEXT).book.tables["bank"]
    assert [str(value) for value in bank["bank_capital_net"].to_pylist()] == ["100.00"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.encode().rstrip(b"\n"),
        TEXT.replace(ROW, f'"{"B1"}",' + ROW.partition(",")[2]).encode(),
        (TEXT + "\n\n").encode(),
        (TEXT + ",,,,,\n,,,,,\n").encode(),
        TEXT.replace("\n", ",\n").encode(),
    ],
    ids=["mark", "CRLF", "no last newline", "quotes", "blank lines", "empty rows", "last comma"],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, content: bytes) -> None:
    checked = check(tmp_path, content)
    assert checked.book.tables["bank"]["bank_code"].to_pylist() == ["B1"]
    assert not len(checked.faults)


def test_a_compressed_csv_is_read(tmp_path: Path) -> None:
    checked = check(tmp_path, gzip.compress(TEXT.encode()), "bank.csv.gz")
    assert checked.rows == {"bank": 1}


def test_headings_may_be_chinese_and_starred(tmp_path: Path) -> None:
    heading = "银行代码*,数据日期,获知时间,数据来源,数据质量,资本净额"
    checked = check(tmp_path, f"{heading}\n{ROW}\n")
    assert not len(checked.faults)
    assert str(checked.book.tables["bank"]["bank_capital_net"][0]) == "100.00"


def test_a_newline_inside_quotes_belongs_to_the_cell(tmp_path: Path) -> None:
    row = ROW.replace("test", '"a\nb"')
    checked = check(tmp_path, f"{HEADING}\n{row}\n{ROW.replace('B1', 'B2')}\n")
    assert checked.book.tables["bank"]["source"].to_pylist() == ["a\nb", "test"]


def test_a_line_of_the_wrong_width_is_set_aside_and_the_rest_keeps_its_numbers(
    tmp_path: Path,
) -> None:
    bad_amount = ROW.replace("B1", "B3").replace("100.00", "x")
    checked = check(tmp_path, f"{HEADING}\n{ROW}\n\nB2,only\n{bad_amount}\n")
    found = [(f["row"], f["value"], f["rule"]) for f in checked.faults.rows.to_pylist()]
    assert found[0] == (3, "2", f"{WRONG_WIDTH} 6")
    assert found[1][:2] == (4, "x")
    assert checked.rows == {"bank": 3}


@pytest.mark.parametrize("content", ["", "\n", "  \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    fault = refused(tmp_path, content)
    assert (fault.rule, fault.where) == (EMPTY_FILE, "bank.csv")


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16"])
def test_another_encoding_is_refused_and_told_what_to_do(tmp_path: Path, encoding: str) -> None:
    in_cells = TEXT.replace("test", "常山农商行").encode(encoding)
    assert refused(tmp_path, in_cells).rule == NOT_UTF8


def test_another_encoding_in_the_heading_is_refused_too(tmp_path: Path) -> None:
    assert refused(tmp_path, TEXT.replace("bank_code", "银行代码").encode("gbk")).rule == NOT_UTF8


def test_an_unknown_column_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    fault = refused(tmp_path, TEXT.replace("bank_capital_net", "bank_captial_net"))
    assert fault.field == "bank_captial_net"
    assert "did you mean bank_capital_net" in fault.rule


def test_a_protected_attribute_is_refused_with_its_reason(tmp_path: Path) -> None:
    fault = refused(tmp_path, TEXT.replace("bank_capital_net", "民族"))
    assert "ethnicity" in fault.rule


@pytest.mark.parametrize("name", ["bank_code", "as_of", "known_at", "source", "quality"])
def test_a_missing_key_column_is_refused(tmp_path: Path, name: str) -> None:
    place = HEADING.split(",").index(name)
    lines = [",".join(c for i, c in enumerate(r.split(",")) if i != place) for r in (HEADING, ROW)]
    fault = refused(tmp_path, "\n".join(lines))
    assert (fault.field, fault.where) == (name, "bank")


def test_a_column_given_twice_is_refused(tmp_path: Path) -> None:
    assert "given twice" in str(refused(tmp_path, TEXT.replace("bank_capital_net", "as_of")))
    assert "given twice" in str(refused(tmp_path, TEXT.replace("bank_capital_net", "数据日期")))


def test_several_faults_of_a_heading_are_told_together(tmp_path: Path) -> None:
    text = TEXT.replace("bank_capital_net", "foo").replace("quality", "bar")
    assert {"foo", "bar", "quality"} <= set(str(refused(tmp_path, text)).replace(":", " ").split())


def test_an_unknown_table_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    assert "did you mean bank" in refused(tmp_path, TEXT, "banks.csv").rule


def test_two_files_of_one_table_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bank.parquet").write_bytes(b"")
    assert "the same table as bank.csv" in refused(tmp_path, TEXT).rule


def test_underscored_names_folders_and_other_files_are_no_tables(tmp_path: Path) -> None:
    (tmp_path / "_old.csv").write_text("x")
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "application.parquet").write_bytes(b"x")
    (tmp_path / "README.md").write_text("x")
    assert check(tmp_path, TEXT).rows == {"bank": 1}


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        check_folder(tmp_path)
    assert caught.value.rule == NO_TABLES
    with pytest.raises(BadInput, match="no such folder"):
        check_folder(tmp_path / "nowhere")


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    assert "not a Parquet file" in refused(tmp_path, TEXT, "bank.parquet").rule


def test_money_that_is_no_decimal_is_refused_by_name(tmp_path: Path) -> None:
    cells = dict(zip(HEADING.split(","), ([c] for c in ROW.split(",")), strict=True))
    for value in (1.0, 1):
        pq.write_table(pa.table({**cells, "bank_capital_net": [value]}), tmp_path / "bank.parquet")
        with pytest.raises(BadInput, match=r"bank_capital_net: .*decimal128"):
            check_folder(tmp_path)


def test_the_quarantine_file_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    formula = ROW.replace("B1", "B2").replace("100.00", "=1+1")
    negative = ROW.replace("B1", "B3").replace("2026-03-31", "-5")
    checked = check(tmp_path, f"{HEADING}\n{ROW}\n{formula}\n{negative}\n")
    checked.faults.write_csv(tmp_path / "_quarantine.csv")
    with (tmp_path / "_quarantine.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["table", "row", "field", "value", "rule"]
    assert [(r["row"], r["field"], r["value"]) for r in rows] == [
        ("2", "bank_capital_net", "'=1+1"),
        ("3", "as_of", "-5"),
    ]


def test_counts_are_of_rows_and_rules_of_faults(tmp_path: Path) -> None:
    both = ROW.replace("B1", "B2").replace("100.00", "x").replace("reported", "?")
    checked = check(tmp_path, f"{HEADING}\n{ROW}\n{both}\n{both.replace('B2', 'B3')}\n")
    assert checked.faults.counts() == {"bank": 2}
    assert [(r["field"], r["faults"]) for r in checked.faults.by_rule()] == [
        ("bank_capital_net", 2),
        ("quality", 2),
    ]
