"""Families: orphans, control counts, and whom a row takes with it when it is set aside."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pytest

from features.contracts import Checked, check_tables
from features.contracts.family import FOLLOWS, INCOMPLETE, MISCOUNT, ORPHAN, UNEXPLAINED
from features.contracts.row_rules import REPEATED
from features.errors import BadInput

Cells = Mapping[str, str | None]

GOOD: Cells = {
    "coop_id": "C1",
    "as_of": "2026-03-31",
    "known_at": "2026-04-15",
    "source": "test",
    "quality": "reported",
}
ASSOCIATE: Cells = {
    "coop_id": "C1",
    "as_of": "2026-03-31",
    "known_at": "2026-04-15",
    "associate_id": "A1",
    "stake": "0.4",
    "loan": "10.00",
}


def table(*rows: Cells) -> pa.Table:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({n: pa.array([row.get(n) for row in rows], pa.string()) for n in names})


def check(*rows: Cells, **children: list[Cells]) -> Checked:
    """Check cooperative rows beside one that is always good."""
    tables = {"cooperative": table({**GOOD, "coop_id": "GOOD"}, *rows)}
    tables |= {f"cooperative__{n}": table(*listed) for n, listed in children.items()}
    return check_tables(tables)


def keys(checked: Checked, name: str = "cooperative") -> list[str]:
    found: list[str] = checked.book.tables[name]["coop_id"].to_pylist()
    return found


def faults(checked: Checked) -> list[tuple[str, int, str, str]]:
    return [(f["table"], f["row"], f["field"], f["rule"]) for f in checked.faults.rows.to_pylist()]


def rules(checked: Checked) -> set[str]:
    return {rule for *_, rule in faults(checked)}


def test_a_later_version_whose_children_differ_is_a_correction() -> None:
    later = {**GOOD, "known_at": "2026-05-01"}
    again = {**ASSOCIATE, "known_at": "2026-05-01"}
    same = check(GOOD, later, associates=[ASSOCIATE, again])
    assert not len(same.faults)
    changed = check(GOOD, later, associates=[ASSOCIATE, {**again, "loan": "11.00"}])
    assert rules(changed) == {UNEXPLAINED, FOLLOWS}
    assert keys(changed, "cooperative__associates") == ["C1"]


def test_a_child_without_parent_is_an_orphan() -> None:
    checked = check(GOOD, associates=[ASSOCIATE, {**ASSOCIATE, "coop_id": "C9"}])
    assert faults(checked) == [("cooperative__associates", 2, "coop_id", ORPHAN)]


def test_a_child_of_another_version_is_an_orphan() -> None:
    checked = check(GOOD, associates=[ASSOCIATE, {**ASSOCIATE, "known_at": "2026-04-16"}])
    assert rules(checked) == {ORPHAN}


def test_children_of_a_parent_set_aside_go_with_it() -> None:
    checked = check(
        {**GOOD, "total_assets": "x"},
        associates=[ASSOCIATE, {**ASSOCIATE, "coop_id": "GOOD"}],
    )
    assert ("cooperative__associates", 1, "coop_id", FOLLOWS) in faults(checked)
    assert keys(checked, "cooperative__associates") == ["GOOD"]


@pytest.mark.parametrize(("declared", "kept"), [("1", True), ("2", False), ("0", False)])
def test_the_declared_count_must_match(declared: str, kept: bool) -> None:
    parent = {**GOOD, "associates_rows": declared}
    good = {**ASSOCIATE, "coop_id": "GOOD"}
    checked = check(parent, associates=[ASSOCIATE, good])
    assert ("C1" in keys(checked)) is kept
    assert keys(checked, "cooperative__associates") == (["C1", "GOOD"] if kept else ["GOOD"])
    if not kept:
        assert rules(checked) == {f"{MISCOUNT} 1", FOLLOWS}


def test_a_declared_child_without_a_file_does_not_match() -> None:
    assert rules(check({**GOOD, "acts_rows": "3"})) == {f"{MISCOUNT} 0"}
    assert keys(check({**GOOD, "acts_rows": "0"})) == ["C1", "GOOD"]


def test_a_bad_child_row_takes_its_parent_and_siblings_along() -> None:
    bad = {**ASSOCIATE, "associate_id": "A2", "loan": "-1"}
    checked = check(GOOD, associates=[ASSOCIATE, bad, {**ASSOCIATE, "coop_id": "GOOD"}])
    assert keys(checked) == ["GOOD"]
    assert {f"{INCOMPLETE} associates", FOLLOWS} < rules(checked)
    assert keys(checked, "cooperative__associates") == ["GOOD"]


def test_a_count_that_was_not_declared_is_filled_in_and_none_stays_unknown() -> None:
    book = check(GOOD, associates=[ASSOCIATE]).book.tables["cooperative"]
    assert book["associates_rows"].to_pylist() == [1, None]


def test_an_empty_child_table_is_no_fault() -> None:
    empty = table(ASSOCIATE).slice(0, 0)
    checked = check_tables({"cooperative": table(GOOD), "cooperative__associates": empty})
    assert checked.book.tables["cooperative__associates"].num_rows == 0


def test_a_month_cannot_be_given_twice() -> None:
    due = {"coop_id": "C1", "as_of": "2026-03-31", "known_at": "2026-04-15", "amount": "1"}
    other = {**due, "coop_id": "GOOD", "month_no": "1"}
    checked = check(
        GOOD, debt_due_by_month=[{**due, "month_no": "1"}, {**due, "month_no": "1"}, other]
    )
    assert REPEATED in rules(checked)
    assert keys(checked) == ["GOOD"]


def test_child_rows_without_any_parent_table_are_unusable() -> None:
    with pytest.raises(BadInput, match=ORPHAN.split(" · ")[1]):
        check_tables({"cooperative__associates": table(ASSOCIATE)})


def test_children_go_to_the_good_one_of_two_records_with_one_identity() -> None:
    checked = check({**GOOD, "total_assets": "x"}, GOOD, associates=[ASSOCIATE])
    assert keys(checked) == ["C1", "GOOD"]
    assert keys(checked, "cooperative__associates") == ["C1"]
