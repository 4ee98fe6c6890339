"""Whom judged rows lead to, on their own days, whether or not the book holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from features.book import Book
from features.errors import BadInput
from features.point_in_time import evaluate
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


def keys() -> list[str]:
    return list(evaluate(BOOK, "application", ["amount"], at=None).keys)


def reach(*ids: str) -> Reach:
    rows = np.array([keys().index(id) for id in ids])
    return Reach(BOOK, "application", {}, rows)


def test_pairs_stand_once_and_in_order() -> None:
    day = number("2026-03-01")
    found = reach("A1").along([("resource", "cooperative")])
    assert led(found) == [(0, "K1", day)]
    assert led(reach("A1").along([("resource",)])) == [(0, "R1", day), (0, "R2", day)]


def test_each_row_on_its_own_day_as_known_then() -> None:
    found = reach("A1", "A2").along([("resource", "cooperative")])
    assert led(found) == [(0, "K1", number("2026-03-01")), (1, "K2", number("2026-04-01"))]


def test_who_is_named_and_not_in_the_book_is_there_and_missing() -> None:
    on = reach("A2")
    named = on.along([("resource",)])
    assert [key for _, key, _ in led(named)] == ["R2", "R9"]
    banks = on.along([("bank",)])
    frame = on.frame("bank", ["bank_capital_net"], banks.keys, banks.day)
    assert list(frame.keys) == ["B1"]
    assert np.isnan(frame.columns["bank_capital_net"]).all()


def test_a_chain_is_followed_to_its_end() -> None:
    on = reach("A2")
    loans = on.along([("own_loan",)])
    assert led(loans) == [(0, "L0", number("2026-04-01"))]
    frame = on.frame("loan", ["dpd"], loans.keys, loans.day)
    assert frame.columns["dpd"].tolist() == [40]
    assert frame.provenance["loan"].as_of.tolist() == [number("2026-03-31")]


def test_several_paths_meet_in_one_pair() -> None:
    found = reach("A1").along([("resource", "cooperative"), ("resource", "cooperative")])
    assert len(led(found)) == 1


def test_nobody_is_reached_from_nothing() -> None:
    assert led(reach("A0").along([("resource",)])) == []
    assert led(reach("A1").along([("body",), ("own_loan",)][:1])) == []
    none = Reach(BOOK, "application", {}, np.array([], dtype=np.int64)).along([("bank",)])
    assert led(none) == []


def test_subjects_of_a_day_are_evaluated_as_by_themselves() -> None:
    on = reach("A1")
    frame = on.frame("cooperative", ["total_assets"], ["K1", "K9"], np.array([20_513, 20_513]))
    assert frame.columns["total_assets"][0] == 500
    assert np.isnan(frame.columns["total_assets"][1])


def test_a_child_is_no_subject() -> None:
    with pytest.raises(BadInput, match="leads to no subject"):
        reach("A1").along([("resource", "price")])
