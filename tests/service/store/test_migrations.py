"""Migrations: the same on both databases, up and down, and never a step back by accident."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from features.errors import BadInput
from service.settings import Settings
from service.store import migrate
from service.store.database import Tenant, open_engine, writing
from service.store.store import Store
from service.store.tables import SHARED_TABLES, metadata
from tests.service.conftest import KINDS, Postgres


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        engine = open_engine(postgres.address(postgres.new_database(), "house"))
    yield engine
    engine.dispose()


def test_an_empty_database_goes_up_and_down_again(empty: Engine) -> None:
    assert migrate.current(empty) is None
    assert migrate.upgrade(empty) == migrate.head()
    assert set(metadata.tables) < set(inspect(empty).get_table_names())
    migrate.downgrade(empty, "base")
    assert inspect(empty).get_table_names() == ["alembic_version"]
    assert migrate.upgrade(empty) == migrate.head()


def test_an_upgrade_of_an_upgraded_store_does_nothing(empty: Engine) -> None:
    migrate.upgrade(empty)
    assert migrate.upgrade(empty) == migrate.head()


def test_the_migrations_make_the_tables_that_the_program_knows(empty: Engine) -> None:
    migrate.upgrade(empty)
    with empty.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_store_of_a_newer_program_is_refused(empty: Engine) -> None:
    migrate.upgrade(empty)
    with writing(empty) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for step in (migrate.upgrade, migrate.require_current):
        with pytest.raises(BadInput, match="made by a newer version"):
            step(empty)


def test_a_store_that_was_not_upgraded_is_refused(empty: Engine) -> None:
    with pytest.raises(BadInput, match="liangshan db upgrade"):
        migrate.require_current(empty)


def test_an_empty_file_is_set_up_when_it_is_opened(tmp_path: Path) -> None:
    store = Store.open(Settings(home=tmp_path / "new"))
    assert migrate.current(store.engine) == migrate.head()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_an_empty_postgresql_waits_for_its_upgrade(postgres: Postgres, tmp_path: Path) -> None:
    address = postgres.address(postgres.new_database(), "house")
    with pytest.raises(BadInput, match="liangshan db upgrade"):
        Store.open(Settings(home=tmp_path, database_url=address))


def test_a_superuser_is_refused(
    postgres: Postgres, postgres_template: str, tmp_path: Path
) -> None:
    address = postgres.address(postgres.new_database(postgres_template), "postgres")
    with pytest.raises(BadInput, match="row-level security does not bind"):
        Store.open(Settings(home=tmp_path, database_url=address))


def test_the_policy_shares_the_tables_that_the_repository_shares(
    postgres: Postgres, postgres_template: str
) -> None:
    engine = open_engine(postgres.address(postgres_template, "house"))
    with engine.connect() as connection:
        rule = connection.execute(
            text("SELECT qual FROM pg_policies WHERE policyname = 'record_owner'")
        ).scalar_one()
    engine.dispose()
    shared = rule.partition("ARRAY[")[2].partition("]")[0]
    assert shared.replace("::text", "").replace("'", "").split(", ") == list(SHARED_TABLES)


OLD = (
    'INSERT INTO record ("table", key, as_of, known_at, owner, recorded_at, belongs_to, '
    "digest, body)"
    " VALUES (:table, :key, '2026-01-31', '2026-02-01 00:00:00', '银行', '2026-02-01 00:00:00',"
    " :belongs_to, 'd', :body)"
)
OLD_ROWS = (
    {
        "table": "application",
        "key": "A1",
        "belongs_to": "H1",
        "body": '{"application_id":"A1","household_id":"H1","resources":[{"resource_id":"R1"}]}',
    },
    {
        "table": "loan",
        "key": "L1",
        "belongs_to": None,
        "body": '{"loan_id":"L1","application_id":"A1"}',
    },
)


def test_a_store_made_by_the_first_revision_goes_up_and_down_with_its_records(
    empty: Engine,
) -> None:
    owner = Tenant("银行")
    migrate.upgrade(empty, "0001")
    with writing(empty, owner) as connection:
        for row in OLD_ROWS:
            connection.execute(text(OLD), row)
    migrate.upgrade(empty)
    with writing(empty, owner) as connection:
        said = connection.execute(text('SELECT "column", value, key FROM mention ORDER BY 1'))
        assert [tuple(row) for row in said] == [
            ("application_id", "A1", "L1"),
            ("household_id", "H1", "A1"),
            ("resources.resource_id", "R1", "A1"),
        ]
    migrate.downgrade(empty, "0001")
    with writing(empty, owner) as connection:
        back = connection.execute(text("SELECT key, belongs_to FROM record ORDER BY 1"))
        assert [tuple(row) for row in back] == [("A1", "H1"), ("L1", None)]
