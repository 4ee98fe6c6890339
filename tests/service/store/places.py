"""Where a test backs up from and restores to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from service.store.store import Store

Empty = Callable[[str, Path], Store]
"""Opens an empty database of a kind, as the role that owns its tables."""


def seeing_all(store: Store) -> Store:
    """Return the store as a role that sees every row."""
    url = store.engine.url
    if url.get_backend_name() == "postgresql":
        url = url.set(username="postgres")
    return Store(url.render_as_string(False), store._home)
