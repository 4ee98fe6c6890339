"""Consent at every door: id, expiry, purpose, and what a withdrawal stops and what it leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pyarrow as pa
import pytest
from sqlalchemy import select

from features.book import Book, read_book
from features.errors import BadInput
from features.simulate import simulate
from risk.files import load_policy
from service.doors.http.schemas import requests
from service.settings import Settings
from service.store.consents import ConsentWithdrawn
from service.store.database import Tenant, reading
from service.store.decisions import Draft, draft
from service.store.store import Store
from service.store.tables import chain_head
from service.store.versions import version_of
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.assessing.consents import ConsentMissing, of_other_purpose
from service.use_cases.assessing.score import score_book
from service.use_cases.book.books import HOME_OWNER, export_folder
from service.use_cases.decided.replay import SAME, replay
from service.use_cases.decided.reviews import Reviewer
from service.use_cases.decided.what_if import WhatIf
from service.use_cases.rights.withdrawals import NoSuchPerson, Withdrawer
from tests.service.people import citizen
from tests.service.use_cases.conftest import NOW, OFFICER, TODAY, County

Json = dict[str, Any]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county of this module alone: who withdraws here is missing elsewhere."""
    home = tmp_path_factory.mktemp("withdrawals")
    store = Store.open(Settings(home=home, database_url=""))
    book = simulate(200, 11, TODAY).book
    store.load(book, HOME_OWNER, NOW)
    return County(book, store, load_policy(), home)


def inline(**household: object) -> Json:
    body: Json = requests()["inline"]["value"]
    return {**body, "household": body["household"] | household}


def household_of(county: County, application: str) -> str:
    rows = county.book.tables["application"].to_pylist()
    return next(str(r["household_id"]) for r in rows if r["application_id"] == application)


def withdraw(county: County, household: str, **body: str) -> Json:
    document = Withdrawer(county.store, lambda: NOW).withdraw(household, body, OFFICER)
    found: Json = orjson.loads(document)
    return found


def consenting(county: County, place: int) -> tuple[str, Json, Json]:
    """Return household, request and decision of one of several borrowers who consented."""
    found = 0
    for application in county.applications("credit"):
        body = {"subject": {"kind": "application", "id": application}}
        try:
            made = county.assess("credit", body)
        except BadInput:
            continue
        if found == place:
            return household_of(county, application), body, made
        found += 1
    raise AssertionError("nobody consented")


@pytest.mark.parametrize(
    ("household", "field"),
    [
        ({"consent_id": None}, "consent_id"),
        ({"consent_expiry": None}, "consent_expiry"),
        ({"consent_expiry": "2026-06-30"}, "consent_expiry"),
        ({"consent_purpose": "deposit"}, "consent_purpose"),
        ({"consent_purpose": "monitoring"}, "consent_purpose"),
    ],
)
def test_a_consent_has_an_id_an_expiry_and_a_purpose(
    county: County, household: Json, field: str
) -> None:
    with pytest.raises(ConsentMissing) as refused:
        county.assess("credit", inline(**household))
    assert refused.value.field == field


def test_a_new_application_that_is_dated_back_rests_on_the_consent_of_today(
    county: County,
) -> None:
    household, body, _ = consenting(county, 3)
    rows = county.book.tables["household"].to_pylist()
    last = [row for row in rows if row["household_id"] == household][-1]
    said = {name: last[name] for name in ("household_id", "subject_token", "county_code")}
    new = requests()["inline"]["value"]["application"]
    dated = {"application": new | {"household_id": household, "as_of": "2026-06-28"}}

    def tell(at: str, **consent: str) -> None:
        stamps = {"as_of": at, "known_at": f"{at}T08:00:00+08:00", "source": "核心"}
        row = said | stamps | {"quality": "reported"} | consent
        version = version_of("household", row)
        assert county.store.records(HOME_OWNER).append([version], NOW).new == 1

    tell("2026-06-28", consent_id="C-ended", consent_expiry="2026-06-29")
    with pytest.raises(ConsentMissing) as refused:
        county.assess("credit", dated)
    assert refused.value.field == "consent_expiry"
    assert county.assess("credit", body)["outcome"]
    tell("2026-06-29", consent_id="C-renewed", consent_expiry="2027-06-29")
    made = county.assess("credit", dated)
    assert made["consent"]["id"] == "C-renewed"
    again = replay(county.store, county.policy, made["id"], HOME_OWNER)
    assert (again.from_features, again.from_input) == (SAME, SAME)


