"""Blobs: bytes by their sha256, kept once."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import SQLAlchemyError

from features.errors import BadInput
from service.store.database import writing
from service.store.store import Store
from service.store.tables import blob


def test_bytes_come_back_by_their_sha256(store: Store) -> None:
    content = bytes(range(256)) * 100
    sha256 = store.blobs.put(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert store.blobs.put(content) == sha256
    assert store.blobs.get(sha256) == content
    assert store.blobs.get("0" * 64) is None


def test_bytes_that_are_not_what_their_name_says_are_refused(store: Store) -> None:
    with writing(store.engine) as connection:
        connection.execute(insert(blob), {"sha256": "f" * 64, "content": b"forged"})
    with pytest.raises(BadInput, match="do not have this sha256"):
        store.blobs.get("f" * 64)


def test_a_blob_cannot_be_changed(store: Store) -> None:
    store.blobs.put(b"policy")
    with pytest.raises(SQLAlchemyError), writing(store.engine) as connection:
        connection.execute(text("UPDATE blob SET content = ''"))
