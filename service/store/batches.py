"""Batches: what a tenant sent in one file, how far it is, and which lines were refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    delete,
    func,
    insert,
    select,
    update,
)

from features.errors import BadInput
from service.store.database import Tenant, reading, writing
from service.store.entries import IdempotencyConflict
from service.store.statements import insert_if_absent
from service.store.tables import batch, batch_claim, batch_fault

WAITING, RUNNING, FINISHED = "waiting", "running", "finished"
CANCELLED, FAILED = "cancelled", "failed"
OVER = (FINISHED, CANCELLED, FAILED)
MOST_OPEN = 20


class TooManyOpen(BadInput):
    """The tenant has as many unfinished batches as one may have."""


@dataclass(frozen=True)
class Batch:
    """One file of applications to be assessed.

    Attributes
    ----------
    product
        What its lines ask for; None where each line says it.
    by, role, kind
        Who sent it, as it was admitted then.
    state
        waiting, running, finished; cancelled, or failed where its lines were lost.
    rows, done, faulty
        How many lines it has, how many are answered, and how many of those with a problem.
    idempotency_key, request_digest
        What makes the same file known when it comes again.
    """

    owner: str
    id: str
    product: str | None
    by: str
    role: str
    kind: str
    made_at: datetime
    finished_at: datetime | None
    state: str
    rows: int
    done: int
    faulty: int
    idempotency_key: str | None
    request_digest: str

    @property
    def is_over(self) -> bool:
        """Return whether nobody answers its lines any more."""
        return self.state in OVER


class Batches:
    """The batches of one tenant.

    Parameters
    ----------
    engine
        The store's database.
    tenant
        Whose they are; there is no repository without one.
    """

    def __init__(self, engine: Engine, tenant: Tenant) -> None:
        self._engine = engine
        self._tenant = tenant

    def keep(self, new: Batch) -> Batch:
        """Keep a batch to be worked through and return it, or the one that its key made before.

        Raises
        ------
        IdempotencyConflict
            When its key came before with another file.
        TooManyOpen
            When the tenant has `MOST_OPEN` unfinished ones.
        """
        with writing(self._engine, self._tenant) as connection:
            insert_if_absent(connection, batch, [vars(new)])
            kept = self._one(connection, _named_or_keyed(new))
            if kept.id == new.id:
                self._refuse_one_more(connection)
                claim = {"id": new.id, "owner": new.owner, "until": new.made_at, "place": 0}
                connection.execute(insert(batch_claim), claim)
        if kept.request_digest != new.request_digest:
            raise IdempotencyConflict(
                "此键已用于另一请求 · this key was used with another request",
                field="Idempotency-Key",
                value=new.idempotency_key,
            )
        return kept

    def cancel(self, id: str, now: datetime) -> bool:
        """Take a batch from whoever answers its lines; return whether it had any to answer."""
        with writing(self._engine, self._tenant) as connection:
            return end(connection, self._tenant.owner, id, CANCELLED, now)

    def get(self, id: str) -> Batch | None:
        """Return a batch; None where the tenant has none of that id."""
        with reading(self._engine, self._tenant) as connection:
            found = connection.execute(self._chosen(batch.c.id == id)).mappings().first()
        return None if found is None else _batch(found)

    def newest(self, limit: int, before: str | None = None) -> list[Batch]:
        """Return the tenant's batches, the newest first, those made before another's id alone."""
        statement = self._chosen(batch.c.id < before) if before else self._chosen()
        with reading(self._engine, self._tenant) as connection:
            found = connection.execute(statement.order_by(batch.c.id.desc()).limit(limit))
            return [_batch(row) for row in found.mappings()]

    def over_before(self, instant: datetime) -> list[str]:
        """Return the ids of the batches that ended before an instant, the oldest first."""
        ended = select(batch.c.id).where(batch.c.owner == self._tenant.owner)
        ended = ended.where(batch.c.finished_at < instant).order_by(batch.c.id)
        with reading(self._engine, self._tenant) as connection:
            return list(connection.execute(ended).scalars())

    def faults(self, id: str, first: int, last: int) -> Mapping[int, bytes]:
        """Return the problems of the lines from `first` to `last`, by line."""
        statement = (
            select(batch_fault.c.line, batch_fault.c.problem)
            .where(batch_fault.c.owner == self._tenant.owner, batch_fault.c.batch == id)
            .where(batch_fault.c.line.between(first, last))
        )
        with reading(self._engine, self._tenant) as connection:
            return {row.line: bytes(row.problem) for row in connection.execute(statement)}

    def _refuse_one_more(self, connection: Connection) -> None:
        """Count the tenant's unfinished batches, one who counts at a time."""
        open_ones = select(batch_claim.c.id).where(batch_claim.c.owner == self._tenant.owner)
        connection.execute(open_ones.order_by(batch_claim.c.id).with_for_update())
        count = select(func.count()).select_from(open_ones.subquery())
        if connection.execute(count).scalar_one() >= MOST_OPEN:
            rule = (
                f"至多 {MOST_OPEN} 个未完成的批次，请待其完成或取消 · at most {MOST_OPEN} batches "
                "may be unfinished: wait for one to finish, or cancel one"
            )
            raise TooManyOpen(rule, where="batch")

    def _chosen(self, *conditions: ColumnElement[bool]) -> Any:
        return select(batch).where(batch.c.owner == self._tenant.owner, *conditions)

    def _one(self, connection: Connection, condition: ColumnElement[bool]) -> Batch:
        return _batch(connection.execute(self._chosen(condition)).mappings().one())


def end(connection: Connection, owner: str, id: str, state: str, now: datetime) -> bool:
    """End a batch before its last line; return whether it was open.

    What was answered stays. Whoever holds it finds that at the end of the lines at hand.
    """
    claimed = (batch_claim.c.owner == owner, batch_claim.c.id == id)
    if connection.execute(delete(batch_claim).where(*claimed)).rowcount == 0:
        return False
    named = (batch.c.owner == owner, batch.c.id == id)
    connection.execute(update(batch).where(*named).values(state=state, finished_at=now))
    return True


def forget(connection: Connection, owner: str, ids: Sequence[str]) -> None:
    """Delete batches that are over, with the problems of their lines; decisions stay."""
    faults = delete(batch_fault).where(batch_fault.c.owner == owner)
    connection.execute(faults.where(batch_fault.c.batch.in_(ids)))
    connection.execute(delete(batch).where(batch.c.owner == owner, batch.c.id.in_(ids)))


def _named_or_keyed(new: Batch) -> ColumnElement[bool]:
    if new.idempotency_key is None:
        return batch.c.id == new.id
    return batch.c.idempotency_key == new.idempotency_key


def _batch(row: RowMapping) -> Batch:
    return Batch(**{field.name: row[field.name] for field in fields(Batch)})
