"""A book read on a day: which record, which children, which past readings."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from math import nan

import numpy as np
import pyarrow as pa
import pytest

from features.book import Book
from features.errors import BadInput
from features.frame import MISSING_DAY, Days, Floats
from features.point_in_time import evaluate
from tests.features.readings import BookOf, D, row, values

SHANGHAI = timezone(timedelta(hours=8))
GRACE = {"loss_grace_years": lambda days: np.full(len(days), 3.0)}


# ------------------------------------------------------------------ which record


def test_a_day_sees_the_latest_reading_up_to_it(book_of: BookOf) -> None:
    book = book_of(
        cooperative=[
            row("c", date(2025, 12, 31), total_assets=2),
            row("c", D, total_assets=3),
            row("c", date(2025, 9, 30), total_assets=1),
        ]
    )
    seen = {
        day: values(evaluate(book, "cooperative", ["total_assets"], at=day), "total_assets")
        for day in (date(2025, 9, 29), date(2025, 9, 30), date(2026, 3, 30), D, date(2027, 1, 1))
    }
    assert list(seen.values()) == [[], [100], [200], [300], [300]]


def test_what_is_known_is_known_by_the_end_of_the_day_in_shanghai(book_of: BookOf) -> None:
    late = datetime(2026, 4, 20, 23, 59, 59, tzinfo=SHANGHAI)
    book = book_of(cooperative=[row("c", D, late, total_assets=1)])
    assert len(evaluate(book, "cooperative", ["total_assets"], at=date(2026, 4, 19))) == 0
    assert len(evaluate(book, "cooperative", ["total_assets"], at=date(2026, 4, 20))) == 1
    book = book_of(cooperative=[row("c", D, late + timedelta(seconds=1), total_assets=1)])
    assert len(evaluate(book, "cooperative", ["total_assets"], at=date(2026, 4, 20))) == 0


def test_a_correction_counts_from_the_day_it_is_known(book_of: BookOf) -> None:
    book = book_of(
        cooperative=[
            row("c", D, date(2026, 6, 1), total_assets=7),
            row("c", D, date(2026, 4, 10), total_assets=5),
            row("c", date(2025, 12, 31), total_assets=4),
        ]
    )
    for day, expected in ((D, 400), (date(2026, 4, 10), 500), (date(2026, 6, 1), 700)):
        assert values(evaluate(book, "cooperative", ["total_assets"], at=day), "total_assets") == [
            expected
        ]


def test_the_later_row_wins_between_versions_of_one_instant(book_of: BookOf) -> None:
    book = book_of(cooperative=[row("c", D, total_assets=1), row("c", D, total_assets=2)])
    assert values(evaluate(book, "cooperative", ["total_assets"], at=D), "total_assets") == [200]


def test_without_a_day_each_reading_is_judged_on_its_own(book_of: BookOf) -> None:
    book = book_of(
        cooperative=[
            row("b", D, total_assets=3),
            row("a", D, date(2026, 5, 1), total_assets=20),
            row("a", D, date(2026, 6, 1), total_assets=21),
            row("a", date(2025, 12, 31), total_assets=10),
            row("b", D, D, total_assets=4),
        ]
    )
    frame = evaluate(book, "cooperative", ["total_assets"], at=None)
    seen = sorted(
        zip(frame.keys, frame.as_of.tolist(), values(frame, "total_assets"), strict=True)
    )
    assert seen == [("a", 20453, 1000), ("a", 20543, 2000), ("b", 20543, 400)]


def test_provenance_says_which_record_was_read(book_of: BookOf) -> None:
    book = book_of(
        cooperative=[
            row("c", date(2025, 12, 31), date(2026, 1, 20), county_code="k", source="report"),
            row("d", date(2025, 12, 31), county_code="nowhere"),
        ],
        county=[{"county_code": "k", "as_of": date(2026, 2, 28), "sector_benchmark": 0.6}],
    )
    frame = evaluate(book, "cooperative", ["county__sector_benchmark", "net_debt"], at=D)
    own, county = frame.provenance["cooperative"], frame.provenance["county"]
    assert set(frame.provenance) == {"cooperative", "county"}
    assert own.as_of.tolist() == [20453, 20453]
    assert own.known_at[0] == np.datetime64("2026-01-20T01:00:00")
    assert list(own.source) == ["report", "test"]
    assert county.as_of.tolist() == [20512, MISSING_DAY]
    assert np.isnat(county.known_at).tolist() == [False, True]
    assert list(county.source) == ["test", ""]
    assert values(frame, "county__sector_benchmark")[0] == 0.6
    assert np.isnan(values(frame, "county__sector_benchmark")[1])


def test_a_frame_has_exactly_what_is_wanted(book_of: BookOf) -> None:
    book = book_of(
        cooperative=[row("c", D, cash_total=5, cash_restricted=2, investment_type=True)]
    )
    wanted = ["investment_type", "cash_unrestricted", "as_of", "judged_on"]
    frame = evaluate(book, "cooperative", wanted, at=date(2026, 4, 1))
    assert list(frame.columns) == wanted
    assert [values(frame, name) for name in wanted] == [[1], [300], [20543], [20544]]
    assert (frame.keys, frame.subject) == (["c"], "cooperative")


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ("nonsense", "no feature, column"),
        ("associates__stake", "several values per row"),
        ("past__cfo", "several values per row"),
        ("level", "name one code"),
        ("loss_years", "no policy file gives this parameter"),
    ],
)
def test_a_name_that_is_no_value_is_refused(wanted: str, fault: str, book_of: BookOf) -> None:
    with pytest.raises(BadInput, match=fault):
        evaluate(book_of(cooperative=[row("c", D)]), "cooperative", [wanted], at=D)


# ------------------------------------------------------------------ columns


def test_columns_reach_a_feature_as_the_dictionary_says(book_of: BookOf) -> None:
    book = book_of(
        household=[
            {"household_id": "h", "annual_income": "90000000000000.01", "carbon_label": "浅绿"},
            {"household_id": "i", "dishonest_flag": False, "restructured_24m": True},
        ]
    )
    wanted = [
        "annual_income",
        "carbon_label",
        "dishonest_flag",
        "restructured_24m",
        "land_area_titled",
    ]
    frame = evaluate(book, "household", [*wanted, "operator_type__民宿"], at=D)
    expected = [[9000000000000001, nan], [2, 0], [nan, 0], [nan, 1], [0, 0]]
    for name, numbers in zip(wanted, expected, strict=True):
        np.testing.assert_array_equal(frame.columns[name], numbers)
    assert np.isnan(frame.columns["operator_type__民宿"]).all()


def test_money_survives_slices_and_chunks_of_arrow(book_of: BookOf) -> None:
    book = book_of(
        cooperative=[row(f"c{i}", D, total_assets=-i if i % 3 else None) for i in range(10)]
    )
    table = book.tables["cooperative"]
    pieces = pa.concat_tables([table.slice(0, 4), table.slice(4, 1), table.slice(5)])
    for cut in (Book({"cooperative": table.slice(3)}), Book({"cooperative": pieces})):
        frame = evaluate(cut, "cooperative", ["total_assets"], at=D)
        expected = [-100 * int(key[1:]) if int(key[1:]) % 3 else nan for key in frame.keys]
        np.testing.assert_array_equal(frame.columns["total_assets"], expected)


# ------------------------------------------------------------------ children


def income(months: int, amount: int = 100) -> list[dict[str, object]]:
    return [
        {
            "month": date(2025, 4 + i, 1) if i < 9 else date(2026, i - 8, 1),
            "amount": amount,
            "source_kind": "茶",
        }
        for i in range(months)
    ]


def mean_income(book: Book, day: date = D) -> Floats:
    return evaluate(book, "household", ["income_mean_12m"], at=day).columns["income_mean_12m"]


def test_children_are_those_of_the_version_that_is_read(book_of: BookOf) -> None:
    book = book_of(
        household=[
            {"household_id": "h", "income_monthly": income(12)},
            {"household_id": "h", "known_at": date(2026, 5, 1), "income_monthly": income(12, 300)},
            {"household_id": "i", "income_monthly": income(6)},
        ]
    )
    assert mean_income(book).tolist() == [10000, 5000]
    assert mean_income(book, date(2026, 5, 1)).tolist() == [30000, 5000]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"income_monthly": []}, 0),
        ({}, nan),
        ({"income_monthly": income(3), "income_monthly_rows": None}, nan),
        ({"income_monthly": income(3), "income_monthly_rows": 4}, nan),
        ({"income_monthly_rows": 2}, nan),
        ({"income_monthly_rows": 0}, 0),
    ],
)
def test_a_child_is_declared_by_a_count_that_is_true(
    columns: dict[str, object], expected: float, book_of: BookOf
) -> None:
    book = book_of(household=[{"household_id": "h", **columns}])
    np.testing.assert_array_equal(mean_income(book), [expected])


# ------------------------------------------------------------------ past readings


def losses(book: Book, day: date) -> list[float]:
    frame = evaluate(book, "cooperative", ["loss_years"], at=day, parameters=GRACE)
    return values(frame, "loss_years")


def year(number: int, result: int, known: date | None = None) -> dict[str, object]:
    end = date(number, 12, 31)
    return row("c", end, known, cfo=result, net_profit=result, operating_since=date(2015, 1, 1))


def test_past_readings_are_earlier_and_as_latest_known(book_of: BookOf) -> None:
    history = [year(2022, 1), year(2023, -1), year(2024, -1), year(2025, -1)]
    book = book_of(cooperative=history)
    assert losses(book, date(2025, 12, 31)) == [3]
    assert losses(book, date(2025, 12, 30)) == [2]
    corrected = book_of(cooperative=[*history, year(2024, 1, date(2026, 2, 1))])
    assert losses(corrected, date(2026, 1, 31)) == [3]
    assert losses(corrected, date(2026, 2, 1)) == [1]


def test_nothing_older_than_five_years_is_read(book_of: BookOf) -> None:
    history = [year(number, -1) for number in range(2018, 2026)]
    assert losses(book_of(cooperative=history), D) == [5]


def test_a_policy_parameter_is_the_one_in_force_on_the_judged_day(book_of: BookOf) -> None:
    book = book_of(cooperative=[year(number, -1) for number in range(2015, 2019)])

    def grace(days: Days) -> Floats:
        return np.where(days < 17_800, 3.0, 1.0)

    frame = evaluate(
        book, "cooperative", ["loss_years"], at=None, parameters={"loss_grace_years": grace}
    )
    np.testing.assert_array_equal(frame.columns["loss_years"], [0, 0, 0, 3])
