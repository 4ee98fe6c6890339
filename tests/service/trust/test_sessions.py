"""Sessions: what opens one, what ends one; who an outside account is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from features.errors import BadInput
from service.store.store import Store
from service.store.tables import person, session
from service.trust.federation import Federation
from service.trust.identity import Caller
from service.trust.openid import Subject
from service.trust.roles import Role
from service.trust.sessions import IDLE, LASTS, Session, Sessions

BEGIN = datetime(2026, 11, 30, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ACCOUNT = Subject("https://sso.example", "wangfang")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wang(store: Store) -> Caller:
    somebody = Caller("王芳", "青山农商行", Role.OFFICER)
    row = {"name": somebody.name, "owner": somebody.owner, "role": somebody.role.value}
    with store.engine.begin() as connection:
        connection.execute(insert(person), row | {"password_hash": "none"})
    return somebody


@pytest.fixture
def sessions(store: Store, clock: Clock) -> Sessions:
    return Sessions(store.engine, clock)


def disable(store: Store, name: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(update(person).where(person.c.name == name).values(disabled_at=BEGIN))


def test_a_session_is_known_by_its_token_until_it_ends(sessions: Sessions, wang: Caller) -> None:
    opened = sessions.open(wang)
    assert sessions.find(opened.token) == opened
    assert opened.caller == wang
    assert opened.expires_at == BEGIN + LASTS
    sessions.end(opened.token)
    assert sessions.find(opened.token) is None
    assert sessions.find("") is None


def test_a_session_that_nobody_uses_ends_after_half_an_hour(
    sessions: Sessions, wang: Caller, clock: Clock
) -> None:
    opened = sessions.open(wang)
    clock.now += IDLE - timedelta(seconds=1)
    assert sessions.find(opened.token) is not None
    clock.now += IDLE - timedelta(seconds=1)
    assert sessions.find(opened.token) is not None
    clock.now += IDLE
    assert sessions.find(opened.token) is None


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(
    sessions: Sessions, wang: Caller, clock: Clock
) -> None:
    opened = sessions.open(wang)
    while clock.now < BEGIN + LASTS:
        assert sessions.find(opened.token) is not None
        clock.now += 20 * MINUTE
    assert sessions.find(opened.token) is None


def test_a_session_ends_with_the_person(sessions: Sessions, wang: Caller, store: Store) -> None:
    opened = sessions.open(wang)
    disable(store, wang.name)
    assert sessions.find(opened.token) is None


def test_a_role_that_was_taken_away_is_gone_from_the_next_request(
    sessions: Sessions, wang: Caller, store: Store
) -> None:
    opened = sessions.open(wang)
    with store.engine.begin() as connection:
        connection.execute(update(person).values(role=Role.AUDITOR.value))
    found = sessions.find(opened.token)
    assert found is not None
    assert found.caller.role is Role.AUDITOR


def test_every_sign_in_is_a_session_of_its_own(sessions: Sessions, wang: Caller) -> None:
    first, second = sessions.open(wang), sessions.open(wang)
    assert first.token != second.token
    sessions.end(first.token)
    assert sessions.find(second.token) == second


def test_what_has_ended_is_cleared_away(
    sessions: Sessions, wang: Caller, store: Store, clock: Clock
) -> None:
    sessions.open(wang)
    clock.now += IDLE
    sessions.open(wang)
    with store.engine.connect() as connection:
        assert len(connection.execute(select(session)).all()) == 1


def test_looking_does_not_write_each_time(
    sessions: Sessions, wang: Caller, store: Store, clock: Clock
) -> None:
    def used_at() -> datetime:
        with store.engine.connect() as connection:
            found: datetime = connection.execute(select(session.c.used_at)).scalar_one()
            return found

    opened = sessions.open(wang)
    clock.now += MINUTE - timedelta(seconds=1)
    sessions.find(opened.token)
    assert used_at() == BEGIN
    clock.now += timedelta(seconds=1)
    sessions.find(opened.token)
    assert used_at() == BEGIN + MINUTE


def test_a_form_carries_the_token_of_its_own_session(wang: Caller) -> None:
    first, second = Session("one", wang, BEGIN), Session("other", wang, BEGIN)
    assert first.carries(first.csrf)
    assert not first.carries(second.csrf)
    assert not first.carries("")
    assert not first.carries("伪造")


def test_the_store_holds_no_token(sessions: Sessions, wang: Caller, store: Store) -> None:
    opened = sessions.open(wang)
    with store.engine.connect() as connection:
        kept = [str(value) for row in connection.execute(select(session)) for value in row]
    assert not [value for value in kept if opened.token in value or opened.csrf in value]


def test_an_account_is_the_person_that_it_was_linked_to(store: Store, wang: Caller) -> None:
    federation = Federation(store.engine)
    assert federation.person(ACCOUNT) is None
    federation.link(wang.name, ACCOUNT)
    assert federation.person(ACCOUNT) == wang
    assert federation.person(Subject("https://another.example", ACCOUNT.name)) is None
    assert federation.person(Subject(ACCOUNT.issuer, "lisi")) is None
    federation.unlink(wang.name, ACCOUNT)
    assert federation.person(ACCOUNT) is None


def test_sessions_end_with_the_account(store: Store, sessions: Sessions, wang: Caller) -> None:
    federation = Federation(store.engine)
    federation.link(wang.name, ACCOUNT)
    opened = sessions.open(wang)
    federation.unlink(wang.name, ACCOUNT)
    assert sessions.find(opened.token) is None


def test_an_account_of_somebody_disabled_is_nobody(store: Store, wang: Caller) -> None:
    federation = Federation(store.engine)
    federation.link(wang.name, ACCOUNT)
    disable(store, wang.name)
    assert federation.person(ACCOUNT) is None
    with pytest.raises(BadInput, match="disabled"):
        federation.link(wang.name, Subject(ACCOUNT.issuer, "second"))


def test_a_link_has_one_person_who_is_there(store: Store, wang: Caller) -> None:
    federation = Federation(store.engine)
    with pytest.raises(BadInput, match="no such person"):
        federation.link("李四", ACCOUNT)
    federation.link(wang.name, ACCOUNT)
    assert federation.accounts(wang.name) == [ACCOUNT]
    with pytest.raises(BadInput, match="linked already"):
        federation.link(wang.name, ACCOUNT)
    with pytest.raises(BadInput, match="is not linked"):
        federation.unlink("李四", ACCOUNT)
    federation.unlink(wang.name, ACCOUNT)
    with pytest.raises(BadInput, match="is not linked"):
        federation.unlink(wang.name, ACCOUNT)
