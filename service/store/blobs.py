"""Policies and models by the sha256 of their bytes: a decision replays after they change."""

from __future__ import annotations

from sqlalchemy import Engine, select

from features.canonical import sha256_hex
from features.errors import BadInput
from service.store.database import reading, writing
from service.store.statements import insert_if_absent
from service.store.tables import blob


class Blobs:
    """Keep bytes once and give them back unchanged.

    They hold policies and models, nobody's data, so they have no owner.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, content: bytes) -> str:
        """Keep `content`, unless it is there, and return its sha256 in hexadecimal."""
        sha256 = sha256_hex(content)
        with writing(self._engine) as connection:
            insert_if_absent(connection, blob, [{"sha256": sha256, "content": content}])
        return sha256

    def get(self, sha256: str) -> bytes | None:
        """Return the bytes of that sha256; None where they were never kept.

        Raises
        ------
        BadInput
            When what is kept no longer has that sha256.
        """
        with reading(self._engine) as connection:
            content = connection.execute(
                select(blob.c.content).where(blob.c.sha256 == sha256)
            ).scalar()
        if content is None:
            return None
        if sha256_hex(content) != sha256:
            raise BadInput(
                "内容与其指纹不符 · the kept bytes do not have this sha256",
                where="blob",
                value=sha256,
            )
        return bytes(content)
