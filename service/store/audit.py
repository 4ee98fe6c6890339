"""Verify a chain of decisions: every document in its place, none changed, none missing."""

from __future__ import annotations

from sqlalchemy import Connection, Select, select

from features.errors import BadInput
from service.store.chain import GENESIS, chain_hash
from service.store.database import Tenant, act_as
from service.store.tables import chain_head, decision

AT_ONCE = 1_000


def verify_chain(connection: Connection, key: bytes, owner: str) -> int:
    """Return how many documents an owner's chain has, each of which was verified.

    Parameters
    ----------
    key
        The chain key of the installation.

    Raises
    ------
    BadInput
        At the first document that is not what the chain says, naming its place; where the chain's
        head is not its last document.
    """
    act_as(connection, Tenant(owner))
    head = connection.execute(
        select(chain_head.c.sequence, chain_head.c.hash).where(chain_head.c.owner == owner)
    ).one()
    place, previous = 0, GENESIS
    for row in connection.execute(_documents(owner)):
        place += 1
        expected = chain_hash(key, owner, place, previous, row.content)
        if (row.sequence, row.previous_hash, row.hash) != (place, previous, expected):
            raise _broken(owner, place)
        previous = row.hash
    if (head.sequence, head.hash) != (place, previous):
        raise _broken(owner, place + 1)
    return place


def _documents(owner: str) -> Select[int, str, str, bytes]:
    columns = (
        decision.c.sequence,
        decision.c.previous_hash,
        decision.c.hash,
        decision.c.content,
    )
    statement = select(*columns).where(decision.c.owner == owner).order_by(decision.c.sequence)
    return statement.execution_options(yield_per=AT_ONCE)


def _broken(owner: str, place: int) -> BadInput:
    return BadInput(
        "决策链断裂，内容、次序或密钥不符 · the chain is broken here: another content, another "
        "order or another key",
        where=f"decision {place} of {owner}",
    )
