"""Signing keys: drawn once, rotated without a gap, shared by workers, gone when they leaked."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.store.faults import StoreUnavailable
from service.trust.keys import LEEWAY, TOKEN_LASTS, SigningKeys

START = datetime(2026, 11, 30, 8, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(tmp_path: Path, clock: Clock) -> Callable[[], SigningKeys]:
    """Returns the keys as one more worker sees them."""
    return lambda: SigningKeys(tmp_path / "tokens", clock)


def test_the_first_use_draws_a_key_for_the_services_account_alone(
    worker: Callable[[], SigningKeys], tmp_path: Path
) -> None:
    key = worker().signing()
    (file,) = (tmp_path / "tokens").iterdir()
    assert file.name == f"{key.kid}.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_every_worker_signs_with_the_newest_key(
    worker: Callable[[], SigningKeys], clock: Clock
) -> None:
    one, other = worker(), worker()
    first = one.signing()
    assert other.signing().kid == first.kid
    clock.forward(timedelta(seconds=1))
    drawn = one.rotate()
    assert drawn != first.kid
    assert [keys.signing().kid for keys in (one, other)] == [drawn, drawn]


def test_a_replaced_key_verifies_until_its_last_token_has_expired(
    worker: Callable[[], SigningKeys], clock: Clock, tmp_path: Path
) -> None:
    keys, other = worker(), worker()
    first = str(keys.signing().kid)
    clock.forward(timedelta(days=30))
    second = keys.rotate()
    clock.forward(TOKEN_LASTS + LEEWAY)
    assert other.verifying(first) is not None
    assert other.ids() == [second, first]
    clock.forward(timedelta(seconds=1))
    assert other.verifying(first) is None
    assert other.ids() == [second]
    third = keys.rotate()
    left = {file.stem for file in (tmp_path / "tokens").iterdir()}
    assert left == {second, third}


def test_a_key_that_leaked_goes_at_once_everywhere(
    worker: Callable[[], SigningKeys], clock: Clock
) -> None:
    keys, other = worker(), worker()
    first = str(other.signing().kid)
    clock.forward(timedelta(seconds=1))
    drawn = keys.rotate(at_once=True)
    assert other.verifying(first) is None
    assert other.ids() == [drawn]


def test_two_workers_that_start_together_believe_each_other(
    worker: Callable[[], SigningKeys], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = worker(), worker()
    monkeypatch.setattr(SigningKeys, "_ids", lambda keys: [])
    kids = [str(keys.signing().kid) for keys in (one, other)]
    monkeypatch.undo()
    assert all(keys.verifying(kid) for keys in (one, other) for kid in kids)


@pytest.mark.parametrize("id", ["", "../chain", "20261130T080000000000Z-00000000", "x" * 999])
def test_an_unknown_id_names_no_key(worker: Callable[[], SigningKeys], id: str) -> None:
    keys = worker()
    keys.signing()
    assert keys.verifying(id) is None


def test_a_broken_key_file_is_named_and_its_folder_is_not(
    worker: Callable[[], SigningKeys], tmp_path: Path
) -> None:
    id = worker().signing().kid
    (tmp_path / "tokens" / f"{id}.pem").write_text("rubbish")
    for use in (SigningKeys.signing, SigningKeys.public):
        with pytest.raises(StoreUnavailable, match=str(id)) as told:
            use(worker())
        assert str(tmp_path) not in told.value.reason


def test_a_disk_that_is_full_is_told(
    worker: Callable[[], SigningKeys], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("service.trust.keys.write_once", full)
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        worker().signing()


def test_a_key_that_goes_between_two_looks_is_no_key_any_more(
    worker: Callable[[], SigningKeys], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker rotates at once after this one has listed the folder."""
    old = worker().signing().kid
    slow, listed = worker(), worker()._ids()
    clock.forward(timedelta(seconds=1))
    drawn = worker().rotate(at_once=True)
    monkeypatch.setattr(slow, "_ids", lambda: listed)
    assert slow.verifying(str(old)) is None
    assert slow.public() == {"keys": []}
    monkeypatch.setattr(slow, "_ids", lambda: [drawn, *listed])
    assert slow.signing().kid == drawn
