"""Browser sessions: what a cookie's token stands for, and when it stops standing for anything.

The token is random and known to the browser alone; the store keeps its sha256. A session ends
when somebody signs out, after half an hour in which nothing was asked, after twelve hours in any
case, and with the person: whoever is disabled is out with his next request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, or_, select, update

from service.store.database import reading, writing
from service.store.tables import session
from service.trust.identity import Caller, person_named

LASTS = timedelta(hours=12)
IDLE = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=1)
"""How old the note of a session's last use may grow; a page view must not cost a write."""


@dataclass(frozen=True)
class Session:
    """A signed-in browser.

    Attributes
    ----------
    token
        What the cookie holds; the store knows its sha256 alone.
    csrf
        What each form of this session must carry; it follows from the token, so a page can write
        it without its being kept anywhere.
    """

    token: str
    caller: Caller
    expires_at: datetime

    @property
    def csrf(self) -> str:
        """Return the token that a form of this session must carry."""
        return hmac.new(self.token.encode(), b"csrf", hashlib.sha256).hexdigest()

    def carries(self, csrf: str) -> bool:
        """Return whether a form's token is this session's."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode())


class Sessions:
    """Open, know and end sessions.

    Parameters
    ----------
    engine
        The store's database.
    clock
        The time.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def open(self, caller: Caller) -> Session:
        """Return a new session of a person who has shown who he is."""
        now = self._clock()
        opened = Session(secrets.token_urlsafe(), caller, now + LASTS)
        row = {"sha256": _sha256(opened.token), "person": caller.name, "used_at": now}
        row |= {"barred": caller.is_barred}
        ended = or_(session.c.expires_at <= now, session.c.used_at <= now - IDLE)
        with writing(self._engine) as connection:
            connection.execute(delete(session).where(ended))
            connection.execute(insert(session), row | {"expires_at": opened.expires_at})
        return opened

    def find(self, token: str) -> Session | None:
        """Return the session of a cookie; None where it is unknown, or has ended."""
        now = self._clock()
        with reading(self._engine) as connection:
            kept = select(session).where(session.c.sha256 == _sha256(token))
            found = connection.execute(kept).first()
            if found is None or found.expires_at <= now or found.used_at <= now - IDLE:
                return None
            caller = person_named(connection, found.person)
        if caller is None:
            return None
        if found.used_at <= now - NOTED_EVERY:
            self._note_use(found.sha256, now)
        return Session(token, caller.barred() if found.barred else caller, found.expires_at)

    def end(self, token: str) -> None:
        """End the session of a cookie."""
        with writing(self._engine) as connection:
            connection.execute(delete(session).where(session.c.sha256 == _sha256(token)))

    def _note_use(self, sha256: str, now: datetime) -> None:
        with writing(self._engine) as connection:
            noted = update(session).where(session.c.sha256 == sha256).values(used_at=now)
            connection.execute(noted)


def _sha256(token: str) -> str:
    """Return the sha256 of a token, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
