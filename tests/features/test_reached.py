"""Whom judged rows lead to, on their own days, whether or not the book holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from features.book import Book
from features.errors import BadInput
from features.reached import Reach, Reached
from features.records import book_from_rows

Record = dict[str, Any]
EPOCH = np.datetime64("1970-01-01")


def record(day: str, **columns: object) -> Record:
    known_at = f"{day}T08:00:00+08:00"
    return {"source": "test", "quality": "reported", "as_of": day, "known_at": known_at, **columns}


def request(day: str, id: str, *resources: str, **columns: object) -> Record:
    listed = [{"resource_id": resource} for resource in resources]
    return record(day, application_id=id, bank_code="B1", resources=listed, **columns)


def number(day: str) -> int:
    return int((np.datetime64(day) - EPOCH).astype(int))


BOOK: Book = book_from_rows(
    {
        "application": [
            request("2026-03-01", "A1", "R1", "R2"),
            request("2026-04-01", "A2", "R2", "R9", household_id="H1"),
            request("2026-01-10", "A0", household_id="H1"),
        ],
        "resource": [
            record("2026-01-01", resource_id="R1", coop_id="K1"),
            record("2026-01-01", resource_id="R2", coop_id="K1"),
            record("2026-03-20", resource_id="R2", coop_id="K2"),
        ],
        "cooperative": [record("2026-01-01", coop_id="K1", total_assets="5.00")],
        "loan": [
            record("2026-02-01", loan_id="L0", application_id="A0", dpd=3),
            record("2026-03-31", loan_id="L0", application_id="A0", dpd=40),
        ],
    }
).book


def led(reached: Reached) -> list[tuple[int, str, int]]:
    """Return judged row, key and day of each pair."""
    return [
        (int(owner), reached.keys[place], int(reached.day[place]))
        for owner, place in zip(reached.owner, reached.place, strict=True)
    ]


REACH = Reach(BOOK, "application", {})


def along(paths: list[tuple[str, ...]], *ids: str) -> Reached:
    rows = np.array([REACH.keys.index(id) for id in ids], dtype=np.int64)
    return REACH.along(paths, rows)


def test_pairs_stand_once_and_in_order() -> None:
    day = number("2026-03-01")
    found = along([("resource", "cooperative")], "A1")
    assert led(found) == [(0, "K1", day)]
    assert led(along([("resource",)], "A1")) == [(0, "R1", day), (0, "R2", day)]


def test_each_row_on_its_own_day_as_known_then() -> None:
    found = along([("resource", "cooperative")], "A1", "A2")
    assert led(found) == [(0, "K1", number("2026-03-01")), (1, "K2", number("2026-04-01"))]


def test_who_is_named_and_not_in_the_book_is_there_and_missing() -> None:
    named = along([("resource",)], "A2")
    assert [key for _, key, _ in led(named)] == ["R2", "R9"]
    banks = along([("bank",)], "A2")
    frame = REACH.frame("bank", ["bank_capital_net"], banks.keys, banks.day)
    assert list(frame.keys) == ["B1"]
    assert np.isnan(frame.columns["bank_capital_net"]).all()


def test_a_chain_is_followed_to_its_end() -> None:
    loans = along([("own_loan",)], "A2")
    assert led(loans) == [(0, "L0", number("2026-04-01"))]
    frame = REACH.frame("loan", ["dpd"], loans.keys, loans.day)
    assert frame.columns["dpd"].tolist() == [40]
    assert frame.provenance["loan"].as_of.tolist() == [number("2026-03-31")]


def test_several_paths_meet_in_one_pair() -> None:
    found = along([("resource", "cooperative"), ("resource", "cooperative")], "A1")
    assert len(led(found)) == 1


def test_nobody_is_reached_from_nothing() -> None:
    assert led(along([("resource",)], "A0")) == []
    assert led(along([("body",)], "A1")) == []
    assert led(along([("bank",)])) == []


def test_subjects_of_a_day_are_evaluated_as_by_themselves() -> None:
    day = np.full(2, number("2026-03-01"))
    frame = REACH.frame("cooperative", ["total_assets"], ["K1", "K9"], day)
    assert frame.columns["total_assets"][0] == 500
    assert np.isnan(frame.columns["total_assets"][1])


def test_a_child_is_no_subject() -> None:
    with pytest.raises(BadInput, match="leads to no subject"):
        along([("resource", "price")], "A1")


def test_the_rows_themselves_are_read_as_they_are_judged() -> None:
    row = np.array([REACH.keys.index("A2")])
    frame = REACH.own(["judged_on"], row)
    assert (list(frame.keys), frame.as_of.tolist()) == (["A2"], [number("2026-04-01")])
    assert frame.columns["judged_on"].tolist() == frame.as_of.tolist()
