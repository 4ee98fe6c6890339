"""The keys that sign access tokens: a folder of files that all workers share.

The newest key signs. One that was replaced verifies until the last token it signed has expired,
then nobody takes it any more and the next rotation deletes it. The folder is listed at each use
(5 µs), so a rotation holds in every worker at once.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from service.store.faults import StoreUnavailable
from service.store.secret_files import FOLDER as SECRETS
from service.store.secret_files import write_once

Clock = Callable[[], datetime]

TOKEN_LASTS = timedelta(minutes=10)
LEEWAY = timedelta(seconds=5)
"""How far the clocks of two workers may lie apart."""

FOLDER = Path(SECRETS) / "tokens"
_MADE = "%Y%m%dT%H%M%S%fZ"
_KEY_FILE = re.compile(r"(\d{8}T\d{12}Z-[0-9a-f]{8})\.pem")


class SigningKeys:
    """ES256 keys as files `<key id>.pem`; the key id begins with when the key was made.

    Parameters
    ----------
    folder
        Where they lie; made at first use, readable by the service's own account alone.
    clock
        The time.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._read: dict[str, ECKey] = {}

    def signing(self) -> ECKey:
        """Return the newest key; the first one is drawn here."""
        return next(self._keys(self._ids()), None) or self._read[self._draw()]

    def verifying(self, id: str) -> ECKey | None:
        """Return a key whose tokens still hold; None for any other id."""
        return next(self._keys([id]), None) if id in self.ids() else None

    def ids(self) -> list[str]:
        """Return the ids of the keys whose tokens still hold, the newest first."""
        return self._split()[0]

    def public(self) -> dict[str, list[dict[str, Any]]]:
        """Return the JSON Web Key Set (RFC 7517) of the keys whose tokens still hold."""
        described = {"use": "sig", "alg": "ES256"}
        keys = self._keys(self.ids())
        return {"keys": [key.as_dict(private=False, **described) for key in keys]}

    def rotate(self, *, at_once: bool = False) -> str:
        """Draw a new key, which signs from now on, and return its id.

        Parameters
        ----------
        at_once
            Whether all other keys go too, and with them every token: for a key that leaked.
        """
        drawn = self._draw()
        gone = [id for id in self._ids() if id != drawn] if at_once else self._split()[1]
        for id in gone:
            self._file(id).unlink(missing_ok=True)
            self._read.pop(id, None)
        return drawn

    def _split(self) -> tuple[list[str], list[str]]:
        """Return the ids of the keys that count and of those that are past, newest first.

        A key is past once its successor is older than a token lasts.
        """
        found = self._ids()
        horizon = self._clock() - TOKEN_LASTS - LEEWAY
        past = [id for successor, id in pairwise(found) if made(successor) < horizon]
        return [id for id in found if id not in past], past

    def _ids(self) -> list[str]:
        """Return the id of every key in the folder, the newest first."""
        return sorted(self._names(), reverse=True)

    def _names(self) -> Iterator[str]:
        try:
            listed = os.listdir(self._folder)
        except FileNotFoundError:
            return
        for name in listed:
            found = _KEY_FILE.fullmatch(name)
            if found:
                yield found[1]

    def _file(self, id: str) -> Path:
        return self._folder / f"{id}.pem"

    def _keys(self, ids: Iterable[str]) -> Iterator[ECKey]:
        """Yield the keys of these ids that no rotation has deleted meanwhile."""
        for id in ids:
            if id not in self._read:
                try:
                    self._read[id] = ECKey.import_key(self._file(id).read_bytes(), {"kid": id})
                except FileNotFoundError:
                    continue
                except (OSError, ValueError) as fault:
                    rule = "签名密钥无法读取 · the signing key cannot be read"
                    raise StoreUnavailable(f"{rule}: {id}") from fault
            yield self._read[id]

    def _draw(self) -> str:
        """Write a new key, whole or not at all, and return its id."""
        key = ECKey.generate_key("P-256", private=True)
        id = f"{self._clock().astimezone(UTC):{_MADE}}-{secrets.token_hex(4)}"
        try:
            write_once(self._file(id), key.as_pem(private=True))
        except OSError as fault:
            rule = f"签名密钥无法写入 · the signing key cannot be written ({fault.strerror})"
            raise StoreUnavailable(rule) from fault
        self._read[id] = ECKey.import_key(key.as_pem(private=True), {"kid": id})
        return id


def made(id: str) -> datetime:
    """Return when the key with this id was made.

    Examples
    --------
    >>> made("20261130T154000000000Z-0123abcd").isoformat()
    '2026-11-30T15:40:00+00:00'
    """
    return datetime.strptime(id.partition("-")[0], _MADE).replace(tzinfo=UTC)
