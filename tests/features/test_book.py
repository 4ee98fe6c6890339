"""A book: the dictionary's schema, the same bytes for the same rows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.book import MONEY, Book, arrow_schema, empty_table, fen, read_book, write_book
from features.dictionary import load_dictionary
from features.errors import BadInput


def a_book() -> Book:
    dictionary = load_dictionary()
    bank = empty_table(dictionary.table("bank"))
    row: dict[str, object] = dict.fromkeys(bank.column_names)
    row |= {"bank_code": "B1", "bank_capital_net": Decimal("12.34")}
    bank = pa.Table.from_pylist([row, {**row, "bank_code": "B2"}], schema=bank.schema)
    return Book({"bank": bank, "county": empty_table(dictionary.table("county"))})


def test_each_kind_has_one_arrow_type() -> None:
    schema = arrow_schema(load_dictionary().table("household"))
    assert schema.field("annual_income").type == pa.decimal128(18, 2)
    assert schema.field("title_share").type == pa.float64()
    assert schema.field("lender_count").type == pa.int64()
    assert schema.field("consent_expiry").type == pa.date32()
    assert schema.field("operator_type").type == pa.string()
    assert schema.field("dishonest_flag").type == pa.bool_()
    assert schema.field("known_at").type == pa.timestamp("us", tz="Asia/Shanghai")
    assert schema.field("income_monthly_rows").type == pa.int64()


def test_a_book_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_book(a_book(), tmp_path)
    read = read_book(tmp_path)
    assert list(read.tables) == ["county", "bank"]
    assert all(read.tables[name].equals(table) for name, table in a_book().tables.items())


def test_the_same_rows_give_the_same_bytes_however_they_are_chunked(tmp_path: Path) -> None:
    book = a_book()
    bank = book.tables["bank"]
    pieces = Book({**book.tables, "bank": pa.concat_tables([bank.slice(0, 1), bank.slice(1)])})
    write_book(book, tmp_path / "one")
    write_book(pieces, tmp_path / "two")
    one, two = ((tmp_path / d / "bank.parquet").read_bytes() for d in ("one", "two"))
    assert one == two


def test_a_table_that_is_not_the_dictionarys_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"bank_code": ["B1"]}), tmp_path / "bank.parquet")
    with pytest.raises(BadInput, match="check first"):
        read_book(tmp_path)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no table"):
        read_book(tmp_path)


def test_money_is_read_as_fen_even_from_a_slice() -> None:
    money = pa.array([Decimal("1.00"), None, Decimal("-90000000000000.00")], MONEY)
    assert fen(money)[[0, 2]].tolist() == [100, -9_000_000_000_000_000]
    assert fen(money.slice(2)).tolist() == [-9_000_000_000_000_000]