@pytest.mark.parametrize("purpose", [None, "assessment", "credit"])
def test_a_decision_says_which_consent_it_rests_on(county: County, purpose: str | None) -> None:
    made = county.assess("credit", inline(consent_purpose=purpose, consent_expiry="2026-07-01"))
    assert made["consent"] == {
        "id": "C-2026-000001",
        "purpose": purpose or "assessment",
        "expiry": "2026-07-01",
    }


def test_a_batch_scores_nobody_who_consented_to_something_else(county: County) -> None:
    households = county.book.tables["household"]
    place = households.schema.get_field_index("consent_purpose")
    other = pa.array(["monitoring"] * households.num_rows)
    tables = dict(county.book.tables)
    tables["household"] = households.set_column(place, "consent_purpose", other)
    book = Book(tables)
    assert set(county.applications("credit")) <= of_other_purpose(book, "credit")
    scored = score_book("credit", book, county.policy, county.home).to_pylist()
    firms = set(county.applications("credit", "organisation"))
    assert {row["outcome"] for row in scored} == {"refer"}
    assert all(row["points"] is None for row in scored if row["application_id"] not in firms)


def test_nothing_new_is_decided_and_what_was_decided_stands(county: County) -> None:
    household, body, made = consenting(county, 0)
    said = withdraw(county, household, reason="不再贷款")
    assert said["kind"] == "withdrawal"
    assert said["consents"] == [made["consent"]["id"]]
    for again in (body, inline(consent_id=made["consent"]["id"])):
        with pytest.raises(ConsentWithdrawn, match="withdrawn"):
            county.assess("credit", again)
    assert county.store.decisions.get(made["id"], HOME_OWNER) is not None
    replayed = replay(county.store, county.policy, made["id"], HOME_OWNER)
    assert (replayed.from_features, replayed.from_input) == (SAME, SAME)
    assert withdraw(county, household) == said


def test_the_same_request_with_its_key_gets_the_decision_made_then(county: County) -> None:
    body = inline(id_number=citizen(21), consent_id="C-key")
    made = county.assess("credit", body, "before-the-withdrawal")
    withdraw(county, county.store.subjects.token(citizen(21)))
    assert county.assess("credit", body, "before-the-withdrawal") == made
    with pytest.raises(ConsentWithdrawn):
        county.assess("credit", body, "after")


def test_a_decision_not_yet_kept_is_not_kept_any_more(county: County) -> None:
    body = inline(id_number=citizen(22), consent_id="C-draft")
    made = county.assess("credit", body)
    drafted = county.assessor().prepare("credit", body, OFFICER)
    withdraw(county, county.store.subjects.token(citizen(22)))
    head = head_of(county.store)
    (outcome,) = county.store.decisions.append_all([drafted])
    assert isinstance(outcome, ConsentWithdrawn)
    assert head_of(county.store) == head
    assert made["consent"]["id"] == "C-draft"


def test_a_new_consent_is_a_new_beginning(county: County) -> None:
    county.assess("credit", inline(id_number=citizen(23), consent_id="C-old"))
    token = county.store.subjects.token(citizen(23))
    assert withdraw(county, token)["consents"] == ["C-old"]
    again = county.assess("credit", inline(id_number=citizen(23), consent_id="C-new"))
    assert again["consent"]["id"] == "C-new"
    assert withdraw(county, token)["consents"] == ["C-new"]


