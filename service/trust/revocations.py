"""Which clients were revoked while tokens of theirs may still be on their way.

A token is believed without a database read; so that a revoked client does not work on for ten
minutes, every worker looks every five seconds which ones are gone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from service.store.database import reading
from service.store.faults import StoreUnavailable
from service.store.tables import api_key
from service.trust.keys import LEEWAY, TOKEN_LASTS, Clock

LOOKS_EVERY = timedelta(seconds=5)


class Revocations:
    """Know the clients that were revoked since the oldest token that still holds.

    Parameters
    ----------
    engine
        The store's database.
    clock
        The time.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._gone: frozenset[str] = frozenset()
        self._next: datetime | None = None

    def has(self, id: str) -> bool:
        """Return whether a client was among the revoked at the last look."""
        return id in self._gone

    def take_turn(self) -> bool:
        """Return whether it is time to look again; True once, for whoever asks first."""
        now = self._clock()
        if self._next is not None and now < self._next:
            return False
        self._next = now + LOOKS_EVERY
        return True

    def look(self) -> None:
        """Read which clients were revoked.

        Raises
        ------
        StoreUnavailable
            When the database cannot say; the next request asks again then.
        """
        horizon = self._clock() - TOKEN_LASTS - 2 * LEEWAY
        statement = select(api_key.c.prefix).where(api_key.c.revoked_at >= horizon)
        try:
            with reading(self._engine) as connection:
                self._gone = frozenset(connection.execute(statement).scalars())
        except StoreUnavailable:
            self._next = None
            raise
