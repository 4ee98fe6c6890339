"""Records: append-only, bitemporal, one owner each; what is set aside is named."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.store.database import Tenant, reading, writing
from service.store.sift import (
    LATER_THAN_NOW,
    NOT_THE_WRITER,
    SAME_INSTANT,
    UNEXPLAINED,
    Known,
    Loaded,
    sift,
)
from service.store.store import Store
from service.store.versions import Version, version_of

BANK, OTHER = "青山农商行", "另一银行"
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
MARCH = date(2026, 3, 31)


def household(key: str = "H1", debt: int = 100, known: str = "2026-03-01", **more: str) -> Version:
    row = {"household_id": key, "total_debt": f"{debt}.00", "village_code": "V1"}
    return _version("household", row, known, more)


def cooperative(assets: int, known: str = "2026-03-01", **more: str) -> Version:
    return _version("cooperative", {"coop_id": "C1", "total_assets": f"{assets}.00"}, known, more)


def _version(table: str, row: dict[str, str], known: str, more: dict[str, str]) -> Version:
    times = {"as_of": "2026-02-28", "known_at": f"{known}T09:00:00+08:00"}
    return version_of(table, {**times, **row, **more})


CORRECTION = {"correction_reason": "录入错误", "approved_by": "王芳"}


def load(store: Store, *versions: Version, owner: str = BANK) -> Loaded:
    return store.records(owner).append(versions, NOW)


def debts(store: Store, known_at: date = MARCH, owner: str = BANK) -> list[str]:
    rows = store.records(owner).rows("household", known_at)
    return [str(row["total_debt"]) for row in rows]


def rules(loaded: Loaded) -> list[str]:
    return [fault.rule for fault in loaded.quarantined]


def test_a_second_load_changes_nothing(store: Store) -> None:
    first = load(store, household(), household("H2"))
    second = load(store, household(), household("H2"))
    assert (first.new, first.same) == (2, 0)
    assert (second.new, second.same) == (0, 2)


def test_the_same_content_known_later_is_no_news(store: Store) -> None:
    load(store, household())
    assert load(store, household(known="2026-03-09")).same == 1


def test_children_in_another_order_say_the_same() -> None:
    months = [{"month": "2026-01-31", "amount": "1.00"}, {"month": "2026-02-28", "amount": "2.00"}]
    row = {"household_id": "H1", "as_of": "2026-02-28", "known_at": "2026-03-01T09:00:00+08:00"}
    first = version_of("household", {**row, "income_monthly": months})
    turned = version_of("household", {**row, "income_monthly": months[::-1]})
    another = version_of("household", {**row, "income_monthly": months[:1]})
    assert first.digest == turned.digest != another.digest


def test_a_value_that_goes_and_comes_back_is_three_records(store: Store) -> None:
    story = [
        household(debt=100, known="2026-03-01"),
        household(debt=120, known="2026-03-02", **CORRECTION),
        household(debt=100, known="2026-03-03", **CORRECTION),
    ]
    assert load(store, *story).new == 3
    assert debts(store) == ["100.00", "120.00", "100.00"]
    assert debts(store, date(2026, 3, 2)) == ["100.00", "120.00"]
    assert load(store, *story).same == 3


@pytest.mark.parametrize("given", [{}, {"correction_reason": "x"}, {"approved_by": "y"}])
def test_a_change_without_reason_and_approver_is_set_aside(
    store: Store, given: dict[str, str]
) -> None:
    load(store, household())
    loaded = load(store, household(debt=120, known="2026-03-02", **given))
    assert rules(loaded) == [UNEXPLAINED]
    assert debts(store) == ["100.00"]


def test_two_contents_of_one_instant_cannot_both_be_known(store: Store) -> None:
    load(store, household())
    assert rules(load(store, household(debt=120, **CORRECTION))) == [SAME_INSTANT]


def test_nothing_is_known_later_than_the_stores_clock(store: Store) -> None:
    assert rules(load(store, household(known="2026-04-01"))) == [LATER_THAN_NOW]
    assert debts(store, date(2030, 1, 1)) == []


def test_a_private_row_is_its_owners_alone(store: Store) -> None:
    load(store, household())
    assert debts(store, owner=OTHER) == []
    assert load(store, household(debt=7), owner=OTHER).new == 1
    assert (debts(store), debts(store, owner=OTHER)) == (["100.00"], ["7.00"])


def test_a_shared_row_is_read_by_all_and_written_by_one(store: Store) -> None:
    load(store, cooperative(100))
    loaded = load(store, cooperative(120, known="2026-03-02", **CORRECTION), owner=OTHER)
    assert rules(loaded) == [NOT_THE_WRITER]
    assert len(list(store.records(OTHER).rows("cooperative", MARCH))) == 1


def test_of_two_owners_who_state_one_shared_key_at_once_one_writes_it(store: Store) -> None:
    def state(owner: str) -> Loaded:
        return load(store, *(cooperative(n, coop_id=f"C{n}") for n in range(50)), owner=owner)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(state, [BANK, OTHER])
    assert sorted([first.new, second.new]) == [0, 50]


def test_a_day_ends_at_midnight_in_shanghai(store: Store) -> None:
    last = version_of(
        "household",
        {"household_id": "H1", "total_debt": "1", "as_of": "2026-02-28"}
        | {"known_at": "2026-03-01T23:59:59.999999+08:00"},
    )
    first = version_of(
        "household",
        {"household_id": "H2", "total_debt": "2", "as_of": "2026-02-28"}
        | {"known_at": "2026-03-02T00:00:00+08:00"},
    )
    load(store, last, first)
    assert debts(store, date(2026, 3, 1)) == ["1"]


def test_keys_come_in_the_order_of_their_bytes(store: Store) -> None:
    keys = ["b", "B", "a", "乙", "甲", "é", "_", "A1", "A", "a b"]
    load(store, *(household(key) for key in keys))
    rows = store.records(BANK).rows("household", MARCH)
    assert [row["household_id"] for row in rows] == sorted(keys)


def test_a_load_that_breaks_leaves_nothing(store: Store) -> None:
    def breaking() -> Iterator[Version]:
        yield from (household(f"H{n}") for n in range(6_000))
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        store.records(BANK).append(breaking(), NOW)
    assert debts(store) == []


@pytest.mark.parametrize("change", ["UPDATE record SET body = '{}'", "DELETE FROM record"])
def test_a_record_cannot_be_changed(store: Store, change: str) -> None:
    load(store, household())
    with pytest.raises(SQLAlchemyError), writing(store.engine, Tenant(BANK)) as connection:
        connection.execute(text(change))


def test_row_level_security_stands_behind_the_repository(postgres_store: Store) -> None:
    load(postgres_store, household(), cooperative(100))
    count = text('SELECT "table" FROM record ORDER BY 1')
    with reading(postgres_store.engine) as connection:
        assert connection.execute(count).scalars().all() == ["cooperative"]
    with reading(postgres_store.engine, Tenant(OTHER)) as connection:
        assert connection.execute(count).scalars().all() == ["cooperative"]
    with reading(postgres_store.engine, Tenant(BANK)) as connection:
        assert connection.execute(count).scalars().all() == ["cooperative", "household"]


@pytest.mark.parametrize("table", ["household", "cooperative"])
def test_row_level_security_refuses_a_row_in_anothers_name(
    postgres_store: Store, table: str
) -> None:
    forged = text(
        'INSERT INTO record ("table", key, as_of, known_at, owner, recorded_at, digest, body) '
        f"VALUES ('{table}', 'X', now(), now(), '{BANK}', now(), '', '')"
    )
    with (
        pytest.raises(SQLAlchemyError, match="row-level security"),
        writing(postgres_store.engine, Tenant(OTHER)) as connection,
    ):
        connection.execute(forged)


def test_the_decisions_of_a_tenant_are_hidden_too(postgres_store: Store) -> None:
    postgres_store.decisions.append({"n": 1}, BANK)
    for table in ("decision", "chain_head"):
        with reading(postgres_store.engine, Tenant(OTHER)) as connection:
            assert connection.execute(text(f"SELECT owner FROM {table}")).all() == []


stories = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(1, 3), st.booleans()), min_size=1, max_size=12
)


@settings(max_examples=200)
@given(stories, st.integers(1, 5))
def test_any_story_told_in_pieces_or_at_once_is_kept_the_same(
    story: list[tuple[str, int, bool]], size: int
) -> None:
    versions = [
        household(key, debt, f"2026-03-{day:02d}", **(CORRECTION if corrects else {}))
        for day, (key, debt, corrects) in enumerate(story, start=1)
    ]
    whole = _kept(versions, len(versions))
    pieces = _kept(versions, size)
    assert whole == pieces
    for key in "AB":
        digests = [version.digest for version in whole if version.key == key]
        assert all(a != b for a, b in pairwise(digests))
        told = [version for version in versions if version.key == key]
        assert [v for v in whole if v.key == key][:1] == told[:1]


def _kept(versions: list[Version], size: int) -> list[Version]:
    """Return what a store would keep of versions that come `size` at a time."""
    kept: list[Version] = []
    for start in range(0, len(versions), size):
        known = [_known(version) for version in kept]
        kept += sift(versions[start : start + size], known, BANK, NOW, Loaded())
    return kept


def _known(version: Version) -> Known:
    return Known(version.key, version.as_of, version.known_at, version.digest, BANK)
