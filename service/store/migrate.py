"""Bring a database to the revision of this program, by Alembic."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from features.errors import BadInput
from service.store.database import reading, writing
from service.store.grants import as_owner


def upgrade(engine: Engine, revision: str = "head") -> str:
    """Bring the store up to `revision` and return the revision it has then.

    Raises
    ------
    BadInput
        When a newer program made the store.
    """
    _refuse_newer(engine)
    with writing(engine) as connection:
        upgrade_on(connection, revision)
    return current(engine) or ""


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """Bring the store up to `revision` inside a transaction that is under way.

    Raises
    ------
    BadInput
        When this program does not know the revision.
    """
    if revision != "head":
        _refuse_unknown(revision)
    with as_owner():
        command.upgrade(_config(connection), revision)


def revision_on(connection: Connection) -> str:
    """Return the store's revision inside a transaction that is under way.

    Raises
    ------
    BadInput
        When there is none, or a newer program made the store.
    """
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        raise BadInput("没有数据库 · there is no store here", where="store", field="revision")
    _refuse_unknown(found)
    return found


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the store down to `revision` ("base" takes all of it away)."""
    with writing(engine) as connection:
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    """Return the store's revision; None where nothing was made yet."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Return the revision this program needs."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def require_current(engine: Engine) -> None:
    """Refuse a store that is not at this program's revision.

    Raises
    ------
    BadInput
        When it must be upgraded first, or a newer program made it.
    """
    _refuse_newer(engine)
    found = current(engine)
    if found != head():
        raise BadInput(
            "请先升级数据库 · upgrade it first: liangshan db upgrade",
            where="store",
            field="revision",
            value=found or "empty",
        )


def _refuse_newer(engine: Engine) -> None:
    """Raise when the store's revision is one that this program does not know."""
    found = current(engine)
    if found is not None:
        _refuse_unknown(found)


def _refuse_unknown(found: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found not in known:
        raise BadInput(
            "由更新版本的程序建立，请更新本程序 · made by a newer version; update this program",
            where="store",
            field="revision",
            value=found,
        )


def _config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration: no file, the scripts inside this package."""
    config = Config()
    config.set_main_option("script_location", "service.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
