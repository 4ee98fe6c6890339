"""What a level means: the subjects that each body sees, typed by hand from domain 14."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from service.store.database import writing
from service.store.store import Store
from service.store.tables import tenant
from service.store.versions import version_of
from service.trust.identity import Caller
from service.trust.roles import Role, TenantKind
from service.use_cases.book.sight import Sight

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
MARCH = date(2026, 3, 31)
HERE, THERE = "330523", "330526"

BANK = Caller("b", "银行", Role.OFFICER, TenantKind.BANK)
RIVAL = Caller("r", "另一银行", Role.OFFICER, TenantKind.BANK)
GUARANTEE = Caller("g", "农担", Role.OFFICER, TenantKind.GUARANTEE)
COOP = Caller("c", "本县合作社", Role.COMMITTEE, TenantKind.COOPERATIVE)
NEIGHBOUR = Caller("n", "邻县合作社", Role.COMMITTEE, TenantKind.COOPERATIVE)
COUNTY = Caller("s", "县发改局", Role.SUPERVISOR, TenantKind.COUNTY)
PROVINCE = Caller("p", "省发改委", Role.SUPERVISOR, TenantKind.PROVINCE)
AUDITOR = Caller("a", "银行", Role.AUDITOR, TenantKind.BANK)
ADMINISTRATOR = Caller("x", "银行", Role.ADMINISTRATOR, TenantKind.BANK)

COUNTIES = {COOP: HERE, NEIGHBOUR: THERE, COUNTY: HERE}
REGISTERED = (BANK, RIVAL, GUARANTEE, COOP, NEIGHBOUR, COUNTY, PROVINCE)


@pytest.fixture
def met(store: Store) -> Store:
    """Two counties' cooperatives, two banks, a guarantee company, supervisors."""
    rows = [
        {
            "owner": body.owner,
            "kind": body.kind.value,
            "county_code": COUNTIES.get(body),
            "label": body.owner,
        }
        for body in REGISTERED
    ]
    with writing(store.engine) as connection:
        connection.execute(insert(tenant), rows)
    for body, code, own in ((COOP, HERE, "1"), (NEIGHBOUR, THERE, "2")):
        put(store, body, "county", county_code=code)
        put(store, body, "cooperative", coop_id=f"K{own}", county_code=code)
        put(store, body, "resource", resource_id=f"R{own}", coop_id=f"K{own}", county_code=code)
        for developer in (own, "both"):
            project = {"project_id": f"P{own}-{developer}", "coop_id": f"K{own}"}
            put(store, body, "project", **project, developer_id=f"D-{developer}")
            put(store, body, "organisation", org_id=f"D-{developer}")
    for bank, code in ((BANK, "B1"), (RIVAL, "B2")):
        put(store, bank, "bank", bank_code=code)
        put(store, bank, "application", application_id=f"A-{code}")
        put(store, bank, "loan", loan_id=f"L-{code}", application_id=f"A-{code}")
    put(store, GUARANTEE, "guarantee_body", body_id="G1")
    return store


def put(store: Store, owner: Caller, table: str, **columns: object) -> None:
    times = {"as_of": "2026-02-28", "known_at": "2026-03-01T09:00:00+08:00"}
    store.records(owner.tenant).append([version_of(table, {**times, **columns})], NOW)


SUBJECTS = {
    "cooperative": ("K1", "K2"),
    "project": ("P1-1", "P1-both", "P2-2", "P2-both"),
    "developer": ("D-1", "D-2", "D-both"),
    "resource": ("R1", "R2"),
    "county": (HERE, THERE),
    "bank": ("B1", "B2"),
    "guarantee_body": ("G1",),
    "loan": ("L-B1", "L-B2"),
    "application": ("A-B1", "A-B2"),
    "household": (),
}
ALL = {kind: SUBJECTS[kind] for kind in ("cooperative", "project", "developer", "resource")}
ALL |= {"county": SUBJECTS["county"]}

SEEN: list[tuple[Caller, dict[str, tuple[str, ...]]]] = [
    (BANK, ALL | {"bank": ("B1",), "loan": ("L-B1",), "application": ("A-B1",)}),
    (RIVAL, ALL | {"bank": ("B2",), "loan": ("L-B2",), "application": ("A-B2",)}),
    (GUARANTEE, ALL | {"guarantee_body": ("G1",)}),
    (
        COOP,
        {
            "cooperative": ("K1",),
            "project": ("P1-1", "P1-both"),
            "developer": ("D-1", "D-both"),
            "resource": ("R1",),
            "county": (HERE,),
        },
    ),
    (
        COUNTY,
        {
            "cooperative": ("K1",),
            "project": ("P1-1", "P1-both"),
            "developer": ("D-1", "D-both"),
            "resource": ("R1",),
            "county": (HERE,),
            "bank": ("B1", "B2"),
            "guarantee_body": ("G1",),
        },
    ),
    (PROVINCE, ALL | {"bank": ("B1", "B2"), "guarantee_body": ("G1",)}),
    (AUDITOR, ALL | {"bank": ("B1",), "loan": ("L-B1",), "application": ("A-B1",)}),
    (ADMINISTRATOR, {}),
]


def test_each_body_sees_what_domain_14_says_and_no_more(met: Store) -> None:
    for caller, expected in SEEN:
        sight = Sight(met, caller, MARCH)
        found = {
            kind: tuple(
                key for key in keys if sight.of(kind, key) and is_there(met, caller, kind, key)
            )
            for kind, keys in SUBJECTS.items()
        }
        assert {kind: keys for kind, keys in found.items() if keys} == expected, caller
        assert tuple(sight.cooperatives()) == expected.get("cooperative", ())


def is_there(store: Store, caller: Caller, kind: str, key: str) -> bool:
    table = "organisation" if kind == "developer" else kind
    return key in store.keys(table, MARCH, caller.tenant)


def test_a_cooperative_states_its_own_alone_and_may_found_one(met: Store) -> None:
    sight = Sight(met, COOP, MARCH)
    assert sight.states("K1")
    assert sight.states("K-new")
    assert not sight.states("K2")


def test_no_bank_and_no_supervisor_founds_a_cooperative(met: Store) -> None:
    for body in (BANK, GUARANTEE, COUNTY, PROVINCE):
        assert not Sight(met, replace(body, role=Role.ACCOUNTANT), MARCH).states("K-new")


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUTHOR])
def test_a_county_that_was_never_named_is_nobodys(met: Store, role: Role) -> None:
    lost = Caller("l", "无县单位", role, TenantKind.COUNTY)
    put(met, BANK, "cooperative", coop_id="K-nowhere")
    sight = Sight(met, lost, MARCH)
    assert sight.cooperatives() == []
    seen = [(kind, key) for kind, keys in ALL.items() for key in keys if sight.of(kind, key)]
    assert seen == []
    assert not sight.of("cooperative", "K-nowhere")


def test_a_house_alone_sees_its_whole_book_whatever_the_role_counts_as(store: Store) -> None:
    for role in (Role.SUPERVISOR, Role.COMMITTEE, Role.OFFICER):
        home = Caller("h", "home", role)
        put(store, home, "cooperative", coop_id=f"K-{role}")
        sight = Sight(store, home, MARCH)
        assert f"K-{role}" in sight.cooperatives()
        assert sight.of("cooperative", f"K-{role}")
