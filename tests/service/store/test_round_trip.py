"""A book comes out of the store as it went in, and as it was known on any day before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.book import Book
from features.records import rows_from_book
from service.store.records import SHANGHAI
from service.store.store import Store
from tests.service.conftest import NewStore
from tests.service.store.stories import LAST_DAY, NOW, books

END = date(2026, 4, 30)

round_trips = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def rows(book: Book) -> list[tuple[str, dict[str, object]]]:
    return list(rows_from_book(book))


def known_by(book: Book, day: date) -> Book:
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    return Book({n: t.filter(pc.less(t["known_at"], midnight)) for n, t in book.tables.items()})


@round_trips
@given(book=books())
def test_a_book_comes_out_bit_for_bit_and_is_no_news_then(new_store: NewStore, book: Book) -> None:
    with new_store() as store:
        loaded = store.load(book, "bank", NOW)
        assert (loaded.same, loaded.quarantined) == (0, [])
        exported = store.export(END, "bank")
        filled = {name: table for name, table in book.tables.items() if table.num_rows}
        assert {n: t for n, t in exported.tables.items() if t.num_rows} == filled
        assert loaded.new == len(rows(book))
        again = store.load(exported, "bank", NOW)
        assert (again.new, again.same, again.quarantined) == (0, loaded.new, [])


@round_trips
@given(book=books(), day=st.integers(1, LAST_DAY))
def test_an_export_knows_what_was_known_that_day(
    new_store: NewStore, book: Book, day: int
) -> None:
    known_at = date(2026, 4, day)
    with new_store() as store:
        store.load(book, "bank", NOW)
        assert rows(store.export(known_at, "bank")) == rows(known_by(book, known_at))


@pytest.mark.parametrize("day", [date(2026, 3, 31), date(2000, 1, 1)])
def test_nothing_is_known_before_it_is_said(store: Store, day: date) -> None:
    assert store.export(day, "bank").tables == {}
