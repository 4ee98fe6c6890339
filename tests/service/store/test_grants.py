"""Roles on PostgreSQL: what a role may not do is said before anything is tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import BadInput
from service.settings import Settings
from service.store import migrate
from service.store.database import open_engine
from service.store.grants import grant, require_rights
from service.store.store import Store
from tests.service.conftest import Postgres


def test_who_may_not_make_tables_is_told_so(postgres: Postgres) -> None:
    name = postgres.new_database()
    postgres.execute("REVOKE CREATE ON SCHEMA public FROM public", database=name)
    with pytest.raises(BadInput, match="as the owner of the database"):
        migrate.upgrade(open_engine(postgres.address(name, "clerk")))


def test_a_role_that_is_not_there_is_granted_nothing(
    postgres: Postgres, postgres_template: str
) -> None:
    engine = open_engine(postgres.address(postgres.new_database(postgres_template), "house"))
    with pytest.raises(BadInput, match=r"--grant-to = 'clerkk'.*no such role"):
        grant(engine, "clerkk")


@pytest.mark.parametrize("revoked", ["SELECT ON alembic_version", "INSERT ON decision"])
def test_a_service_that_was_not_granted_all_does_not_start(
    postgres: Postgres, postgres_template: str, tmp_path: Path, revoked: str
) -> None:
    name = postgres.new_database(postgres_template)
    postgres.execute(f"REVOKE {revoked} FROM clerk", database=name)
    address = postgres.address(name, "clerk")
    with pytest.raises(BadInput, match="db upgrade --grant-to clerk"):
        Store.open(Settings(home=tmp_path, database_url=address))
    grant(open_engine(postgres.address(name, "house")), "clerk")
    require_rights(open_engine(address))
