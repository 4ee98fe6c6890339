"""Tables of every accepted kind, and each mistake named."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from features.errors import BadInput
from models.train.tables import TargetRule, outcomes, read_columns, read_signs

NOON = datetime(1970, 1, 2, 12, tzinfo=UTC)


def test_parquet_of_every_kind_becomes_numbers_and_text(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    columns = {
        "count": pa.array([1, None], pa.int32()),
        "ratio": pa.array([0.5, float("nan")]),
        "money": pa.array([Decimal("12.50"), None], pa.decimal128(18, 2)),
        "flag": pa.array([True, None]),
        "day": pa.array([date(1970, 1, 3), None]),
        "at": pa.array([NOON, None], pa.timestamp("us")),
        "zoned": pa.array([NOON, None], pa.timestamp("us", tz="UTC")),
        "word": pa.array(["茶", None]),
        "kind": pa.array(["a", None]).dictionary_encode(),
        "nothing": pa.nulls(2),
    }
    parquet.write_table(pa.table(columns), path)
    frame = read_columns(path)
    first = frame.iloc[0].to_dict()
    assert first.pop("nothing") is not None
    assert first == {
        "count": 1.0, "ratio": 0.5, "money": 12.5, "flag": 1.0, "day": 2.0, "at": 1.5,
        "zoned": 1.5, "word": "茶", "kind": "a",
    }  # fmt: skip
    assert frame.iloc[1].isna().all()
    assert frame["count"].dtype == np.float64


def test_csv_and_csv_gz_are_the_same_table(tmp_path: Path) -> None:
    text = "a,b,c,y\n1,x,2020-01-02,true\n,NA,,false\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode()))
    plain, zipped = read_columns(tmp_path / "t.csv"), read_columns(tmp_path / "t.csv.gz")
    pd.testing.assert_frame_equal(plain, zipped)
    assert plain["c"].tolist()[0] == 18263.0
    assert plain.iloc[1, :3].isna().all()
    assert plain["y"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"", "the file is empty"),
        ("t.csv", b"a,b\n", "no row"),
        ("t.csv", "a,b\n1,\u8336\n".encode("gb18030"), "cannot be read"),
        ("t.csv", b"a,b\n1\n", "cannot be read"),
        ("t.csv", b"a,a\n1,2\n", "stands twice"),
        ("t.parquet", b"not parquet", "cannot be read"),
        ("t.xlsx", b"anything", "a table is .parquet"),
        ("t.csv.gz", b"not gzip", "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=said):
        read_columns(tmp_path / name)


def test_a_column_is_read_by_all_its_values_not_by_the_first_megabyte(tmp_path: Path) -> None:
    rows = ["1,2020-01-01"] * 200_000 + ["1.5,whenever"]
    (tmp_path / "t.csv").write_text("a,b\n" + "\n".join(rows), encoding="utf-8")
    frame = read_columns(tmp_path / "t.csv")
    assert frame["a"].iloc[-1] == 1.5
    assert frame["b"].iloc[-1] == "whenever"


def test_an_absent_file_and_a_column_of_lists_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_columns(tmp_path / "none.csv")
    parquet.write_table(pa.table({"l": [[1], [2]]}), tmp_path / "t.parquet")
    with pytest.raises(BadInput, match="l: a column of list"):
        read_columns(tmp_path / "t.parquet")


def test_a_second_table_takes_the_kinds_of_the_first(tmp_path: Path) -> None:
    like = pd.DataFrame({"zip": np.array(["92801", None], dtype=object), "n": [1.0, 2.0]})
    (tmp_path / "t.csv").write_text("zip,n,more\n92801,,1\n", encoding="utf-8")
    frame = read_columns(tmp_path / "t.csv", like=like)
    assert frame["zip"].tolist() == ["92801"]
    assert np.isnan(frame["n"].to_numpy(dtype=np.float64)).all()
    (tmp_path / "t.csv").write_text("zip,n\n1,many\n", encoding="utf-8")
    with pytest.raises(BadInput, match="n: is text here"):
        read_columns(tmp_path / "t.csv", like=like)
    (tmp_path / "t.csv").write_text("zip\n1\n", encoding="utf-8")
    with pytest.raises(BadInput, match="n: a column of the training table is missing"):
        read_columns(tmp_path / "t.csv", like=like)


@pytest.mark.parametrize(
    ("values", "bad", "expected"),
    [
        ([0.0, 1.0], None, [False, True]),
        (["True", "false"], None, [True, False]),
        (["good", "bad"], "bad", [False, True]),
        ([0.0, 1.0], "0", [True, False]),
        ([1.0, 2.0], "2.0", [False, True]),
        (["0", "1"], None, [False, True]),
    ],
)
def test_what_is_bad(values: list[object], bad: str | None, expected: list[bool]) -> None:
    table = pd.DataFrame({"y": values})
    assert outcomes(table, TargetRule("y", bad), "t").tolist() == expected


@pytest.mark.parametrize(
    ("values", "bad", "said"),
    [
        ([0.0, 1.0, np.nan, np.nan], None, "2 rows have no target"),
        (["a", None], "a", "1 rows have no target"),
        ([0.0, 2.0], None, "y = '2': a target is 0/1"),
        ([1.0, 1.0], None, "every row is bad"),
        ([0.0, 1.0], "7", "every row is good"),
    ],
)
def test_a_target_that_says_nothing_is_refused(
    values: list[object], bad: str | None, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        outcomes(pd.DataFrame({"y": values}), TargetRule("y", bad), "t")


def test_an_absent_target_is_named() -> None:
    with pytest.raises(BadInput, match="t: y: the table has no such target"):
        outcomes(pd.DataFrame({"x": [1.0]}), TargetRule("y"), "t")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nobody: 1", "nobody: no such column"),
        ("a: 2", "a = '2': a sign is"),
        ("a: true", "a = 'True': a sign is"),
        ("[a]", "signs are a map"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_signs_file_with_a_mistake_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "signs.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        read_signs(path, ["a", "b"])


def test_signs(tmp_path: Path) -> None:
    path = tmp_path / "signs.yaml"
    path.write_text("a: +1\nb: -1\n", encoding="utf-8")
    assert read_signs(path, ["a", "b"]) == {"a": 1, "b": -1}
