"""The parts: codes with their check digit, months, sheets, predators' marks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from features.book import MONEY
from features.simulate import SimulatedCounty
from features.simulate.calendar import Calendar, add_months, day_number, month_end, month_of
from features.simulate.organisations import ALPHABET, social_credit_code
from features.simulate.settings import SORTS, TRADES
from features.simulate.sheets import Child, Sheet, cast, ids, stacked, tokens, words
from features.simulate.streams import Streams


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_a_credit_code_fits_its_check_digit(body: str) -> None:
    code = social_credit_code(body)
    weighted = sum(
        ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17])
    )
    assert (weighted + ALPHABET.index(code[17])) % 31 == 0


@given(st.dates(date(2000, 1, 1), date(2050, 12, 31)), st.integers(0, 80))
def test_months_on_keep_the_day_or_end_the_month(day: date, months: int) -> None:
    number = np.array([day_number(day)])
    later = add_months(number, np.array([months]))
    assert month_of(later)[0] == month_of(number)[0] + months
    same = date(1970, 1, 1).fromordinal(int(later[0]) + date(1970, 1, 1).toordinal())
    assert same.day == day.day or later[0] == month_end(month_of(later))[0]


def test_quarters_end_on_or_before_a_day() -> None:
    calendar = Calendar.ending(date(2025, 12, 31), 36, 48)
    ends = calendar.end(calendar.quarter_ends(3, calendar.as_of)).astype("datetime64[D]")
    assert [str(day) for day in ends] == ["2025-06-30", "2025-09-30", "2025-12-31"]


@given(st.lists(st.one_of(st.none(), st.integers(-(10**15), 10**15)), min_size=1))
def test_money_is_exact_to_the_fen(amounts: list[int | None]) -> None:
    cells = np.array([np.nan if amount is None else float(amount) for amount in amounts])
    expected = [None if amount is None else Decimal(amount).scaleb(-2) for amount in amounts]
    assert cast(cells, MONEY).to_pylist() == expected


def test_what_is_missing_is_null() -> None:
    cells = np.array([1.0, np.nan, 0.0])
    assert cast(cells, pa.int64()).to_pylist() == [1, None, 0]
    assert cast(cells, pa.bool_()).to_pylist() == [True, None, False]
    assert cast(cells, pa.date32()).to_pylist() == [date(1970, 1, 2), None, date(1970, 1, 1)]


def sheet(names: list[str], children: list[int]) -> Sheet:
    count = len(names)
    parent = np.repeat(np.arange(count), children)
    child = Child(parent, {"amount": np.arange(len(parent)) * 1.0}, np.array(children) > 0)
    columns = {"name": pa.array(names)}
    days = np.arange(count)
    return Sheet("t", days, days * 10, pa.array(["reported"] * count), columns, {"c": child})


def test_rows_travel_with_their_children() -> None:
    taken = sheet(["a", "b", "c"], [2, 0, 3]).take(np.array([2, 0, 2]))
    assert taken.columns["name"].to_pylist() == ["c", "a", "c"]
    child = taken.children["c"]
    assert child.parent.tolist() == [0, 0, 0, 1, 1, 2, 2, 2]
    assert child.columns["amount"].tolist() == [2, 3, 4, 0, 1, 2, 3, 4]
    both = stacked([sheet(["a", "b"], [1, 2]), taken])
    assert both.children["c"].parent.tolist() == [0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4]
    declared = both.children["c"].declared
    assert declared is not None
    assert declared.tolist() == [True, True, True, True, True]


def test_words_and_ids() -> None:
    assert words(np.array([1, 0]), ("a", "b")).to_pylist() == ["b", "a"]
    assert ids("H", np.array([7, 1_234_567])).to_pylist() == ["H000007", "H1234567"]
    assert len(set(tokens(Streams(1).of("t"), 50).to_pylist())) == 50


def test_each_trade_pledges_its_own_sort_first() -> None:
    names = ("胡柚", "毛竹", "茶", "民宿", "苗木")
    assert tuple(trade.name for trade in TRADES) == names
    assert tuple(sort.commodity for sort in SORTS[: len(TRADES)]) == names


def test_predators_show_their_marks(large: SimulatedCounty) -> None:
    predatory = {row["org_id"] for row in large.truth["developer"].to_pylist() if row["predatory"]}
    developers = [
        row
        for row in large.book.tables["organisation"].to_pylist()
        if row["entity_type"] == "developer"
    ]
    paid = {True: [], False: []}  # type: dict[bool, list[float]]
    for row in developers:
        share = float(row["capital_paid"] / row["capital_due"])
        paid[row["org_id"] in predatory].append(share)
    assert np.median(paid[True]) < 0.4 < np.median(paid[False])


def test_prices_reach_back_two_years_from_any_application(small: SimulatedCounty) -> None:
    prices = small.book.tables["county__prices"]
    first = prices.filter(pa.compute.equal(prices["as_of"], pa.compute.min(prices["as_of"])))
    days = first["on"].to_pylist()
    assert (max(days) - min(days)).days > 730
