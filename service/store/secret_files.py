"""Keys of an installation as files that its own account alone can read."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from features.errors import BadInput

FOLDER = "secrets"


def kept_key(path: Path, size: int) -> bytes:
    """Return the key of `size` bytes in a file, drawn where there is none yet.

    Raises
    ------
    BadInput
        When the file cannot be made, cannot be read or holds no such key.
    """
    try:
        if not path.exists():
            write_once(path, secrets.token_bytes(size))
        key = path.read_bytes()
    except OSError as fault:
        raise BadInput(
            f"密钥文件无法读写 · the key file cannot be read or made ({fault.strerror})",
            where=str(path),
        ) from fault
    if len(key) != size:
        raise BadInput(
            f"应为 {size} 字节 · a key has {size} bytes",
            where=str(path),
            value=f"{len(key)} bytes",
        )
    return key


def refuse_open_keys(home: Path) -> None:
    """Refuse to start while other accounts of the machine can read or change a key.

    Raises
    ------
    BadInput
        Naming the file and how to close it.
    """
    folder = home / FOLDER
    if not folder.exists() or not folder.stat().st_mode & stat.S_IXOTH:
        return
    for path in filter(Path.is_file, sorted(folder.rglob("*"))):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & (stat.S_IROTH | stat.S_IWOTH):
            rule = "其他账户可读写此密钥 · other accounts can read or change this key; chmod o-rwx"
            raise BadInput(rule, where=str(path), field="mode", value=oct(mode))


def write_once(path: Path, content: bytes) -> None:
    """Write a file; of two processes that start together, the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
