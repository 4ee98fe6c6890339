"""A book read on a day: which rows of other tables stand beside a row."""

from __future__ import annotations

from datetime import date
from math import nan

import numpy as np

from features.book import Book
from features.point_in_time import evaluate
from tests.features.readings import BookOf, D, row, values

HOUSEHOLD = {"household_id": "h", "annual_income": 1000, "debt_service_12m": 100, "max_dpd_24m": 3}
APPLICATION = {"application_id": "a", "household_id": "h", "amount": 600, "term_m": 24}


def test_an_application_reads_its_household_as_known_on_its_day(book_of: BookOf) -> None:
    book = book_of(
        household=[HOUSEHOLD, HOUSEHOLD | {"known_at": date(2026, 4, 1), "annual_income": 1}],
        application=[APPLICATION, APPLICATION | {"application_id": "b", "household_id": "nobody"}],
    )
    frame = evaluate(book, "application", ["debt_service_to_income", "max_dpd_24m"], at=None)
    np.testing.assert_array_equal(frame.columns["debt_service_to_income"], [0.4, nan])
    np.testing.assert_array_equal(frame.columns["max_dpd_24m"], [3, nan])


def resource(key: str, **columns: object) -> dict[str, object]:
    return {"resource_id": key, "coop_id": "c", "county_code": "k", "type": "毛竹", **columns}


def pledged(*keys: str) -> dict[str, object]:
    return APPLICATION | {"resources": [{"resource_id": key} for key in keys]}


def deposit(book: Book, *names: str) -> list[float]:
    frame = evaluate(book, "application", list(names), at=None)
    return [float(frame.columns[name][0]) for name in names]


def test_of_several_resources_the_worst_counts(book_of: BookOf) -> None:
    resources = [
        resource("r", valuation=60, liquidity_class="A", title_state="confirmed"),
        resource("s", valuation=20, liquidity_class="C", title_state="none"),
        resource("other", valuation=20, liquidity_class="D"),
    ]
    names = ("liquidity_class_rank", "title_confirmed_share", "single_item_share_of_pool")
    book = book_of(application=[pledged("r", "s")], resource=resources)
    np.testing.assert_array_equal(deposit(book, *names), [3, 0.75, nan])
    book = book_of(application=[pledged("r", "s")], resource=resources, cooperative=[row("c", D)])
    assert deposit(book, *names) == [3, 0.75, 0.6]
    book = book_of(application=[pledged("r", "gone")], resource=resources)
    assert np.isnan(deposit(book, *names)).all()


def test_a_resource_that_left_the_pool_is_no_part_of_it(book_of: BookOf) -> None:
    moved = resource("s", valuation=20) | {"coop_id": "d", "as_of": date(2026, 3, 1)}
    book = book_of(
        cooperative=[row("c", D), row("d", D)],
        resource=[
            resource("r", valuation=60),
            resource("s", valuation=20, as_of=date(2026, 1, 1)),
            moved,
        ],
    )
    for day, pools in ((D, {"c": 6000, "d": 2000}), (date(2026, 4, 1), {"c": 6000, "d": 2000})):
        frame = evaluate(book, "cooperative", ["resource_pool_value"], at=day)
        assert dict(zip(frame.keys, values(frame, "resource_pool_value"), strict=True)) == pools


def test_prices_are_those_of_the_resources_own_type_and_commodity(book_of: BookOf) -> None:
    steady = [
        {"type": "毛竹", "commodity": "毛竹", "on": date(2025, m, 1), "price": 5}
        for m in (1, 5, 9)
    ]
    wild = [
        {"type": "毛竹", "commodity": "茶", "on": date(2025, m, 1), "price": m} for m in (1, 5, 9)
    ]
    county = [{"county_code": "k", "prices": [*steady, *wild]}]
    for commodity, expected in (("毛竹", 0.0), (None, nan), ("香榧", nan)):
        book = book_of(
            application=[pledged("r")],
            resource=[resource("r", commodity=commodity)],
            county=county,
        )
        np.testing.assert_array_equal(deposit(book, "price_volatility_24m"), [expected])
    tea = book_of(
        application=[pledged("r")], resource=[resource("r", commodity="茶")], county=county
    )
    assert deposit(tea, "price_volatility_24m")[0] > 0.5


def test_rent_is_that_of_all_the_cooperatives_projects(book_of: BookOf) -> None:
    paid = {"due_on": date(2025, 6, 1), "due": 10, "paid_on": date(2025, 6, 1), "paid": 10}
    unpaid = {"due_on": date(2025, 7, 1), "due": 10}
    projects = [
        {"project_id": "p", "coop_id": "c", "payouts": [paid, paid]},
        {"project_id": "q", "coop_id": "c", "payouts": [unpaid, paid]},
        {"project_id": "z", "coop_id": "d", "payouts": [unpaid]},
    ]
    name = "coop_rent_paid_on_time_share"
    given = {
        "application": [pledged("r")],
        "resource": [resource("r")],
        "cooperative": [row("c", D)],
    }
    assert deposit(book_of(**given, project=projects), name) == [0.75]
    projects[1].pop("payouts")
    assert np.isnan(deposit(book_of(**given, project=projects), name))
    assert np.isnan(deposit(book_of(**given), name))
