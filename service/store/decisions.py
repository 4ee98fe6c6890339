"""The decision log: documents kept once, byte for byte, each chained to the one before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, event, insert, select, update

from features.canonical import sha256_hex
from features.errors import BadInput
from service import metrics
from service.store import consents, identities
from service.store.chain import GENESIS, chain_hash
from service.store.database import Tenant, act_as, reading, writing
from service.store.decision_readings import DecisionReadings, said_about, stored_row
from service.store.entries import (
    Draft,
    IdempotencyConflict,
    NotKept,
    Overtaken,
    Stored,
    draft,
    new_id,
    row_of,
)
from service.store.statements import insert_if_absent
from service.store.tables import chain_head, decision
from service.trust.subjects import Sealed

__all__ = [
    "DecisionLog",
    "Draft",
    "IdempotencyConflict",
    "NotKept",
    "Overtaken",
    "Stored",
    "draft",
    "new_id",
]

Append = Callable[[Draft], Stored]


class DecisionLog(DecisionReadings):
    """Append decisions to their owners' chains and read them again.

    Parameters
    ----------
    engine
        The store's database.
    key
        The chain key of this installation.
    """

    def __init__(self, engine: Engine, key: bytes) -> None:
        super().__init__(engine)
        self._key = key
        self._trusted: set[str] = set()

    def append(
        self,
        document: Mapping[str, object],
        owner: str,
        *,
        application: str | None = None,
        idempotency_key: str | None = None,
        request: bytes | None = None,
    ) -> Stored:
        """Keep one decision and return it with its place in the chain, once it is on disk.

        Raises
        ------
        IdempotencyConflict
            When the key came before with another request. With the same request, the decision
            that was kept then is returned.
        """
        entry = draft(
            document,
            owner,
            application=application,
            idempotency_key=idempotency_key,
            request=request,
        )
        (outcome,) = self.append_all([entry])
        if not isinstance(outcome, Stored):
            raise outcome
        return outcome

    def append_all(self, drafts: Sequence[Draft]) -> list[Stored | NotKept]:
        """Keep all drafts in one transaction; return what became of each, in their order."""
        begun = perf_counter()
        outcomes: dict[int, Stored | NotKept] = {}
        by_owner = sorted(range(len(drafts)), key=lambda place: drafts[place].owner)
        with writing(self._engine) as connection:
            for owner, places in groupby(by_owner, key=lambda place: drafts[place].owner):
                act_as(connection, Tenant(owner))
                chosen = list(places)
                kept = self._extend(connection, owner, [drafts[place] for place in chosen])
                outcomes.update(zip(chosen, kept, strict=True))
        kept_in_order = [outcomes[place] for place in range(len(drafts))]
        metrics.committed(drafts, kept_in_order, perf_counter() - begun)
        return kept_in_order

    def append_after(self, entry: Draft, seen: str | None) -> Stored:
        """Keep a document about something, if nobody has said anything about it meanwhile.

        Parameters
        ----------
        seen
            Hash of the last document about it that the author knew; None where there was none.

        Raises
        ------
        Overtaken
            When another document came first; nothing is kept then.
        IdempotencyConflict
            As in `append`.
        """
        begun = perf_counter()
        with writing(self._engine, Tenant(entry.owner)) as connection:
            self._locked_head(connection, entry.owner)
            keys = [] if entry.idempotency_key is None else [entry.idempotency_key]
            last = connection.execute(said_about([entry.about or ""], entry.owner)).all()
            if (last[-1].hash if last else None) != seen and not _by_key(
                connection, entry.owner, keys
            ):
                raise Overtaken("其间已有新的意见 · something was said about it meanwhile")
            (outcome,) = self._extend(connection, entry.owner, [entry])
        metrics.committed([entry], [outcome], perf_counter() - begun)
        if not isinstance(outcome, Stored):
            raise outcome
        return outcome

    def append_in(self, connection: Connection, entry: Draft) -> None:
        """Keep a document in a transaction that changes something else too: both, or neither."""
        act_as(connection, Tenant(entry.owner))
        self._extend(connection, entry.owner, [entry])
        event.listen(connection, "commit", lambda _: metrics.kept([entry]), once=True)

    @contextmanager
    def following(self, owner: str) -> Iterator[tuple[Connection, Append]]:
        """Run a transaction in which a document and what follows from it are kept together.

        Nobody else adds to the owner's chain meanwhile; if anything raises, nothing is kept.

        Yields
        ------
        tuple
            The transaction, and how a document joins the chain in it.
        """
        appended: list[Draft] = []
        with writing(self._engine, Tenant(owner)) as connection:
            self._locked_head(connection, owner)

            def append(entry: Draft) -> Stored:
                (outcome,) = self._extend(connection, owner, [entry])
                if not isinstance(outcome, Stored):
                    raise outcome
                appended.append(entry)
                return outcome

            yield connection, append
        metrics.kept(appended)

    def repeated(self, idempotency_key: str, request: bytes, owner: str) -> Stored | None:
        """Return the decision this key and request made before; None where the key is new.

        Raises
        ------
        IdempotencyConflict
            When the key came before with another request.
        """
        with reading(self._engine, Tenant(owner)) as connection:
            found = _by_key(connection, owner, [idempotency_key]).get(idempotency_key)
        if found is None:
            return None
        outcome = _same_request(found, sha256_hex(request), idempotency_key)
        if not isinstance(outcome, Stored):
            raise outcome
        return outcome

    def by_keys(self, idempotency_keys: Sequence[str], owner: str) -> dict[str, Stored]:
        """Return the decisions that were kept under some of these keys, by key."""
        with reading(self._engine, Tenant(owner)) as connection:
            found = _by_key(connection, owner, idempotency_keys)
        return {key: stored_row(row) for key, row in found.items()}

    def _extend(
        self, connection: Connection, owner: str, drafts: Sequence[Draft]
    ) -> list[Stored | NotKept]:
        """Chain one owner's drafts behind his head, which stays locked until the commit."""
        sequence, previous = self._locked_head(connection, owner)
        keys = [entry.idempotency_key for entry in drafts if entry.idempotency_key is not None]
        known = _by_key(connection, owner, keys)
        resting = {entry.consent for entry in drafts if entry.consent is not None}
        gone = consents.withdrawn_among(connection, owner, resting)
        outcomes: list[Stored | NotKept] = []
        rows: list[dict[str, object]] = []
        people: list[Sealed] = []
        now = datetime.now(UTC)
        for entry in drafts:
            key = entry.idempotency_key
            if key is not None and key in known:
                outcomes.append(_same_request(known[key], entry.request_digest, key))
                continue
            if entry.consent is not None and entry.consent in gone:
                outcomes.append(consents.refusal_of(entry.consent))
                continue
            sequence += 1
            digest = chain_hash(self._key, owner, sequence, previous, entry.content)
            row = row_of(entry, sequence, now, previous, digest)
            previous = digest
            rows.append(row)
            outcomes.append(stored_row(row))
            people += [] if entry.sealed is None else [entry.sealed]
            if key is not None:
                known[key] = row
        identities.keep(connection, owner, people, now)
        if rows:
            connection.execute(insert(decision), rows)
            connection.execute(
                update(chain_head)
                .where(chain_head.c.owner == owner)
                .values(sequence=sequence, hash=previous)
            )
        return outcomes

    def _locked_head(self, connection: Connection, owner: str) -> tuple[int, str]:
        """Return sequence and hash of the owner's last decision, read under a lock."""
        statement = (
            select(chain_head.c.sequence, chain_head.c.hash)
            .where(chain_head.c.owner == owner)
            .with_for_update()
        )
        head = connection.execute(statement).first()
        if head is None:
            start = {"owner": owner, "sequence": 0, "hash": GENESIS}
            insert_if_absent(connection, chain_head, [start])
            head = connection.execute(statement).one()
        if owner not in self._trusted:
            self._check_head(connection, owner, head.sequence, head.hash)
            self._trusted.add(owner)
        return head.sequence, head.hash

    def _check_head(self, connection: Connection, owner: str, sequence: int, digest: str) -> None:
        """Refuse to go on behind a head that this installation's key did not make."""
        if sequence == 0:
            return
        last = connection.execute(
            select(decision).where(decision.c.owner == owner, decision.c.sequence == sequence)
        ).first()
        if last is None or digest != chain_hash(
            self._key, owner, sequence, last.previous_hash, last.content
        ):
            raise BadInput(
                "决策链与密钥不符 · the chain's last decision does not match the chain key",
                where=f"decision {sequence} of {owner}",
            )


def _by_key(
    connection: Connection, owner: str, keys: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    """Return the owner's kept decisions by the idempotency keys they came with."""
    if not keys:
        return {}
    found = connection.execute(
        select(decision).where(decision.c.owner == owner, decision.c.idempotency_key.in_(keys))
    ).mappings()
    return {row["idempotency_key"]: dict(row) for row in found}


def _same_request(
    kept: Mapping[str, Any], request_digest: str | None, key: str
) -> Stored | IdempotencyConflict:
    """Return the kept decision where it answers the same request, else the conflict."""
    if kept["request_digest"] == request_digest:
        return stored_row(kept)
    return IdempotencyConflict(
        "此键已用于另一请求 · this key was used with another request",
        field="Idempotency-Key",
        value=key,
    )