def test_no_override_is_proposed_or_approved_any_more(county: County) -> None:
    made = county.assess("credit", inline(id_number=citizen(24), consent_id="C-override"))
    reviewer = Reviewer(county.store.decisions, county.policy, lambda: NOW)
    override = {"action": "override", "outcome": "decline", "reason": "额度不合适", "days": 30}
    waiting = orjson.loads(reviewer.review(made["id"], override, OFFICER))
    withdraw(county, county.store.subjects.token(citizen(24)))
    approver = Caller("approver", HOME_OWNER, Role.APPROVER)
    approval = {"action": "approve", "reason": "同意"}
    with pytest.raises(ConsentWithdrawn):
        reviewer.approve(made["id"], waiting["id"], approval, approver)
    with pytest.raises(ConsentWithdrawn):
        reviewer.review(made["id"], override, OFFICER)
    reviewer.approve(made["id"], waiting["id"], approval | {"action": "reject"}, approver)
    reviewer.review(made["id"], {"action": "contest", "reason": "要求人工办理"}, OFFICER)


def test_no_what_if_is_asked_any_more(county: County) -> None:
    made = county.assess("credit", inline(id_number=citizen(25), consent_id="C-what-if"))
    reviewer = Reviewer(county.store.decisions, county.policy, lambda: NOW)
    desk = WhatIf(county.store, county.policy, reviewer)
    wished = {"changes": {"household": {"annual_income": "1000000.00"}}}
    assert desk.what_if(made["id"], wished, OFFICER)["changed"]
    withdraw(county, county.store.subjects.token(citizen(25)))
    with pytest.raises(ConsentWithdrawn):
        desk.what_if(made["id"], wished, OFFICER)


def test_an_export_leaves_out_who_has_withdrawn(county: County, tmp_path: Any) -> None:
    household, _, _ = consenting(county, 0)
    withdraw(county, household)
    rows = export_folder(county.store, tmp_path / "out", TODAY)
    book = read_book(tmp_path / "out")
    gone = county.store.withdrawals(HOME_OWNER)
    whole = county.store.export(TODAY, HOME_OWNER).tables["household"]
    stated = whole.select(["household_id", "consent_id"]).to_pylist()
    latest = {row["household_id"]: row["consent_id"] for row in stated}
    left = [row for row in stated if not gone.among([latest[row["household_id"]]])]
    assert 0 < rows["household"] == len(left) < len(stated)
    for name, table in book.tables.items():
        if "household_id" in table.column_names:
            assert household not in table["household_id"].to_pylist(), name
    applications = set(book.tables["application"]["application_id"].to_pylist())
    resources = book.tables["application__resources"]["application_id"].to_pylist()
    assert set(resources) <= applications


def test_another_tenant_has_consents_of_its_own(county: County) -> None:
    household, _, made = consenting(county, 0)
    other = Caller("officer", "other bank", Role.OFFICER)
    with pytest.raises(NoSuchPerson):
        Withdrawer(county.store, lambda: NOW).withdraw(household, {}, other)
    assert not county.store.withdrawals("other bank").among([made["consent"]["id"]])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": 1}, "reason"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"reason": f"本人{citizen(1)}要求"}, "reason"),
        ({"by": "somebody"}, "by"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(county: County, body: Json, field: str) -> None:
    household, _, _ = consenting(county, 1)
    with pytest.raises(BadInput) as refused:
        Withdrawer(county.store, lambda: NOW).withdraw(household, body, OFFICER)
    assert refused.value.field == field
    assert citizen(1) not in str(refused.value)


def head_of(store: Store) -> int:
    statement = select(chain_head.c.sequence).where(chain_head.c.owner == HOME_OWNER)
    with reading(store.engine, Tenant(HOME_OWNER)) as connection:
        found: int = connection.execute(statement).scalar_one()
    return found


def test_the_withdrawal_is_kept_on_both_databases(store: Store) -> None:
    entry = {"input": {"household": {"subject_token": "t"}}, "consent": {"id": "C-1"}}
    store.decisions.append_all([_about(entry, "bank")])
    clerk = Caller("officer", "bank", Role.OFFICER)
    withdrawer = Withdrawer(store, lambda: NOW)
    said = orjson.loads(withdrawer.withdraw("t", {}, clerk))
    assert store.withdrawals("bank").among(["C-1", "C-2"]) == {"C-1"}
    assert store.withdrawals("other").among(["C-1"]) == set()
    assert [one.id for one in store.people("bank").held("t").log][-1] == said["id"]


def _about(document: Json, owner: str) -> Draft:
    return replace(draft(document, owner, about="t"), consent="C-1")
