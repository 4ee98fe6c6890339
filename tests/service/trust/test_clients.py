"""Clients, people and tenants in the store, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from features.errors import BadInput
from service.store.entries import Overtaken
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.identity import Identity
from service.trust.keys import LEEWAY, TOKEN_LASTS
from service.trust.people import Change, People, Person
from service.trust.revocations import LOOKS_EVERY
from service.trust.roles import Role, TenantKind
from service.trust.sessions import Sessions
from service.trust.tenants import Body, Tenants

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
PASSWORD = "correct horse battery"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def clients(store: Store, clock: Clock) -> Clients:
    return Clients(store.engine, clock)


@pytest.fixture
def people(store: Store, clock: Clock) -> People:
    return People(store.engine, clock)


def test_a_secret_names_its_client_and_the_kind_of_its_body(
    clients: Clients, store: Store
) -> None:
    Tenants(store.engine).add(Body("青山农商行", TenantKind.BANK, None, "青山农村商业银行"))
    made = clients.add("青山农商行", Role.OFFICER, "核心系统")
    caller = clients.authenticated(made.id, made.secret)
    assert caller is not None
    assert (caller.name, caller.owner) == (f"client:{made.id}", "青山农商行")
    assert (caller.role, caller.kind) == (Role.OFFICER, TenantKind.BANK)


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s + "x", lambda s: "", str.upper])
def test_an_altered_secret_names_nobody(clients: Clients, change: object) -> None:
    made = clients.add("home", Role.OFFICER, "核心系统")
    assert callable(change)
    assert clients.authenticated(made.id, change(made.secret)) is None


def test_a_secret_belongs_to_its_own_id(clients: Clients) -> None:
    one, other = (clients.add("home", Role.OFFICER, name) for name in "ab")
    assert clients.authenticated(one.id, other.secret) is None


@pytest.mark.parametrize("id", ["", "\x00", "0123abc\x00", "\ud800", "0123ABCD", "0123abcd\n"])
def test_what_can_be_no_id_is_nobodys(clients: Clients, id: str) -> None:
    assert clients.authenticated(id, "ls_secret") is None


def test_a_revoked_client_is_known_to_other_workers_within_five_seconds(
    clients: Clients, store: Store, clock: Clock
) -> None:
    other = Clients(store.engine, clock)
    assert other.revocations.take_turn()
    other.revocations.look()
    made = clients.add("home", Role.OFFICER, "核心系统")
    clients.revoke(made.id, "home")
    assert clients.authenticated(made.id, made.secret) is None
    assert clients.revocations.has(made.id)
    assert not other.revocations.take_turn()
    clock.now += LOOKS_EVERY
    assert other.revocations.take_turn()
    assert not other.revocations.take_turn()
    other.revocations.look()
    assert other.revocations.has(made.id)


def test_a_revoked_client_is_forgotten_once_its_last_token_is_past(
    clients: Clients, clock: Clock
) -> None:
    made = clients.add("home", Role.OFFICER, "核心系统")
    clients.revoke(made.id, "home")
    clock.now += TOKEN_LASTS + LEEWAY
    clients.revocations.look()
    assert clients.revocations.has(made.id)
    clock.now += timedelta(minutes=1)
    clients.revocations.look()
    assert not clients.revocations.has(made.id)


def test_revoking_again_leaves_the_first_time(clients: Clients, clock: Clock) -> None:
    made = clients.add("home", Role.OFFICER, "核心系统")
    clients.revoke(made.id, "home")
    clock.now += timedelta(days=1)
    clients.revoke(made.id, "home")
    found = clients.find(made.id, "home")
    assert found is not None
    assert found.revoked_at == NOW


def test_another_tenant_revokes_nothing(clients: Clients) -> None:
    made = clients.add("home", Role.OFFICER, "核心系统")
    clients.revoke(made.id, "other")
    assert clients.authenticated(made.id, made.secret) is not None


def test_a_tenant_keeps_its_kind(store: Store) -> None:
    tenants = Tenants(store.engine)
    tenants.add(Body("开化县", TenantKind.COUNTY, "330824", "开化县"))
    with pytest.raises(BadInput, match="is registered already"):
        tenants.add(Body("开化县", TenantKind.BANK, None, "开化县"))
    assert tenants.kind("开化县") is TenantKind.COUNTY
    assert tenants.kind("nobody") is TenantKind.HOUSE


def test_a_body_of_a_county_names_it() -> None:
    with pytest.raises(BadInput, match="needs its county"):
        Body("合作社", TenantKind.COOPERATIVE, None, "合作社")


def test_a_role_stays_where_it_belongs(store: Store, clients: Clients) -> None:
    Tenants(store.engine).add(Body("农商行", TenantKind.BANK, None, "农商行"))
    with pytest.raises(BadInput, match="has no such role"):
        clients.add("农商行", Role.SUPERVISOR, "x")
    with pytest.raises(BadInput, match="has no such role"):
        Identity(store.engine).add_person("王芳", "农商行", Role.ACCOUNTANT, PASSWORD)


def test_who_was_there_before_his_body_was_registered_does_not_keep_a_foreign_role(
    store: Store, clients: Clients
) -> None:
    identity = Identity(store.engine)
    identity.add_person("王芳", "农商行", Role.SUPERVISOR, PASSWORD)
    made = clients.add("农商行", Role.SUPERVISOR, "x")
    Tenants(store.engine).add(Body("农商行", TenantKind.BANK, None, "农商行"))
    assert identity.sign_in("王芳", PASSWORD) is None
    assert clients.authenticated(made.id, made.secret) is None


def test_a_change_ends_the_sessions_and_waits_for_who_has_seen_it(
    store: Store, people: People, clock: Clock
) -> None:
    Identity(store.engine).add_person("王芳", "home", Role.OFFICER, PASSWORD)
    caller = Identity(store.engine).sign_in("王芳", PASSWORD)
    assert caller is not None
    sessions = Sessions(store.engine, clock)
    opened = sessions.open(caller)
    seen = people.find("王芳", "home")
    assert seen == Person("王芳", "home", Role.OFFICER)
    disabled = people.change(seen, Change(disabled=True))
    assert people.find("王芳", "home") == disabled
    assert sessions.find(opened.token) is None
    with pytest.raises(Overtaken):
        people.change(seen, Change(role=Role.AUDITOR))
    assert people.change(disabled, Change(disabled=True)) == disabled
    assert people.change(disabled, Change(disabled=False)) == seen
    assert sessions.find(opened.token) is None


def test_people_come_in_pages(store: Store, people: People) -> None:
    identity = Identity(store.engine)
    for name in ("甲", "乙", "丙"):
        identity.add_person(name, "home", Role.OFFICER, PASSWORD)
    first = people.page("home", 2)
    rest = people.page("home", 2, first[-1].name)
    assert {one.name for one in first + rest} == {"甲", "乙", "丙"}
    assert (len(first), len(rest)) == (2, 1)
    assert people.page("other", 2) == []
