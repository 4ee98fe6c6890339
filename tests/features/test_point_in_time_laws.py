"""What holds of every book: the future is not seen, and company changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from features.book import Book
from features.frame import Frame
from features.graph import catalogue
from features.point_in_time import evaluate

BookOf = Callable[..., Book]
Rows = list[dict[str, object]]
DAY = date(2026, 3, 31)
GRACE = {
    name: lambda days: np.full(len(days), 3.0)
    for subject in catalogue().subjects
    for feature in catalogue().features(subject).values()
    for name in feature.parameters
}
NAMES = {subject: sorted(catalogue().features(subject)) for subject in catalogue().subjects}

days = st.dates(date(2025, 10, 1), date(2026, 9, 30))
money = st.none() | st.integers(0, 10**6)
keys = st.sampled_from(["k1", "k2", "k3"])


@st.composite
def readings(draw: st.DrawFn, table: str) -> Rows:
    """Return a few versions of a few keys of a table, known on their day or later."""
    made = list[dict[str, object]]()
    seen = set[tuple[object, ...]]()
    for _ in range(draw(st.integers(1, 6))):
        key, as_of = draw(keys), draw(days)
        known = as_of + timedelta(draw(st.sampled_from([0, 1, 40, 200])))
        if (key, as_of, known) not in seen:
            seen.add((key, as_of, known))
            made.append(TABLES[table](draw, key) | {"as_of": as_of, "known_at": known})
    return made


def household(draw: st.DrawFn, key: str) -> dict[str, object]:
    months = draw(st.none() | st.lists(st.integers(1, 12), max_size=4, unique=True))
    child = (
        {}
        if months is None
        else {
            "income_monthly": [
                {"month": date(2025, m, 1), "amount": draw(money), "source_kind": "茶"}
                for m in months
            ]
        }
    )
    columns = ("annual_income", "debt_service_12m", "op_cash_12m", "total_debt")
    return {"household_id": key} | child | {name: draw(money) for name in columns}


def application(draw: st.DrawFn, key: str) -> dict[str, object]:
    resources = draw(st.none() | st.lists(keys, max_size=3, unique=True))
    child = {} if resources is None else {"resources": [{"resource_id": r} for r in resources]}
    amount, term = draw(st.integers(1, 10**6)), draw(st.integers(1, 60))
    return {
        "application_id": key,
        "household_id": draw(keys),
        "amount": amount,
        "term_m": term,
    } | child


def resource(draw: st.DrawFn, key: str) -> dict[str, object]:
    return {
        "resource_id": key,
        "coop_id": draw(keys),
        "county_code": "k1",
        "type": "毛竹",
        "commodity": draw(st.sampled_from(["茶", "毛竹"])),
        "valuation": draw(money),
        "liquidity_class": draw(st.sampled_from("ABCD")),
        "valuation_date": draw(days),
    }


def cooperative(draw: st.DrawFn, key: str) -> dict[str, object]:
    columns = ("total_assets", "cash_total", "cash_restricted", "cfo", "net_profit")
    return {"coop_id": key, "operating_since": date(2020, 1, 1)} | {
        n: draw(money) for n in columns
    }


def county(draw: st.DrawFn, key: str) -> dict[str, object]:
    prices = [
        {
            "type": "毛竹",
            "commodity": "茶",
            "on": date(2025, m, 1),
            "price": draw(st.integers(1, 9)),
        }
        for m in range(1, 6)
    ]
    return {"county_code": key, "prices": prices}


def project(draw: st.DrawFn, key: str) -> dict[str, object]:
    payouts = [
        {"due_on": draw(days), "due": 10, "paid_on": draw(st.none() | days), "paid": 10}
        for _ in range(draw(st.integers(0, 2)))
    ]
    return {"project_id": key, "coop_id": draw(keys), "payouts": payouts}


TABLES = {
    "household": household,
    "application": application,
    "resource": resource,
    "cooperative": cooperative,
    "county": county,
    "project": project,
}
books = st.fixed_dictionaries({table: readings(table) for table in TABLES})
a_book = settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def rows_of(frame: Frame) -> dict[tuple[str, int], bytes]:
    """Return the bits of each judged row by its key and day."""
    matrix = np.ascontiguousarray(frame.matrix(list(frame.columns)))
    return {
        (key, int(day)): matrix[i].tobytes()
        for i, (key, day) in enumerate(zip(frame.keys, frame.as_of, strict=True))
    }


def judged(book: Book, subject: str, at: date | None) -> dict[tuple[str, int], bytes]:
    return rows_of(evaluate(book, subject, NAMES[subject], at=at, parameters=GRACE))


def filtered(book: Book, keep: Callable[[str, pa.Table], np.ndarray]) -> Book:
    return Book(
        {name: table.filter(pa.array(keep(name, table))) for name, table in book.tables.items()}
    )


def instants(table: pa.Table) -> np.ndarray:
    return np.asarray(table.column("known_at").cast(pa.int64()))


@given(tables=books)
@a_book
def test_nothing_known_later_changes_a_feature(book_of: BookOf, tables: dict[str, Rows]) -> None:
    book = book_of(**tables)
    midnight = np.datetime64(DAY + timedelta(1), "us").astype(np.int64) - 8 * 3_600_000_000
    then = filtered(book, lambda _, table: instants(table) < midnight)
    for subject in NAMES:
        assert judged(book, subject, DAY) == judged(then, subject, DAY)


@given(tables=books)
@a_book
def test_nothing_described_later_changes_a_feature(
    book_of: BookOf, tables: dict[str, Rows]
) -> None:
    book = book_of(**tables)
    then = filtered(
        book,
        lambda _, t: np.asarray(t.column("as_of").cast(pa.int32())) <= DAY.toordinal() - 719163,
    )
    for subject in NAMES:
        assert judged(book, subject, DAY) == judged(then, subject, DAY)


@given(tables=books)
@a_book
def test_an_application_alone_has_the_bits_it_has_in_company(
    book_of: BookOf, tables: dict[str, Rows]
) -> None:
    everyone = judged(book_of(**tables), "application", None)
    for key in {str(row["application_id"]) for row in tables["application"]}:
        alone = [row for row in tables["application"] if row["application_id"] == key]
        for seen, bits in judged(
            book_of(**tables | {"application": alone}), "application", None
        ).items():
            assert bits == everyone[seen]


@given(tables=books)
@a_book
def test_a_day_and_ones_own_day_agree(book_of: BookOf, tables: dict[str, Rows]) -> None:
    book = book_of(**tables)
    own = judged(book, "application", None)
    known_late = {
        (row["application_id"], row["as_of"])
        for row in tables["application"]
        if row["known_at"] != row["as_of"]
    }
    for day in {row["as_of"] for row in tables["application"]}:
        assert isinstance(day, date)
        number = day.toordinal() - 719163
        for (key, judged_on), bits in judged(book, "application", day).items():
            same_day = (key, number) in own and (key, day) not in known_late
            assume(judged_on == number)
            if same_day:
                assert own[key, number] == bits


@given(tables=books, seed=st.integers(0, 9))
@a_book
def test_the_order_of_rows_changes_nothing(
    book_of: BookOf, tables: dict[str, Rows], seed: int
) -> None:
    book = book_of(**tables)
    mixed = Book(
        {
            name: table.take(np.random.default_rng(seed).permutation(len(table)))
            for name, table in book.tables.items()
        }
    )
    for subject in ("application", "cooperative"):
        assert judged(book, subject, DAY) == judged(mixed, subject, DAY)
