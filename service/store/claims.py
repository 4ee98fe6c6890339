"""Which worker is at which batch: taken in the database, for a short time, renewed as it goes.

A worker that dies holds its batch until its time is up; another then goes on behind the last
line that was kept. A worker that was only slow finds that it lost the batch and leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, or_, select, update

from service.store.batches import FINISHED, RUNNING
from service.store.database import Tenant, reading, writing
from service.store.tables import batch, batch_claim, batch_fault

LEASE = timedelta(seconds=10)


class LostClaim(Exception):
    """Another worker has taken the batch, or it was cancelled; nothing of this step was kept."""


@dataclass(frozen=True)
class Claim:
    """A batch that a worker holds.

    Attributes
    ----------
    place
        Where in the batch's file its next line begins, in bytes.
    """

    id: str
    owner: str
    worker: str
    place: int


@dataclass(frozen=True)
class Step:
    """What a worker did since it last said so.

    Attributes
    ----------
    lines
        How many it answered.
    faults
        Problems by line, among them.
    place
        Where its next line begins, in bytes.
    last
        Whether no line is left.
    """

    lines: int
    place: int
    last: bool
    faults: Mapping[int, bytes] = field(default_factory=dict)


class Claims:
    """All batches that are still to be worked through, whoever's they are.

    Parameters
    ----------
    engine
        The store's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, worker: str, now: datetime, here: Callable[[str, str], bool]) -> Claim | None:
        """Return the free batch that has waited longest, now this worker's; None where all wait.

        Parameters
        ----------
        here
            Whether the file of a batch (owner, id) lies where this worker can read it.
        """
        statement = select(batch_claim).where(_free(worker, now)).order_by(batch_claim.c.until)
        with reading(self._engine) as connection:
            waiting = connection.execute(statement).all()
        for found in waiting:
            claim = Claim(found.id, found.owner, worker, found.place)
            if here(found.owner, found.id) and self._taken(claim, now):
                return claim
        return None

    def advance(self, claim: Claim, step: Step, now: datetime) -> Claim:
        """Keep what was done and hold the batch for longer; at its last line, finish it.

        Raises
        ------
        LostClaim
            When another worker has taken it meanwhile, or it was cancelled.
        """
        with writing(self._engine, Tenant(claim.owner)) as connection:
            self._renew(connection, claim, step, now)
            _keep_faults(connection, claim, step)
            done = {
                "done": batch.c.done + step.lines,
                "faulty": batch.c.faulty + len(step.faults),
                "state": FINISHED if step.last else RUNNING,
                "finished_at": now if step.last else None,
            }
            whose = (batch.c.owner == claim.owner, batch.c.id == claim.id)
            connection.execute(update(batch).where(*whose).values(done))
        return replace(claim, place=step.place)

    def release(self, claim: Claim, now: datetime) -> None:
        """Let go of a batch, which then waits behind those that have waited longer."""
        with writing(self._engine) as connection:
            connection.execute(
                update(batch_claim)
                .where(batch_claim.c.id == claim.id, batch_claim.c.worker == claim.worker)
                .values(worker=None, until=now)
            )

    def waiting(self) -> dict[str, str]:
        """Return the owner of each batch that has lines to answer."""
        statement = select(batch_claim.c.id, batch_claim.c.owner)
        with reading(self._engine) as connection:
            return {row.id: row.owner for row in connection.execute(statement)}

    def _taken(self, claim: Claim, now: datetime) -> bool:
        """Return whether this worker is the one that got a batch from its last holder."""
        with writing(self._engine) as connection:
            outcome = connection.execute(
                update(batch_claim)
                .where(batch_claim.c.id == claim.id, _free(claim.worker, now))
                .where(batch_claim.c.place == claim.place)
                .values(worker=claim.worker, until=now + LEASE)
            )
        return outcome.rowcount == 1

    def _renew(self, connection: Connection, claim: Claim, step: Step, now: datetime) -> None:
        mine = (batch_claim.c.id == claim.id, batch_claim.c.worker == claim.worker)
        if step.last:
            outcome = connection.execute(delete(batch_claim).where(*mine))
        else:
            renewed = update(batch_claim).where(*mine)
            outcome = connection.execute(renewed.values(place=step.place, until=now + LEASE))
        if outcome.rowcount != 1:
            raise LostClaim(claim.id)


def _free(worker: str, now: datetime) -> ColumnElement[bool]:
    """Return which batches a worker may take: nobody's, a dead one's, and those it let fall."""
    mine = batch_claim.c.worker == worker
    return or_(batch_claim.c.worker.is_(None), batch_claim.c.until < now, mine)


def _keep_faults(connection: Connection, claim: Claim, step: Step) -> None:
    rows = [
        {"owner": claim.owner, "batch": claim.id, "line": line, "problem": problem}
        for line, problem in step.faults.items()
    ]
    if rows:
        connection.execute(insert(batch_fault), rows)
