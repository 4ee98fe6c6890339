"""Records: JSON rows to a book and back; one row meets the same rules in every form."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.contracts import Checked, check_folder, check_tables
from features.contracts.family import ORPHAN
from features.contracts.row_rules import FUTURE
from features.contracts.texts import NOT_FINITE
from features.dictionary import Column, Kind, Table, load_dictionary
from features.errors import BadInput
from features.records import NOT_A_LIST, NOT_A_ROW, book_from_rows, rows_from_book

BASE = {
    "source": "test",
    "as_of": "2026-03-31",
    "known_at": "2026-04-15T08:00:00+08:00",
    "quality": "reported",
}
COOP: Mapping[str, object] = {**BASE, "coop_id": "C1"}
NAMES = [table.name for table in load_dictionary().tables.values()]
CODE = "91330100799655058B"
OTHER_CODE = "9144030071526726XG"

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8
).filter(lambda text: text == text.strip())
identifiers = st.text("ABCxyz0123456789", min_size=1, max_size=8)


def two_decimals(low: Decimal | None, high: Decimal | None) -> st.SearchStrategy[str]:
    least = -(10**15) if low is None else int(low * 100)
    most = 10**15 if high is None else int(high * 100)
    return st.integers(least, most).map(lambda fen: str(Decimal(fen).scaleb(-2)))


def plain_decimals(low: Decimal | None, high: Decimal | None) -> st.SearchStrategy[str]:
    floats = st.floats(
        None if low is None else float(low),
        None if high is None else float(high),
        width=64,
        allow_nan=False,
        allow_infinity=False,
    )
    return floats.map(lambda x: format(Decimal(repr(x + 0.0)), "f")).map(
        lambda text: text.removesuffix(".0")
    )


def values(column: Column) -> st.SearchStrategy[object]:
    low, high = column.minimum, column.maximum
    match column.kind:
        case Kind.MONEY:
            return two_decimals(low, high)
        case Kind.RATIO | Kind.AREA | Kind.NUMBER:
            return plain_decimals(low, high if high is not None else Decimal(10**9))
        case Kind.COUNT:
            return st.integers(int(low or 0), 10**6 if high is None else int(high))
        case Kind.DATE:
            days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
            return days.map(date.isoformat)
        case Kind.ENUM:
            return st.sampled_from([code.name for code in column.codes])
        case Kind.FLAG:
            return st.booleans()
        case _:
            if column.form:
                return st.just(CODE)
            return identifiers if column.is_identifier else texts


def rows_of(table: Table, *, with_base: bool = True) -> st.SearchStrategy[dict[str, object]]:
    counts = {f"{name}_rows" for name in table.children}
    free = [c for c in table.own_columns if c.name not in counts and c.name not in BASE]
    optional = {c.name: values(c) for c in free if c.name != table.key}
    optional |= {
        name: st.lists(rows_of(child, with_base=False), max_size=2)
        for name, child in table.children.items()
    }
    fixed: dict[str, st.SearchStrategy[object]] = {}
    if with_base:
        fixed = {name: st.just(value) for name, value in BASE.items()}
        fixed[table.key] = values(table.columns[table.key])
    return st.fixed_dictionaries(fixed, optional=optional)


def rules(checked: Checked) -> list[str]:
    return [str(fault["rule"]) for fault in checked.faults.rows.to_pylist()]


def fields(checked: Checked) -> list[str]:
    return [str(fault["field"]) for fault in checked.faults.rows.to_pylist()]


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_canonical_rows_come_back_as_they_were_given(name: str, data: st.DataObject) -> None:
    row = data.draw(rows_of(load_dictionary().table(name)))
    checked = book_from_rows({name: [row]})
    good = [{name: row}] if not len(checked.faults) else []
    assert [{n: r} for n, r in rows_from_book(checked.book)] == good


@given(st.lists(rows_of(load_dictionary().table("cooperative")), max_size=4))
@settings(max_examples=15, deadline=None)
def test_many_rows_come_back_each_with_its_own_children(rows: list[dict[str, object]]) -> None:
    for place, row in enumerate(rows):
        row["coop_id"] = f"C{place}"
    checked = book_from_rows({"cooperative": rows})
    bad = {f["row"] for f in checked.faults.rows.to_pylist() if f["table"] == "cooperative"}
    good = [row for number, row in enumerate(rows, 1) if number not in bad]
    assert [row for _, row in rows_from_book(checked.book)] == good


def cell_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


wild = st.one_of(
    st.sampled_from(
        ["", "-", "x", "nan", "1e400", "-1", "1,234.5", "１２", "35%", "3亩", "是", "2026/3/31"]
    ),
    st.sampled_from(
        ["2026-02-30", "11010519491231002X", "=1+1", "99999999999999999.999", "a\x01"]
    ),
    texts,
)


@given(data=st.data(), name=st.sampled_from(NAMES))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_csv_parquet_and_json_of_a_row_give_the_same_book_and_faults(
    tmp_path: Path, data: st.DataObject, name: str
) -> None:
    table = load_dictionary().table(name)
    row = data.draw(rows_of(table))
    own = {key: cell_text(v) for key, v in row.items() if key not in table.children}
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(own)), wild, max_size=3))
    own |= changes
    cells = pa.table({key: pa.array([text], pa.string()) for key, text in own.items()})
    good = {key: cell_text(v) for key, v in {**BASE, table.key: OTHER_CODE}.items()}
    both = pa.concat_tables(
        [cells, pa.table({k: [v] for k, v in good.items()})], promote_options="default"
    )
    with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(both.column_names)
        writer.writerows(zip(*(both[c].to_pylist() for c in both.column_names), strict=True))
    from_csv = check_folder(tmp_path)
    (tmp_path / f"{name}.csv").unlink()
    pq.write_table(both, tmp_path / f"{name}.parquet")
    from_parquet = check_folder(tmp_path)
    (tmp_path / f"{name}.parquet").unlink()
    from_json = book_from_rows({name: [own, good]})
    assert from_csv.faults.rows.equals(from_parquet.faults.rows)
    assert from_csv.faults.rows.equals(from_json.faults.rows)
    assert from_csv.book.tables[name].equals(from_parquet.book.tables[name])
    assert from_csv.book.tables[name].equals(from_json.book.tables[name])


def test_every_fault_is_told_with_field_and_value() -> None:
    row = {
        **COOP,
        "total_assets": 100,
        "equity": float("nan"),
        "minority_interests": "inf",
        "colour": "red",
        "is_lgfv": "maybe",
        "level": 3,
        "operating_since": True,
        "evidence_doc_id": ["x"],
        "associates": {},
    }
    checked = book_from_rows({"cooperative": [row]})
    assert set(fields(checked)) == set(row) - set(COOP)
    assert NOT_A_LIST in rules(checked)
    assert NOT_FINITE in rules(checked)
    assert not checked.book.tables["cooperative"].num_rows


def test_what_is_nested_where_it_should_not_be_is_told_by_type_alone() -> None:
    row = {**COOP, "evidence_doc_id": {"name": "张三"}, "acts": "张三", "total_assets": 10**6000}
    checked = book_from_rows({"cooperative": [row]})
    assert set(checked.faults.rows["value"].to_pylist()) == {"dict", "张三", "int"}


@pytest.mark.parametrize("value", [1, 1.5, True])
def test_money_is_a_string(value: object) -> None:
    checked = book_from_rows({"cooperative": [{**COOP, "total_assets": value}]})
    assert fields(checked) == ["total_assets"]


@pytest.mark.parametrize("value", [0.5, "0.5", "50%", 1, Decimal("0.5")])
def test_a_ratio_is_a_string_or_a_number(value: object) -> None:
    county = {**BASE, "county_code": "330822", "sector_benchmark": value}
    assert not len(book_from_rows({"county": [county]}).faults)


def test_a_huge_integer_is_a_fault() -> None:
    loan = {**BASE, "loan_id": "L", "dpd": 10**6000}
    assert rules(book_from_rows({"loan": [loan]})) == [NOT_FINITE]


def test_an_unknown_field_names_the_nearest_and_hides_its_value() -> None:
    row = {**COOP, "total_asets": "1", "religion": "x", "id_number": "11010519491231002X"}
    checked = book_from_rows({"cooperative": [row]})
    told = {f["field"]: f["rule"] for f in checked.faults.rows.to_pylist()}
    assert "did you mean total_assets" in told["total_asets"]
    assert "religion" in told["religion"]
    assert "identity number" in told["id_number"]
    assert not any(checked.faults.rows["value"].is_valid().to_pylist())


def test_what_is_no_object_is_a_fault() -> None:
    rows = [{**COOP, "associates": [3]}, 7]
    checked = book_from_rows({"cooperative": rows})
    assert rules(checked).count(NOT_A_ROW) == 2


def test_an_unknown_table_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(BadInput, match="did you mean cooperative"):
        book_from_rows({"cooperatives": [COOP]})


def test_a_future_known_at_is_a_fault() -> None:
    assert rules(book_from_rows({"cooperative": [COOP]}, date(2026, 4, 14))) == [FUTURE]


def test_an_empty_list_declares_a_child_empty_and_an_absent_key_does_not() -> None:
    book = book_from_rows({"cooperative": [{**COOP, "acts": []}]}).book
    row = book.tables["cooperative"].to_pylist()[0]
    assert (row["acts_rows"], row["associates_rows"]) == (0, None)
    assert book.tables["cooperative__acts"].num_rows == 0
    ((_, written),) = rows_from_book(book)
    assert written["acts"] == []
    assert "associates" not in written


def test_a_stated_count_must_match_the_list() -> None:
    rows = {**COOP, "acts": [], "acts_rows": 2}
    assert fields(book_from_rows({"cooperative": [rows]})) == ["acts_rows"]


def test_a_child_cannot_name_another_parent() -> None:
    act = {"coop_id": "C2", "kind": "sale", "amount": "1.00", "date": "2026-01-01"}
    assert "coop_id" in fields(book_from_rows({"cooperative": [{**COOP, "acts": [act]}]}))


def test_children_of_a_row_without_key_are_not_taken_in() -> None:
    row = {**BASE, "acts": [{"kind": "sale"}]}
    checked = book_from_rows({"cooperative": [row]})
    assert {"coop_id"} == set(fields(checked))
    assert not checked.book.tables["cooperative__acts"].num_rows
    assert ORPHAN not in rules(checked)


def test_numbers_are_written_without_exponent_and_negative_zero() -> None:
    trade = {"margin": "-0"}
    limits = [{"limit": value} for value in ("0.0000001", "1e22", "-0.0", "12.50")]
    county = {**BASE, "county_code": "330822", "delegated_documents": limits}
    book = book_from_rows({"county": [county], "cooperative": [{**COOP, "trades": [trade]}]}).book
    documents = dict(rows_from_book(book))["county"]["delegated_documents"]
    assert isinstance(documents, list)
    assert [document["limit"] for document in documents] == [
        "0.0000001",
        "10000000000000000000000",
        "0",
        "12.5",
    ]


def test_rows_of_a_book_that_never_was_json_are_canonical() -> None:
    text = {name: pa.array([str(value)]) for name, value in {**COOP, "equity": "-5"}.items()}
    ((name, row),) = rows_from_book(check_tables({"cooperative": pa.table(text)}).book)
    assert (name, row) == ("cooperative", {**COOP, "equity": "-5.00"})
