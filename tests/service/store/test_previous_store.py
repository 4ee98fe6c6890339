"""A store made by the program before this one: it opens after its upgrade, and decisions replay.

`made_by_0002.zip` is a backup of what the program at revision 0002 made: four households,
decisions on them and on applications that were sent whole, a person, a key. It is never made anew:
these are old decisions, and they must replay for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from features.errors import BadInput
from risk.files import load_policy
from service.store import migrate
from service.store.audit import verify_chain
from service.store.chain import chain_key
from service.store.database import Tenant, reading
from service.store.restore import restore
from service.store.store import Store
from service.store.tables import decision
from service.trust.identity import Identity
from service.use_cases.book.books import HOME_OWNER
from service.use_cases.decided.replay import SAME, replay
from tests.service.conftest import KINDS, Postgres

MADE = Path(__file__).with_name("made_by_0002.zip")
PASSWORD = "青山绿水-green-hills"


@pytest.fixture(params=KINDS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return that store in either database, back at its own revision."""
    address = f"sqlite:///{tmp_path / 'store.db'}"
    if request.param == "postgres":
        postgres: Postgres = request.getfixturevalue("postgres")
        address = postgres.address(postgres.new_database(), "house")
    store = Store(address, tmp_path)
    assert restore(store, tmp_path, MADE).revision == "0002"
    migrate.downgrade(store.engine, "0002")
    yield store
    store.close()


def decisions(store: Store) -> list[str]:
    statement = select(decision.c.id).where(decision.c.owner == HOME_OWNER)
    with reading(store.engine, Tenant(HOME_OWNER)) as connection:
        return list(connection.execute(statement).scalars())


def test_it_is_refused_until_it_is_upgraded_and_then_goes_on(old: Store) -> None:
    with pytest.raises(BadInput, match="liangshan db upgrade"):
        migrate.require_current(old.engine)
    assert old.migrate() == migrate.head()
    migrate.require_current(old.engine)
    found = decisions(old)
    with reading(old.engine) as connection:
        assert verify_chain(connection, chain_key(old._home), HOME_OWNER) == len(found)
    following = old.decisions.append({"n": "next"}, HOME_OWNER)
    assert following.sequence == len(found) + 1


def test_its_decisions_replay_byte_for_byte(old: Store) -> None:
    old.migrate()
    policy = load_policy()
    found = decisions(old)
    assert found
    for id in found:
        replayed = replay(old, policy, id, HOME_OWNER)
        assert (replayed.from_features, replayed.holds, replayed.differing) == (SAME, True, ())


def test_its_people_and_records_are_there(old: Store) -> None:
    old.migrate()
    assert Identity(old.engine).sign_in("wang", PASSWORD) is not None
    with reading(old.engine, Tenant(HOME_OWNER)) as connection:
        kept = connection.execute(text("SELECT count(*) FROM record")).scalar_one()
        said = connection.execute(text("SELECT count(*) FROM mention")).scalar_one()
    assert kept > said > 0
