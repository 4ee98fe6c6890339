"""A loan of another lender on a resource makes unknown what it may change, and is not shown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, insert

from risk.files import load_policy
from service.store.database import Tenant, writing
from service.store.elsewhere import ELSEWHERE
from service.store.records import SHANGHAI
from service.store.store import Store, Wanted
from service.store.tables import tenant
from service.store.versions import version_of
from service.trust.identity import Caller
from service.trust.roles import Role, TenantKind
from service.use_cases.judging.supervise import Supervisor

Json = dict[str, Any]

DAY = date(2026, 6, 30)
NOW = datetime(2026, 7, 2, 9, tzinfo=SHANGHAI)
STAMPS = {"as_of": "2026-06-30", "known_at": "2026-06-30T09:00:00+08:00", "source": "核心"}
STAMPS |= {"quality": "verified"}
COOP, OURS, THEIRS = "两山合作社", "北山银行", "南山银行"
KINDS = {COOP: "cooperative", OURS: "bank", THEIRS: "bank"}
DEVELOPER = "91330100799655058B"
RESOURCE = {
    **{"resource_id": "R9", "parcel_id": "P9", "county_code": "330899", "type": "经济林"},
    **{"area": "6666.7", "valuation": "800000.00", "valuation_date": "2026-03-01"},
    **{"valuation_age_cap": 12, "appraiser_id": "P08", "insurable": True},
    **{"insured_amount": "300000.00", "right_expiry": "2040-01-01", "holder_token": "ab" * 16},
    **{"claims": [], "overlaps": [], "deals": [], "title_evidence": []},
}
LOAN = {"secured": True, "secured_balance": "100000.00", "balance": "100000.00"}
LOAN |= {"valuation": "800000.00", "maturity": "2028-01-01", "dpd": 0}


def keep(store: Store, owner: str, table: str, **row: object) -> None:
    loaded = store.records(owner).append([version_of(table, STAMPS | row)], NOW)
    assert loaded.new == 1


def lend(store: Store, owner: str, number: str, resource: str = "R9", **loan: object) -> None:
    listed = [{"resource_id": resource}]
    keep(store, owner, "application", application_id=number, resources=listed)
    keep(store, owner, "loan", loan_id=f"L-{number}", application_id=number, **LOAN | loan)


def register(engine: Engine) -> None:
    rows = [{"owner": one, "kind": kind, "label": one} for one, kind in KINDS.items()]
    with writing(engine) as connection:
        connection.execute(insert(tenant), rows)


@pytest.fixture
def lent(store: Store) -> Store:
    """A resource, and our own loan on it: insured thrice, with twelve years to spare."""
    register(store.engine)
    keep(store, COOP, "resource", **RESOURCE)
    keep(store, COOP, "resource", **RESOURCE | {"resource_id": "R8", "parcel_id": "P8"})
    uses = {"developer_id": DEVELOPER, "resources": [{"resource_id": "R9"}]}
    keep(store, COOP, "project", project_id="J1", coop_id="K1", **uses)
    keep(store, COOP, "organisation", org_id=DEVELOPER, links=[])
    lend(store, OURS, "A1")
    return store


def judged(store: Store, owner: str) -> Json:
    """Return the verdict of RL-50 on the resource as a body reads it."""
    supervisor = Supervisor(store, load_policy(), lambda: NOW)
    caller = Caller("王芳", owner, Role.OFFICER, TenantKind(KINDS[owner]))
    body = {"subject": {"kind": "resource", "id": "R9"}, "as_of": DAY.isoformat()}
    answer = orjson.loads(orjson.dumps(supervisor.evaluate(body, caller)))
    assert THEIRS not in str(answer)
    assert "9999" not in str(answer)
    (found,) = [one for one in answer["verdicts"] if one["rule"] == "RL-50"]
    return dict(found)


def states(store: Store, owner: str = OURS) -> Json:
    return {test["id"]: test["state"] for test in judged(store, owner)["tests"]}


PASSING = {"t1": "pass", "t2": "not_applicable", "t3": "pass", "t4": "pass", "t5": "pass"}
UNKNOWN = PASSING | {"t4": "unknown", "t5": "unknown"}
SECRET = {"secured_balance": "999900.00", "balance": "999900.00", "maturity": "2041-01-01"}


def test_alone_on_a_resource_a_lender_judges_it_by_his_own_loans(lent: Store) -> None:
    assert states(lent) == PASSING
    lend(lent, THEIRS, "B1", resource="R8", **SECRET)
    assert states(lent) == PASSING


def test_another_lenders_loan_on_it_is_not_passed_over(lent: Store) -> None:
    lend(lent, THEIRS, "B1", **SECRET)
    verdict = judged(lent, OURS)
    assert verdict["state"] == "unknown"
    assert verdict["missing"] == ["secured_balance", "lease_months_after_loan"]
    assert states(lent) == UNKNOWN
    assert states(lent, THEIRS) == UNKNOWN


@pytest.mark.parametrize("loan", [{"secured": False}, {"closed_on": "2026-06-01"}])
def test_a_loan_that_it_does_not_secure_changes_nothing(lent: Store, loan: Json) -> None:
    lend(lent, THEIRS, "B1", **SECRET | loan)
    assert states(lent) == PASSING


def test_a_developer_of_whom_nothing_is_stated_is_unknown(lent: Store) -> None:
    uses = {"developer_id": "913301087823641234", "resources": [{"resource_id": "R9"}]}
    keep(lent, COOP, "project", project_id="J2", coop_id="K1", **uses)
    assert states(lent) == PASSING | {"t3": "unknown"}


def test_a_lender_that_does_not_say_may_have_lent(lent: Store) -> None:
    keep(lent, THEIRS, "application", application_id="B1", resources=[{"resource_id": "R9"}])
    assert states(lent) == UNKNOWN
    lend(lent, THEIRS, "B2", resource="R8")
    assert states(lent) == PASSING


def test_so_it_is_for_a_resource_that_comes_with_a_request(lent: Store) -> None:
    given: dict[str, list[Json]] = {
        "application": [{"application_id": "N1", "resources": [{"resource_id": "R9"}]}],
        "resource": [{"resource_id": "R9"}],
    }
    wanted: Wanted = {("resource",): ("secured_balance",)}

    def loans() -> list[str]:
        reader = Tenant(OURS, "bank")
        book = lent.book_beside(given, "application", DAY, reader, wanted)
        return sorted(book.tables["loan"]["loan_id"].to_pylist())

    assert loans() == ["L-A1"]
    lend(lent, THEIRS, "B1", **SECRET)
    assert loans() == ["L-A1", ELSEWHERE]
