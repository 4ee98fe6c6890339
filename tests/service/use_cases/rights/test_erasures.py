"""Erase a person: it takes two, the log stays, the rows go and do not come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from features.book import Book
from features.simulate import simulate
from features.two_people import SamePerson
from risk.files import load_policy
from service.store.chain import GENESIS, chain_hash, chain_key
from service.store.database import Tenant, reading, writing
from service.store.decisions import draft
from service.store.erased import RULE
from service.store.store import Store
from service.store.tables import decision, erased, identity, mention, record
from service.trust.identity import Caller
from service.trust.retention import BORROWER, classes
from service.trust.roles import Role
from service.use_cases.assessing.assess import Assessor
from service.use_cases.assessing.request_book import NoSuchSubject
from service.use_cases.decided.replay import ERASED, SAME, replay
from service.use_cases.rights.erasures import Eraser, MustBeKept, NotAsked
from service.use_cases.rights.withdrawals import NoSuchPerson
from tests.service.people import citizen
from tests.service.use_cases.conftest import NOW, TODAY

BANK = "bank"
ASKS = Caller("王芳", BANK, Role.OFFICER)
APPROVES = Caller("李强", BANK, Role.APPROVER)
APPROVE = {"action": "approve", "reason": "本人书面申请，无在贷"}
MARK = "E-erase-me"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def book() -> Book:
    return simulate(60, 5, TODAY).book


@pytest.fixture
def loaded(store: Store, book: Book) -> Store:
    store.load(book, BANK, NOW)
    return store


def eraser(store: Store, today: date = TODAY) -> Eraser:
    return Eraser(store, lambda: NOW + timedelta(days=(today - TODAY).days))


def erase(store: Store, household: str, today: date = TODAY) -> Json:
    eraser(store, today).ask(household, {"reason": "本人申请"}, ASKS)
    found: Json = orjson.loads(eraser(store, today).answer(household, APPROVE, APPROVES))
    return found


def of_nobody_who_borrowed(book: Book) -> tuple[str, str]:
    """Return a household that never had a loan, and one of its applications for credit."""
    borrowed = set(book.tables["loan"]["application_id"].to_pylist())
    rows = book.tables["application"].to_pylist()
    lent = {row["household_id"] for row in rows if row["application_id"] in borrowed}
    consents = {
        row["household_id"]: row["consent_expiry"] for row in book.tables["household"].to_pylist()
    }
    for row in rows:
        home = row["household_id"]
        if row["product"] == "credit" and home and home not in lent and consents[home] > TODAY:
            return home, row["application_id"]
    raise AssertionError("everybody borrowed")


def of_a_borrower(book: Book, *, running: bool) -> tuple[str, date | None]:
    homes = {
        row["application_id"]: row["household_id"]
        for row in book.tables["application"].to_pylist()
        if row["household_id"]
    }
    latest = {row["loan_id"]: row for row in book.tables["loan"].to_pylist()}
    open_homes = {
        homes.get(row["application_id"]) for row in latest.values() if row["closed_on"] is None
    }
    for row in latest.values():
        home = homes.get(row["application_id"])
        if home and (home in open_homes) == running:
            return home, row["closed_on"]
    raise AssertionError("no such borrower")


def rows_of(store: Store, household: str, owner: str = BANK) -> Json:
    found = store.people(owner).held(household)
    return {table: len(rows) for table, rows in found.rows.items()}


def count(store: Store, table: Any, *where: Any, owner: str = BANK) -> int:
    with reading(store.engine, Tenant(owner)) as connection:
        statement = select(func.count()).select_from(table).where(*where)
        found: int = connection.execute(statement).scalar_one()
    return found


def verified(store: Store, home: Path, owner: str = BANK) -> int:
    """Return how many documents the chain has, each hash computed again."""
    key, previous = chain_key(home), GENESIS
    with reading(store.engine, Tenant(owner)) as connection:
        rows = connection.execute(select(decision).order_by(decision.c.sequence)).all()
    for place, row in enumerate(rows, 1):
        assert row.sequence == place
        assert row.previous_hash == previous
        previous = chain_hash(key, owner, place, previous, row.content)
        assert row.hash == previous
    return len(rows)


def test_the_rows_go_the_decisions_stay_and_the_chain_verifies(
    loaded: Store, book: Book, tmp_path: Path
) -> None:
    household, application = of_nobody_who_borrowed(book)
    policy = load_policy()
    assessor = Assessor(loaded, policy, tmp_path, lambda: NOW)
    entry = assessor.prepare(
        "credit", {"subject": {"kind": "application", "id": application}}, ASKS
    )
    sealed = loaded.subjects.sealed(citizen(1), BANK)
    (made,) = loaded.decisions.append_all([replace(entry, sealed=sealed)])
    assert rows_of(loaded, household)["household"] > 0
    said = erase(loaded, household)
    assert (said["asked_by"], said["by"], said["decisions_kept"]) == ("王芳", "李强", 1)
    assert rows_of(loaded, household) == {"household": 0, "application": 0, "loan": 0}
    assert count(loaded, mention, mention.c.key == household) == 0
    assert count(loaded, mention, mention.c.value == household) == 0
    assert loaded.decisions.read(entry.id, BANK) == made
    assert verified(loaded, loaded._home) == 3
    with pytest.raises(NoSuchSubject):
        assessor.prepare("credit", {"subject": {"kind": "application", "id": application}}, ASKS)
    replayed = replay(loaded, policy, entry.id, BANK)
    assert (replayed.from_features, replayed.from_input) == (SAME, ERASED)
    assert replayed.holds


def test_a_later_load_does_not_bring_it_back(loaded: Store, book: Book) -> None:
    household, application = of_nobody_who_borrowed(book)
    before = rows_of(loaded, household)
    assert erase(loaded, household)["records"] == before
    again = loaded.load(book, BANK, NOW + timedelta(days=1))
    assert again.new == 0
    assert {one.rule for one in again.quarantined} == {RULE}
    assert {one.key for one in again.quarantined} >= {household, application}
    assert len(again.quarantined) == sum(before.values())
    assert rows_of(loaded, household) == dict.fromkeys(before, 0)


def test_another_tenants_records_stay(loaded: Store, book: Book) -> None:
    household, _ = of_nobody_who_borrowed(book)
    own = Book({name: rows for name, rows in book.tables.items() if name.startswith("household")})
    loaded.load(own, "guarantee", NOW)
    erase(loaded, household)
    assert rows_of(loaded, household, "guarantee")["household"] > 0


def test_nobody_approves_what_he_asked_for(loaded: Store, book: Book) -> None:
    household, _ = of_nobody_who_borrowed(book)
    before = rows_of(loaded, household)
    eraser(loaded).ask(household, {}, ASKS)
    with pytest.raises(SamePerson):
        eraser(loaded).answer(household, APPROVE, replace(ASKS, role=Role.APPROVER))
    assert rows_of(loaded, household) == before


def test_a_request_waits_once_and_is_answered_once(loaded: Store, book: Book) -> None:
    household, _ = of_nobody_who_borrowed(book)
    before = rows_of(loaded, household)
    with pytest.raises(NotAsked):
        eraser(loaded).answer(household, APPROVE, APPROVES)
    asked = eraser(loaded).ask(household, {}, ASKS)
    assert eraser(loaded).ask(household, {"reason": "再次"}, ASKS) == asked
    rejected = APPROVE | {"action": "reject"}
    eraser(loaded).answer(household, rejected, APPROVES)
    assert rows_of(loaded, household) == before
    with pytest.raises(NotAsked):
        eraser(loaded).answer(household, APPROVE, APPROVES)
    with pytest.raises(NoSuchPerson):
        eraser(loaded).ask("nobody", {}, ASKS)


def test_a_running_loan_keeps_its_borrower(loaded: Store, book: Book) -> None:
    household, _ = of_a_borrower(book, running=True)
    with pytest.raises(MustBeKept, match="this loan runs"):
        eraser(loaded).ask(household, {}, ASKS)


def test_a_closed_loan_keeps_its_borrower_as_long_as_the_law_says(
    loaded: Store, book: Book
) -> None:
    household, _ = of_a_borrower(book, running=False)
    with pytest.raises(MustBeKept, match=r"until .*依据待核"):
        eraser(loaded).ask(household, {}, ASKS)
    years = classes()[BORROWER].years or 0
    erase(loaded, household, TODAY.replace(year=TODAY.year + years))
    assert rows_of(loaded, household) == {"household": 0, "application": 0, "loan": 0}


def test_who_came_with_a_request_alone_is_erased_by_his_token(store: Store) -> None:
    sealed = store.subjects.sealed(citizen(2), BANK)
    document = {"input": {"household": {"subject_token": sealed.token}}, "consent": {"id": "C-9"}}
    entry = draft(document, BANK, about=sealed.token)
    store.decisions.append_all([replace(entry, sealed=sealed, consent="C-9")])
    assert count(store, identity) == 1
    erase(store, sealed.token)
    assert count(store, identity) == 0
    assert store.withdrawals(BANK).among(["C-9"]) == {"C-9"}
    assert verified(store, store._home) == 3


@pytest.fixture
def entries(loaded: Store) -> tuple[Store, str]:
    """A store whose log has a decision, which is no erasure."""
    return loaded, loaded.decisions.append({"outcome": "refer"}, BANK).id


def test_no_row_goes_without_an_erasure_in_the_log(entries: tuple[Store, str], book: Book) -> None:
    store, id = entries
    household, _ = of_nobody_who_borrowed(book)
    named = {"table": "household", "key": household, "through": date(9999, 12, 31)}
    tables = (
        f"DELETE FROM record WHERE key = '{household}'",
        f"DELETE FROM mention WHERE key = '{household}'",
        f"UPDATE record SET body = '' WHERE key = '{household}'",
    )
    for entry in (id, "0" * 32):
        with writing(store.engine, Tenant(BANK)) as connection:
            connection.execute(erased.insert(), {"owner": BANK, "entry": entry, **named})
        for statement in tables:
            with (
                pytest.raises(DatabaseError, match=r"append-only|permission denied"),
                writing(store.engine, Tenant(BANK)) as connection,
            ):
                connection.execute(text(statement))
    assert rows_of(store, household)["household"] > 0


@pytest.mark.parametrize("statement", ["DELETE FROM erased", "UPDATE erased SET key = 'x'"])
def test_what_was_erased_stays_on_record(loaded: Store, book: Book, statement: str) -> None:
    erase(loaded, of_nobody_who_borrowed(book)[0])
    with (
        pytest.raises(DatabaseError, match=r"append-only|permission denied"),
        writing(loaded.engine, Tenant(BANK)) as connection,
    ):
        connection.execute(text(statement))


def test_nothing_of_it_is_left_in_the_file(sqlite_store: Store, book: Book) -> None:
    household, _ = of_nobody_who_borrowed(book)
    marked = {}
    for name, rows in book.tables.items():
        if name in ("household", "application"):
            place = rows.schema.get_field_index("evidence_doc_id")
            theirs = pc.equal(rows["household_id"], household).fill_null(False)
            column = pc.if_else(theirs, MARK, rows["evidence_doc_id"].cast(pa.string()))
            rows = rows.set_column(place, "evidence_doc_id", column)
        marked[name] = rows
    sqlite_store.load(Book(marked), BANK, NOW)
    home = sqlite_store._home
    assert MARK in "".join(raw(path) for path in home.glob("store.db*"))
    erase(sqlite_store, household)
    assert count(sqlite_store, record) > 0
    for path in home.glob("store.db*"):
        assert MARK not in raw(path), path


def raw(path: Path) -> str:
    return path.read_bytes().decode("latin-1")
