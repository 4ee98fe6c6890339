"""What the service's role may do on PostgreSQL, and what only the tables' owner may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from features.errors import BadInput
from service.store.database import WHERE, reading, writing

GRANTS = {
    "record": "SELECT, INSERT, DELETE",
    "mention": "SELECT, INSERT, DELETE",
    "blob": "SELECT, INSERT",
    "decision": "SELECT, INSERT",
    "chain_head": "SELECT, INSERT, UPDATE",
    "tenant": "SELECT, INSERT, UPDATE",
    "person": "SELECT, INSERT, UPDATE",
    "federated": "SELECT, INSERT, DELETE",
    "api_key": "SELECT, INSERT, UPDATE",
    "session": "SELECT, INSERT, UPDATE, DELETE",
    "batch": "SELECT, INSERT, UPDATE, DELETE",
    "batch_fault": "SELECT, INSERT, DELETE",
    "batch_claim": "SELECT, INSERT, UPDATE, DELETE",
    "proposal": "SELECT, INSERT, UPDATE",
    "erased": "SELECT, INSERT",
    "withdrawn": "SELECT, INSERT",
    "identity": "SELECT, INSERT, UPDATE, DELETE",
    "alembic_version": "SELECT",
}
"""What the service's role may do, and no more; it owns none of the tables."""

_LACKING = text(
    'SELECT current_user, wanted.name, wanted."right" '
    'FROM unnest(CAST(:names AS text[]), CAST(:rights AS text[])) AS wanted(name, "right") '
    "JOIN pg_class ON relname = wanted.name "
    "AND relnamespace = to_regnamespace(current_schema()) "
    'WHERE NOT has_table_privilege(pg_class.oid, wanted."right") ORDER BY 2, 3 LIMIT 1'
)
_NO_SUCH_ROLE, _MAY_NOT = "42704", "42501"


def grant(engine: Engine, role: str) -> None:
    """Let PostgreSQL's `role` do what the service does.

    Raises
    ------
    BadInput
        When there is no such role, or the connection's own does not own the tables.
    """
    with as_owner(role), writing(engine) as connection:
        quoted = connection.dialect.identifier_preparer.quote(role)
        for table, rights in GRANTS.items():
            connection.execute(text(f'GRANT {rights} ON "{table}" TO {quoted}'))


def require_rights(engine: Engine) -> None:
    """Refuse a role of PostgreSQL that may not do all that the service does.

    Raises
    ------
    BadInput
        Naming the role and the first right that it lacks.
    """
    if engine.dialect.name != "postgresql":
        return
    pairs = [(table, right) for table, rights in GRANTS.items() for right in rights.split(", ")]
    names, rights = map(list, zip(*pairs, strict=True))
    with reading(engine) as connection:
        lacking = connection.execute(_LACKING, {"names": names, "rights": rights}).first()
    if lacking is not None:
        role, table, right = lacking
        rule = (
            f"缺少权限 {right} {table}，请以表的所有者运行 · it lacks this right; as the owner of "
            f"the tables run: liangshan db upgrade --grant-to {role}"
        )
        raise BadInput(rule, where=WHERE, field="role", value=role)


@contextmanager
def as_owner(grantee: str = "") -> Iterator[None]:
    """Say what is the matter where only the tables' owner may do something, or a role is missing.

    Raises
    ------
    BadInput
        Naming the role.
    """
    try:
        yield
    except ProgrammingError as fault:
        state = getattr(fault.orig, "sqlstate", None)
        if state == _NO_SUCH_ROLE:
            rule = "没有此角色，请先 CREATE ROLE … LOGIN · there is no such role; create it first"
            raise BadInput(rule, field="--grant-to", value=grantee) from fault
        if state == _MAY_NOT:
            rule = "须以数据库和表的所有者运行 · run this as the owner of the database's tables"
            raise BadInput(rule, where=WHERE, field="role") from fault
        raise
