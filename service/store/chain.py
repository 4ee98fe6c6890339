"""The keyed hash chain over the decisions of one owner, and the key it is made with.

Whoever can write the database cannot rebuild the chain without the key, so an edit, a gap or a
swap shows; a cut tail shows against a head that was handed out.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from service.store.secret_files import FOLDER, kept_key

GENESIS = "0" * 64
"""What the first decision of a chain names as its predecessor."""

KEY_BYTES = 32
KEY_FILE = "chain.key"


def chain_hash(key: bytes, owner: str, sequence: int, previous: str, content: bytes) -> str:
    """Return the HMAC-SHA256, in hexadecimal, of one decision at its place in the chain.

    Examples
    --------
    >>> first = chain_hash(b"k", "bank", 1, GENESIS, b"{}")
    >>> first == chain_hash(b"k", "bank", 2, GENESIS, b"{}")
    False
    """
    place = f"{owner}\n{sequence}\n{previous}\n".encode()
    return hmac.new(key, place + content, hashlib.sha256).hexdigest()


def chain_key(home: Path) -> bytes:
    """Return the installation's chain key, drawn at its first start.

    Raises
    ------
    BadInput
        When the file cannot be made, cannot be read or holds no key.
    """
    return kept_key(home / FOLDER / KEY_FILE, KEY_BYTES)


def derived_key(home: Path, purpose: str) -> bytes:
    """Return a key for another purpose that every process of the installation agrees on.

    Raises
    ------
    BadInput
        As `chain_key`.
    """
    return hmac.new(chain_key(home), purpose.encode(), hashlib.sha256).digest()
