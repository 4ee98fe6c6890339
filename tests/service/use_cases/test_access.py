"""Managing access on both databases: the change and its note are kept together, or neither."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from features.errors import BadInput
from service.store.entries import Overtaken
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.identity import Caller, Identity
from service.trust.people import Change
from service.trust.roles import Role, TenantKind
from service.trust.tenants import Body
from service.use_cases.access import Access, Unknown

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
BANK = "青山农商行"


def clock() -> datetime:
    return NOW


@pytest.fixture
def access(store: Store) -> Access:
    made = Access(store, Identity(store.engine), Clients(store.engine, clock), clock)
    made.add_tenant(Body(BANK, TenantKind.BANK, None, "青山农村商业银行"))
    return made


@pytest.fixture
def admin(access: Access) -> Caller:
    return access.administrator(BANK, "管理员")


def noted(store: Store, about: str) -> list[str]:
    return [orjson.loads(one.content)["action"] for one in store.decisions.about(about, BANK)]


def test_each_change_is_noted_once(store: Store, access: Access, admin: Caller) -> None:
    person, _ = access.add_person("王芳", Role.OFFICER, admin)
    changed, drawn = access.change_person(person, Change(role=Role.COMMITTEE), admin)
    assert (changed.role, drawn) == (Role.COMMITTEE, None)
    _, drawn = access.change_person(changed, Change(new_password=True), admin)
    assert drawn is not None
    access.change_person(changed, Change(role=Role.COMMITTEE), admin)
    assert noted(store, "person:王芳") == ["person-added", "person-changed", "person-changed"]
    made = access.add_client("核心系统", Role.OFFICER, admin)
    access.revoke_client(made.id, admin)
    access.revoke_client(made.id, admin)
    assert noted(store, f"client:{made.id}") == ["client-added", "client-revoked"]


def test_what_is_refused_is_not_noted(store: Store, access: Access, admin: Caller) -> None:
    person, _ = access.add_person("王芳", Role.OFFICER, admin)
    access.change_person(person, Change(disabled=True), admin)
    with pytest.raises(BadInput, match="is taken"):
        access.add_person("王芳", Role.OFFICER, admin)
    with pytest.raises(BadInput, match="has no such role"):
        access.add_person("李四", Role.ACCOUNTANT, admin)
    with pytest.raises(Overtaken):
        access.change_person(person, Change(role=Role.COMMITTEE), admin)
    with pytest.raises(Unknown):
        access.revoke_client("0123abcd", admin)
    assert noted(store, "person:王芳") == ["person-added", "person-changed"]
    assert noted(store, "person:李四") == []


def test_a_note_that_cannot_be_kept_undoes_the_change(
    store: Store, access: Access, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(store.decisions, "append_in", full)
    with pytest.raises(OSError, match="no room"):
        access.add_person("王芳", Role.OFFICER, admin)
    with pytest.raises(OSError, match="no room"):
        access.add_client("核心系统", Role.OFFICER, admin)
    assert access.people(admin, 10) == []
    assert access.clients(admin, 10) == []


def test_notes_are_no_decisions(store: Store, access: Access, admin: Caller) -> None:
    access.add_person("王芳", Role.OFFICER, admin)
    assert store.decisions.page(BANK, 10) == []


def test_an_unregistered_tenant_has_no_administrator_but_the_home_has_one(
    access: Access,
) -> None:
    assert access.administrator("home", "管理员").kind is TenantKind.HOUSE
    with pytest.raises(BadInput, match="is not registered"):
        access.administrator("nobody", "管理员")
