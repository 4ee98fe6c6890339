"""The keyed hash chain over the decisions of one owner, and the key it is made with.

Whoever can write the database cannot rebuild the chain without the key, so an edit, a gap or a
swap shows; a cut tail shows against a head that was handed out.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from features.errors import BadInput

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

    It lies in `home`/secrets, readable by the service's own account alone.

    Raises
    ------
    BadInput
        When the file cannot be made, cannot be read or holds no key.
    """
    path = home / "secrets" / KEY_FILE
    try:
        if not path.exists():
            _draw(path)
        key = path.read_bytes()
    except OSError as fault:
        raise BadInput(
            f"密钥文件无法读写 · the key file cannot be read or made ({fault.strerror})",
            where=str(path),
        ) from fault
    if len(key) != KEY_BYTES:
        raise BadInput(
            f"应为 {KEY_BYTES} 字节 · a key has {KEY_BYTES} bytes",
            where=str(path),
            value=f"{len(key)} bytes",
        )
    return key


def derived_key(home: Path, purpose: str) -> bytes:
    """Return a key for another purpose that every process of the installation agrees on.

    Raises
    ------
    BadInput
        As `chain_key`.
    """
    return hmac.new(chain_key(home), purpose.encode(), hashlib.sha256).digest()


def _draw(path: Path) -> None:
    """Write a random key; of two processes that start together, the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
