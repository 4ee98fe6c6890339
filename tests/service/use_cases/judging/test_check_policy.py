"""What is said of a policy: which lines a book never fires, in which states it leaves them."""

from __future__ import annotations

from datetime import date

import pytest

from features.book import Book
from features.errors import BadInput
from features.records import book_from_rows
from risk.files import load_policy
from service.use_cases.judging.check_policy import check_policy

POLICY = load_policy()
DAY = date(2026, 4, 30)
BANK = {
    "as_of": "2026-03-31",
    "known_at": "2026-04-10T09:00:00+08:00",
    "source": "季报",
    "quality": "reported",
    "bank_capital_net": "1000.00",
    "bank_tier1_net": "1000.00",
    "largest_borrower_loans": "80.00",
    "largest_group_exposure": "150.00",
}


def book(*banks: dict[str, str]) -> Book:
    rows = [{**BANK, "bank_code": f"B{place}", **bank} for place, bank in enumerate(banks)]
    checked = book_from_rows({"bank": rows}, DAY)
    assert not len(checked.faults)
    return checked.book


def test_line_that_warns_nobody_has_never_fired() -> None:
    checked = check_policy(POLICY, DAY, book({}, {}))
    assert checked.states is not None
    assert checked.states["P-5"] == {"pass": 2}
    assert checked.states["RL-05"] == {}
    assert set(checked.never_fired) == set(POLICY.red_lines)


@pytest.mark.parametrize(("loans", "state"), [("81.00", "warn"), ("101.00", "breach")])
def test_line_that_fires_once_is_not_among_them(loans: str, state: str) -> None:
    checked = check_policy(POLICY, DAY, book({}, {"largest_borrower_loans": loans}))
    assert checked.states is not None
    assert checked.states["P-5"] == {"pass": 1, state: 1}
    assert set(checked.never_fired) == set(POLICY.red_lines) - {"P-5"}
    assert checked.document()["book"]["as_of"] == "2026-04-30"


def test_nothing_is_said_of_a_book_that_was_not_given() -> None:
    document = check_policy(POLICY, DAY).document()
    assert "book" not in document
    assert (document["red_lines"], document["product_cases"]) == (
        len(POLICY.red_lines),
        sum(len(product.cases) for product in POLICY.products.values()),
    )
    assert document["lines"].keys() == POLICY.red_lines.keys()


def test_book_of_no_judged_subject_is_refused() -> None:
    with pytest.raises(BadInput, match="no table that a red line judges"):
        check_policy(POLICY, DAY, Book({}))
