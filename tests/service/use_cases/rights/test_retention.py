"""What is past goes, and nothing before its time; each time the chain says why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from features.errors import BadInput
from features.records import book_from_rows
from service.store.audit import verify_chain
from service.store.batches import WAITING, Batch, Batches
from service.store.chain import chain_key
from service.store.claims import Claims, Step
from service.store.database import Tenant, reading
from service.store.decisions import draft
from service.store.erased import RULE
from service.store.records import SHANGHAI
from service.store.store import Store
from service.store.tables import decision
from service.trust.retention import (
    APPLICANT,
    BATCH,
    BORROWER,
    HISTORY,
    IDENTITY,
    classes,
    years_before,
)
from service.use_cases.rights.retention import Past, Retention
from tests.service.people import citizen

BANK = "bank"
TODAY = date(2040, 6, 30)
NOW = datetime(2040, 6, 30, 10, tzinfo=SHANGHAI)
Json = dict[str, Any]


def stamps(day: str) -> Json:
    return {
        "as_of": day,
        "known_at": f"{day}T08:00:00+08:00",
        "source": "t",
        "quality": "reported",
    }


def household(id: str, *days: str, token: str = "t") -> list[Json]:
    return [{"household_id": id, "subject_token": token, **stamps(day)} for day in days]


def application(id: str, home: str, day: str) -> Json:
    return {"application_id": id, "household_id": home, "product": "credit", **stamps(day)}


def loan(id: str, asked: str, day: str, closed: str | None) -> Json:
    row = {"loan_id": id, "application_id": asked, "balance": "1.00", **stamps(day)}
    return row | ({"closed_on": closed} if closed else {})


ROWS = {
    "household": [
        *household("H-closed-long-ago", "2029-01-31"),
        *household("H-closed-yesterday-ten-years-ago", "2029-01-31"),
        *household("H-open", "2020-01-31", "2029-01-31"),
        *household("H-asked-long-ago", "2035-06-30"),
        *household("H-asked-lately", "2035-07-01"),
        *household("H-old-readings", "2030-01-31", "2035-06-30", "2035-07-01", "2040-01-31"),
    ],
    "application": [
        application("A1", "H-closed-long-ago", "2029-01-31"),
        application("A2", "H-closed-yesterday-ten-years-ago", "2029-01-31"),
        application("A3", "H-open", "2029-01-31"),
        application("A4", "H-asked-long-ago", "2035-06-30"),
    ],
    "loan": [
        loan("L1", "A1", "2030-06-30", "2030-06-30"),
        loan("L2", "A2", "2030-07-01", "2030-07-01"),
        loan("L3", "A3", "2029-01-31", None),
    ],
}


@pytest.fixture
def kept(store: Store) -> Store:
    checked = book_from_rows(ROWS)
    assert not len(checked.faults), checked.faults.rows.to_pylist()
    assert store.load(checked.book, BANK, NOW).new == sum(map(len, ROWS.values()))
    return store


def retention(store: Store) -> Retention:
    return Retention(store, BANK, lambda: NOW)


EXPECTED = Past(
    people={BORROWER: ["H-closed-long-ago"], APPLICANT: ["H-asked-long-ago"]},
    history={"H-old-readings": date(2035, 6, 30), "H-open": date(2029, 1, 30)},
)


def test_each_class_runs_from_its_own_day(kept: Store) -> None:
    assert retention(kept).past(TODAY) == EXPECTED


def test_what_is_past_goes_and_the_rest_stays(kept: Store) -> None:
    assert retention(kept).erase(TODAY) == EXPECTED
    assert kept.people(BANK).households() == [
        "H-asked-lately",
        "H-closed-yesterday-ten-years-ago",
        "H-old-readings",
        "H-open",
    ]
    days = [row["as_of"] for row in kept.people(BANK).held("H-old-readings").rows["household"]]
    assert days == ["2035-07-01", "2040-01-31"]
    assert len(kept.people(BANK).held("H-open").rows["loan"]) == 1
    assert retention(kept).past(TODAY) == Past()
    assert retention(kept).erase(TODAY) == Past()


def test_each_erasure_is_an_entry_and_the_chain_verifies(kept: Store) -> None:
    retention(kept).erase(TODAY)
    with reading(kept.engine, Tenant(BANK)) as connection:
        entries = [
            orjson.loads(c) for c in connection.execute(select(decision.c.content)).scalars()
        ]
        assert verify_chain(connection, chain_key(kept._home), BANK) == 3
    said = {one["class"]: one for one in entries}
    assert set(said) == {BORROWER, APPLICANT, HISTORY}
    assert said[BORROWER]["about"] == ["H-closed-long-ago"]
    assert said[BORROWER]["years"] == classes()[BORROWER].years


def test_old_readings_do_not_come_back_and_new_ones_may(kept: Store) -> None:
    retention(kept).erase(TODAY)
    again = kept.load(book_from_rows(ROWS).book, BANK, NOW)
    assert {one.rule for one in again.quarantined} == {RULE}
    assert {one.key for one in again.quarantined} == {
        "H-closed-long-ago", "H-asked-long-ago", "H-old-readings", "H-open", "A1", "A4", "L1"
    }  # fmt: skip
    fresh = book_from_rows({"household": household("H-old-readings", "2040-06-30")}).book
    assert kept.load(fresh, BANK, NOW).new == 1


def test_a_number_that_no_record_names_goes_when_it_has_not_come_for_long(store: Store) -> None:
    for serial in (1, 2):
        sealed = store.subjects.sealed(citizen(serial), BANK)
        entry = draft({"outcome": "refer"}, BANK)
        store.decisions.append_all([type(entry)(**{**vars(entry), "sealed": sealed})])
    tokens = [store.subjects.token(citizen(serial)) for serial in (1, 2)]
    named = book_from_rows({"household": household("H-1", "2040-01-31", token=tokens[0])}).book
    store.load(named, BANK, NOW)
    later = datetime.now(SHANGHAI) + timedelta(days=5 * 366)
    keeper = Retention(store, BANK, lambda: max(later, NOW))
    day = max(later.date(), TODAY)
    assert keeper.past(day).counts()[IDENTITY] == 1
    keeper.erase(day)
    left = [store.identities(BANK).get(token) is not None for token in tokens]
    assert left == [True, False]


def test_a_batch_goes_a_year_after_its_end_and_its_decisions_stay(store: Store) -> None:
    ends = {"01": datetime(2039, 6, 30, 23, tzinfo=SHANGHAI), "02": NOW, "03": None}
    kept = Batches(store.engine, Tenant(BANK))
    for id, end in ends.items():
        kept.keep(a_batch(id))
        claim = Claims(store.engine).take(id, NOW, lambda owner, waiting: owner == BANK)
        assert claim is not None
        step = Step(2, 9, last=end is not None, faults={1: b"{}"})
        Claims(store.engine).advance(claim, step, end or NOW)
        store.decisions.append({"n": id}, BANK, idempotency_key=f"batch:{id}:2", request=b"")
    assert retention(store).past(TODAY - timedelta(days=1)).batches == []
    assert retention(store).erase(TODAY).counts()[BATCH] == 1
    assert [one.id for one in kept.newest(9)] == ["03", "02"]
    assert kept.faults("01", 1, 2) == {}
    assert kept.faults("02", 1, 2) == {1: b"{}"}
    assert len(store.decisions.by_keys([f"batch:{id}:2" for id in ends], BANK)) == 3
    assert retention(store).erase(TODAY).counts()[BATCH] == 0


def a_batch(id: str) -> Batch:
    return Batch(
        owner=BANK, id=id, product="credit", by="c", role="officer", kind="bank", made_at=NOW,
        finished_at=None, state=WAITING, rows=2, done=0, faulty=0, idempotency_key=None,
        request_digest="ab" * 32,
    )  # fmt: skip


def test_nothing_is_past_before_its_time(kept: Store) -> None:
    with pytest.raises(BadInput, match="future"):
        retention(kept).past(TODAY + timedelta(days=1))


def test_every_class_says_its_years_and_source() -> None:
    for name, one in classes().items():
        assert one.basis in ("LAW", "EXPERT"), name
        assert one.source, name
        assert one.years is None or one.years > 0, name


@pytest.mark.parametrize(
    ("day", "years", "before"),
    [
        (date(2028, 2, 29), 5, date(2023, 2, 28)),
        (date(2028, 2, 29), 4, date(2024, 2, 29)),
        (date(2026, 6, 30), 10, date(2016, 6, 30)),
    ],
)
def test_years_are_calendar_years(day: date, years: int, before: date) -> None:
    assert years_before(day, years) == before
