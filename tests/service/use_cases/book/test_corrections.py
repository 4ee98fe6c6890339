"""Corrections: proposed by one, decided by another, kept once, judged again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from features.book import Book
from features.errors import BadInput
from features.records import rows_from_book
from features.simulate import simulate
from features.two_people import SamePerson
from risk.files import Policy, load_policy
from service.store.decisions import IdempotencyConflict, Overtaken
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.assessing.request_book import NoSuchSubject
from service.use_cases.book.corrections import Corrections, NoSuchCorrection
from service.use_cases.decided.in_force import NotNow

TODAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 10, tzinfo=SHANGHAI)
COOP = "两山合作社"
ZHAO = Caller("赵会计", COOP, Role.ACCOUNTANT)
QIAN = Caller("钱主任", COOP, Role.APPROVER)
APPROVE = {"action": "approve", "reason": "已核对银行对账单"}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def book() -> Book:
    return simulate(12, 7, TODAY).book


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


@dataclass
class Office:
    """A cooperative's book in a store, and its accountants."""

    store: Store
    policy: Policy
    row: Json
    now: datetime = NOW

    @property
    def corrections(self) -> Corrections:
        def tick() -> datetime:
            self.now += timedelta(seconds=1)
            return self.now

        return Corrections(self.store, self.policy, tick)

    def asked(self, changes: Json, by: Caller = ZHAO, key: str | None = None) -> Json:
        period = {"table": "cooperative", "id": self.row["coop_id"], "as_of": self.row["as_of"]}
        body = {**period, "changes": changes, "reason": "银行对账单与报表不符"}
        return self.corrections.propose(body, by, key)

    def decided(self, id: object, body: Json = APPROVE, by: Caller = QIAN) -> Json:
        return self.corrections.decide(str(id), body, by)

    def known(self) -> Json:
        found = self.store.export(TODAY, COOP)
        rows = [row for table, row in rows_from_book(found) if table == "cooperative"]
        own = [row for row in rows if row["coop_id"] == self.row["coop_id"]]
        versions = [row for row in own if row["as_of"] == self.row["as_of"]]
        return max(versions, key=lambda row: str(row["known_at"]))


@pytest.fixture
def office(store: Store, policy: Policy, book: Book) -> Office:
    store.load(book, COOP, NOW)
    rows = [row for table, row in rows_from_book(book) if table == "cooperative"]
    return Office(store, policy, max(rows, key=lambda row: (row["as_of"], row["known_at"])))


def more_restricted(office: Office) -> Json:
    return {"cash_restricted": office.row["cash_total"]}


def test_nothing_changes_until_another_person_approves(office: Office) -> None:
    before = office.known()
    asked = office.asked(more_restricted(office))
    assert (asked["state"], office.known()) == ("open", before)
    assert asked["changes"] == [
        {
            "column": "cash_restricted",
            "from": before["cash_restricted"],
            "to": before["cash_total"],
        }
    ]
    office.decided(asked["id"])
    kept = office.known()
    assert kept["cash_restricted"] == before["cash_total"]
    assert (kept["correction_reason"], kept["approved_by"]) == ("银行对账单与报表不符", "钱主任")


def test_an_approval_tells_the_verdicts_that_it_changed(office: Office) -> None:
    answer = office.decided(office.asked(more_restricted(office))["id"])
    changed = {change["rule"]: change["to"] for change in answer["changes"]}
    verdicts = {verdict["rule"]: verdict["state"] for verdict in answer["red_lines"]["verdicts"]}
    assert changed
    assert changed.items() <= verdicts.items()
    assert answer["correction"]["decided"]["by"] == "钱主任"


def test_a_rejected_correction_changes_nothing(office: Office) -> None:
    before = office.known()
    asked = office.asked(more_restricted(office))
    answer = office.decided(asked["id"], {"action": "reject", "reason": "依据不足"})
    assert (answer["correction"]["state"], office.known()) == ("rejected", before)
    with pytest.raises(NotNow):
        office.decided(asked["id"])


def test_nobody_approves_his_own(office: Office) -> None:
    asked = office.asked(more_restricted(office))
    with pytest.raises(SamePerson):
        office.decided(asked["id"], by=Caller("赵会计 ", COOP, Role.APPROVER))


def test_the_second_of_two_on_one_row_must_be_proposed_again(office: Office) -> None:
    first, second = (
        office.asked(more_restricted(office)),
        office.asked({"inventory_resources": "1.00"}),
    )
    office.decided(first["id"])
    with pytest.raises(Overtaken):
        office.decided(second["id"])
    assert office.corrections.read(str(second["id"]), ZHAO)["state"] == "open"


def test_a_repeated_proposal_is_kept_once_even_after_its_approval(office: Office) -> None:
    first = office.asked(more_restricted(office), key="k")
    assert office.asked(more_restricted(office), key="k") == first
    office.decided(first["id"])
    assert office.asked(more_restricted(office), key="k")["state"] == "approved"
    with pytest.raises(IdempotencyConflict):
        office.asked({"inventory_resources": "1.00"}, key="k")
    assert len(office.corrections.page(ZHAO, 9, None, None)) == 1


def test_they_are_listed_by_state_the_newest_first(office: Office) -> None:
    first, second = (
        office.asked(more_restricted(office)),
        office.asked({"inventory_resources": "1.00"}),
    )
    office.decided(first["id"])
    page = office.corrections.page
    assert [one["id"] for one in page(ZHAO, 9, None, None)] == [second["id"], first["id"]]
    assert [one["id"] for one in page(ZHAO, 9, None, "open")] == [second["id"]]
    assert [one["id"] for one in page(ZHAO, 9, str(second["id"]), None)] == [first["id"]]
    assert page(Caller("孙会计", "另一合作社", Role.ACCOUNTANT), 9, None, None) == []


def test_another_tenants_correction_is_none(office: Office) -> None:
    asked = office.asked(more_restricted(office))
    with pytest.raises(NoSuchCorrection):
        office.decided(asked["id"], by=Caller("钱主任", "另一合作社", Role.APPROVER))
    with pytest.raises(NoSuchSubject):
        office.asked(more_restricted(office), Caller("孙会计", "另一合作社", Role.ACCOUNTANT))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "changes"),
        ({"as_of": "2026-03-31"}, "as_of"),
        ({"coop_id": "K999"}, "coop_id"),
        ({"approved_by": "钱主任"}, "approved_by"),
        ({"known_at": "2026-01-01T00:00:00+08:00"}, "known_at"),
        ({"total_assets": "-1.00"}, "total_assets"),
        ({"elephant": 1}, "elephant"),
    ],
)
def test_what_cannot_be_corrected_is_named(office: Office, changes: Json, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        office.asked(changes)
    assert refused.value.field == field


def test_what_is_known_already_is_no_correction(office: Office) -> None:
    with pytest.raises(BadInput, match="known already"):
        office.asked({"cash_total": office.row["cash_total"]})


def test_an_accountant_corrects_no_household(office: Office) -> None:
    body = {"table": "household", "id": "H000001", "as_of": "2026-06-30", "reason": "更正"}
    with pytest.raises(BadInput) as refused:
        office.corrections.propose({**body, "changes": {"lender_count": 1}}, ZHAO)
    assert refused.value.field == "table"
