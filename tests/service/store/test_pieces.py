"""Books in pieces: no row is lost or doubled, whatever the size of a piece."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.book import Book
from features.errors import BadInput
from features.records import rows_from_book
from service.store import books as module
from service.store.books import book_of_rows, joined, versions_of
from tests.service.store.stories import books

examples = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@examples
@given(book=books(), size=st.integers(1, 3))
def test_pieces_hold_every_record_once(
    monkeypatch: pytest.MonkeyPatch, book: Book, size: int
) -> None:
    whole = list(versions_of(book))
    monkeypatch.setattr(module, "ROWS_AT_ONCE", size)
    assert list(versions_of(book)) == whole
    monkeypatch.undo()


@examples
@given(book=books())
def test_kept_rows_are_the_book_again(book: Book) -> None:
    parts = [book_of_rows({table: [row]}) for table, row in rows_from_book(book)]
    assert list(rows_from_book(joined(parts))) == list(rows_from_book(book))


def test_a_column_that_the_dictionary_dropped_is_named() -> None:
    row = {"bank_code": "B", "as_of": "2026-03-31", "mascot": "熊猫"}
    with pytest.raises(BadInput, match=r"bank: mascot: .*no longer has this column"):
        book_of_rows({"bank": [row]})


def test_no_rows_are_an_empty_book() -> None:
    assert book_of_rows({}).tables == {}
    assert joined([]).tables == {}
