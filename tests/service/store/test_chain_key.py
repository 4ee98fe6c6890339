"""The chain key: drawn once, for the service's eyes only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from features.errors import BadInput
from service.store.chain import chain_key


def test_the_key_is_drawn_once_and_private(tmp_path: Path) -> None:
    key = chain_key(tmp_path)
    assert chain_key(tmp_path) == key
    assert len(key) == 32
    assert [
        (file.name, file.stat().st_mode & 0o777) for file in (tmp_path / "secrets").iterdir()
    ] == [("chain.key", 0o600)]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(chain_key, [tmp_path] * 8))) == 1


def test_a_file_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    chain_key(tmp_path)
    (tmp_path / "secrets" / "chain.key").write_bytes(b"short")
    with pytest.raises(BadInput, match="a key has 32 bytes"):
        chain_key(tmp_path)


def test_a_home_without_room_for_secrets_is_named(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("")
    with pytest.raises(BadInput, match="cannot be read or made"):
        chain_key(tmp_path)
