"""The keys of enciphered fields: a folder of files, the newest enciphers, all of them decipher.

A key is never deleted by the program: a backup that is restored later may need it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from features.errors import BadInput
from service.store.secret_files import FOLDER, kept_key, write_once
from service.trust.ciphers import SM4_KEY_BYTES

FIELDS = "fields"
_MADE = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(r"(\d{8}T\d{12}Z-[0-9a-f]{8})\.key")


class FieldKeys:
    """SM4 keys as files `<key id>.key`; an id begins with when its key was made.

    The folder is listed at each use, so that a rotation holds in every worker at once.

    Parameters
    ----------
    home
        $LIANGSHAN_HOME; they lie in its secrets/fields.
    clock
        The time.
    """

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        self._folder = home / FOLDER / FIELDS
        self._clock = clock
        self._read: dict[str, bytes] = {}

    def newest(self) -> str:
        """Return the id of the key that enciphers now; the first one is drawn here."""
        return max(self.ids(), default=None) or self.rotate()

    def ids(self) -> list[str]:
        """Return the id of every key, the oldest first."""
        if not self._folder.is_dir():
            return []
        found = (_NAME.fullmatch(path.name) for path in self._folder.iterdir())
        return sorted(name[1] for name in found if name)

    def key(self, id: str) -> bytes:
        """Return a key.

        Raises
        ------
        BadInput
            When there is none of that id, or its file does not hold one.
        """
        if id not in self._read:
            if id not in self.ids():
                rule = "没有此密钥 · there is no such field key"
                raise BadInput(rule, where=str(self._folder), value=id)
            self._read[id] = kept_key(self._file(id), SM4_KEY_BYTES)
        return self._read[id]

    def rotate(self) -> str:
        """Draw a new key, which enciphers from now on, and return its id."""
        id = f"{self._clock().astimezone(UTC).strftime(_MADE)}-{secrets.token_hex(4)}"
        write_once(self._file(id), secrets.token_bytes(SM4_KEY_BYTES))
        return id

    def _file(self, id: str) -> Path:
        return self._folder / f"{id}.key"
