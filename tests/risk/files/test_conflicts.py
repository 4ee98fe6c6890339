"""Where a county's file and ours do not go together."""

from __future__ import annotations

from pathlib import Path

from risk.files import load_policy
from risk.files.conflicts import Conflict, conflicts
from tests.risk.files.installation import COUNTY, WHO, add, law, override
from tests.risk.files.sheets import SOUND, broken

EXPERT = f"basis: EXPERT, {WHO}"
WARN = "limit: RL-05/t1/warn"


def found(folder: Path) -> list[Conflict]:
    return conflicts(load_policy(folder))


def kinds(folder: Path) -> list[tuple[str, str, str]]:
    return [(one.kind, one.limit, one.where) for one in found(folder)]


def at(line: int) -> str:
    return f"counties/{COUNTY}.yaml:{line}"


def test_shipped_policy_has_none() -> None:
    assert conflicts(load_policy()) == []


def test_row_of_its_own_is_no_conflict(tmp_path: Path) -> None:
    override(
        tmp_path,
        f'{WARN}, at: "0.9", from: 2025-01-01, {EXPERT}',
        f'{WARN}, at: "0.8", from: 2026-01-01, to: 2027-01-01, {EXPERT}',
        f'{WARN}, at: "0.7", from: 2027-01-01, {EXPERT}',
    )
    assert found(tmp_path) == []


def test_row_that_ours_left_without_force(tmp_path: Path) -> None:
    stands = "from: 2027-01-01, basis: LAW, source: x, approved_by: y"
    later = f'      - {{level: breach, at: "0.6", {stands}}}\n'
    add(tmp_path, broken("cure:", later + "cure:"))
    override(tmp_path, f'limit: RL-90/t1/breach, at: "0.4", from: 2026-01-01, {EXPERT}')
    one = found(tmp_path)[0]
    assert (one.kind, one.limit, one.where) == ("void", "RL-90/t1/breach", at(3))
    assert "2027-01-01" in one.zh
    assert "only be stricter" in one.en


def test_stricter_row_keeps_its_force_under_a_later_law(tmp_path: Path) -> None:
    add(tmp_path, law(SOUND))
    override(tmp_path, f'limit: RL-90/t1/warn, at: "1.2", from: 2023-01-01, {EXPERT}')
    assert found(tmp_path) == []


def test_delegated_number_without_a_document(tmp_path: Path) -> None:
    override(tmp_path, f'{WARN}, at: "0.9", from: 2026-01-01, basis: DELEGATED, {WHO}')
    assert kinds(tmp_path) == [("document", "RL-05/t1/warn", at(3))]
    row = f'{WARN}, at: "0.9", from: 2026-01-01, basis: DELEGATED, {WHO}'
    override(tmp_path, f"{row}, document_no: 常国资〔2026〕3号")
    assert found(tmp_path) == []


def test_two_rows_that_hold_on_one_day(tmp_path: Path) -> None:
    override(
        tmp_path,
        f'{WARN}, at: "0.8", from: 2026-06-01, {EXPERT}',
        f'{WARN}, at: "0.9", from: 2026-01-01, to: 2026-06-02, {EXPERT}',
    )
    assert kinds(tmp_path) == [("overlap", "RL-05/t1/warn", at(3))]
    override(
        tmp_path,
        f'{WARN}, at: "0.8", from: 2026-06-01, {EXPERT}',
        f'{WARN}, at: "0.9", from: 2026-06-01, {EXPERT}',
    )
    assert kinds(tmp_path) == [("overlap", "RL-05/t1/warn", at(4))]


def test_row_equal_to_ours(tmp_path: Path) -> None:
    override(
        tmp_path,
        f'{WARN}, at: "1.00", from: 2026-01-01, {EXPERT}',
        f'limit: RL-07/parameters/loss_grace_years, at: "3", from: 2026-01-01, {EXPERT}',
        f'limit: credit/approve, at: "0.050", from: 2026-01-01, {EXPERT}',
    )
    assert kinds(tmp_path) == [
        ("same", "RL-05/t1/warn", at(3)),
        ("same", "RL-07/parameters/loss_grace_years", at(4)),
        ("same", "credit/approve", at(5)),
    ]
