"""Identity: passwords, sessions and clients; nothing secret can be read from the store."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from features.errors import BadInput
from service.store.store import Store
from service.store.tables import api_key, metadata, person
from service.trust.clients import Clients
from service.trust.identity import Caller, Identity
from service.trust.roles import Role
from service.wiring import now

PASSWORD = "correct horse battery"


@pytest.fixture
def identity(store: Store) -> Identity:
    known = Identity(store.engine)
    known.add_person("王芳", "青山农商行", Role.OFFICER, PASSWORD)
    return known


def test_a_person_signs_in(identity: Identity) -> None:
    assert identity.sign_in("王芳", PASSWORD) == Caller("王芳", "青山农商行", Role.OFFICER)


@pytest.mark.parametrize(("name", "password"), [("王芳", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_what_does_not_belong_together_does_not_sign_in(
    identity: Identity, name: str, password: str
) -> None:
    assert identity.sign_in(name, password) is None


def test_whoever_is_disabled_does_not_sign_in(identity: Identity, store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(update(person).values(disabled_at=datetime.now(UTC)))
    assert identity.sign_in("王芳", PASSWORD) is None


def test_names_are_unique_and_passwords_long(identity: Identity) -> None:
    with pytest.raises(BadInput, match="is taken"):
        identity.add_person("王芳", "另一银行", Role.OFFICER, PASSWORD)
    with pytest.raises(BadInput, match="must have 12-256 characters"):
        identity.add_person("李四", "青山农商行", Role.OFFICER, "short")
    with pytest.raises(BadInput, match="must be 1-64 printable"):
        identity.add_person(" ", "青山农商行", Role.OFFICER, PASSWORD)


def test_what_anybody_would_try_is_not_chosen(identity: Identity) -> None:
    with pytest.raises(BadInput, match="easily guessed"):
        identity.choose_password("王芳", "Password2026!")
    assert identity.sign_in("王芳", PASSWORD)


def test_the_store_holds_no_secret(identity: Identity, store: Store) -> None:
    client = Clients(store.engine, now).add("青山农商行", Role.OFFICER, "核心系统")
    with store.engine.connect() as connection:
        kept = [
            str(value)
            for table in (person, api_key)
            for row in connection.execute(select(table))
            for value in row
        ]
    assert len(metadata.tables) > 3
    secrets = (PASSWORD, client.secret, client.secret.split("_", 2)[2])
    assert not [value for value in kept for secret in secrets if secret in value]
    assert any(value.startswith("$argon2id$") for value in kept)
