"""The simulated book passes every contract and looks like life."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.contracts import check_tables
from features.dictionary import load_dictionary
from features.simulate import SimulatedCounty, simulate


def flat(table: pa.Table, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(table[name].cast(pa.float64()).combine_chunks(), np.float64)


@pytest.mark.parametrize(("households", "seed"), [(1, 0), (2, 9), (25, 4), (600, 8)])
def test_no_row_is_set_aside(households: int, seed: int) -> None:
    county = simulate(households, seed)
    checked = check_tables(county.book.tables)
    assert checked.faults.rows.to_pylist() == []
    for name, table in county.book.tables.items():
        assert checked.book.tables[name].num_rows == table.num_rows


def test_the_smallest_county_has_some_of_everything() -> None:
    tables = simulate(1, 0).book.tables
    parents = list(load_dictionary().tables)
    assert all(tables[name].num_rows for name in parents)
    assert set(tables["application"]["product"].to_pylist()) == {"credit", "deposit"}
    assert len(set(tables["cooperative"]["coop_id"].to_pylist())) >= 12


def test_every_table_of_the_dictionary_is_there(small: SimulatedCounty) -> None:
    assert list(small.book.tables) == [table.name for table in load_dictionary().all_tables]


def test_optional_columns_of_people_are_missing_in_part(small: SimulatedCounty) -> None:
    table = small.book.tables["household"]
    optional = ("op_cash_12m", "deposits_avg_3m", "title_share", "agri_insured_share")
    shares = [table[name].null_count / table.num_rows for name in optional]
    assert all(0.1 < share < 0.7 for share in shares)
    undeclared = table["income_monthly_rows"].null_count / table.num_rows
    assert 0.3 < undeclared < 0.7


def test_missing_is_not_at_random(large: SimulatedCounty) -> None:
    table = large.book.tables["household"]
    missing = pc.is_null(table["deposits_avg_3m"]).combine_chunks().to_numpy(zero_copy_only=False)
    late = flat(table, "overdue_count_24m")
    assert late[missing].mean() > 1.1 * late[~missing].mean()


def test_some_consents_have_expired(large: SimulatedCounty) -> None:
    table = large.book.tables["household"]
    expired = pc.less(table["consent_expiry"], table["as_of"])
    assert 0.005 < pc.mean(expired.cast(pa.float64())).as_py() < 0.03


def test_a_correction_comes_later_with_reason_and_approver(small: SimulatedCounty) -> None:
    for name in ("household", "cooperative", "resource", "project"):
        table = small.book.tables[name]
        key = load_dictionary().table(name).key
        rows = table.select([key, "as_of", "known_at", "correction_reason", "approved_by"])
        first: dict[tuple[str, object], object] = {}
        corrections = 0
        for row in rows.to_pylist():
            subject = (row[key], row["as_of"])
            if row["correction_reason"] is None:
                assert subject not in first
                first[subject] = row["known_at"]
            else:
                corrections += 1
                assert row["approved_by"]
                assert row["known_at"] > first[subject]
        assert 0 < corrections < 0.1 * table.num_rows, name


def test_children_go_with_every_version_of_their_parent(small: SimulatedCounty) -> None:
    statements = small.book.tables["cooperative"]
    months = small.book.tables["cooperative__debt_due_by_month"]
    assert months.num_rows == 36 * statements.num_rows


def test_a_household_is_known_when_it_asks(small: SimulatedCounty) -> None:
    known: dict[str, list[object]] = {}
    for row in small.book.tables["household"].select(["household_id", "known_at"]).to_pylist():
        known.setdefault(row["household_id"], []).append(row["known_at"].date())
    asked = small.book.tables["application"].select(["household_id", "as_of"]).to_pylist()
    for row in asked:
        if row["household_id"]:
            assert row["as_of"] in known[row["household_id"]]


def test_no_name_stands_in_a_token(small: SimulatedCounty) -> None:
    tokens = small.book.tables["household"]["subject_token"].to_pylist()
    assert all(len(token) == 32 and int(token, 16) >= 0 for token in tokens)
    assert small.book.tables["household"]["id_cipher"].null_count == len(tokens)
