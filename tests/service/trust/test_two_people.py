"""Author and approver of a change are two people, whatever is changed: one function says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from features.canonical import canonical_json
from features.errors import BadInput
from models import shelf
from risk.files import load_policy
from service.doors.http.wire.shapes import told
from service.store.records import SHANGHAI
from service.store.store import Store
from service.store.versions import version_of
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.book.corrections import Corrections
from service.use_cases.decided.reviews import Reviewer
from tests.risk.files.installation import WHO, override

OWNER = "青山农商行"
NOW = datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)

Change = Callable[[Store, Path, str, str], object]


def policy(store: Store, home: Path, author: str, approver: str) -> object:
    who = WHO.replace("author: 张", f"author: {author}").replace("李", f'"{approver}"')
    override(home, f'limit: RL-05/t1/warn, at: "0.9", from: 2026-01-01, basis: EXPERT, {who}')
    return load_policy(home)


def correction(store: Store, home: Path, author: str, approver: str) -> object:
    known: dict[str, Any] = told("statements.yaml")["quarter"]["value"]
    row = {"source": author, "quality": "reported", "coop_id": "K900", **known}
    version = version_of("cooperative", {**row, "known_at": "2026-10-20T09:00:00+08:00"})
    store.records(OWNER).append([version], NOW)
    desk = Corrections(store, load_policy(), lambda: NOW)
    asked = {
        "table": "cooperative",
        "id": "K900",
        "as_of": known["as_of"],
        "changes": {"inventory_resources": "1.00"},
        "reason": "年中盘点与账面不符",
    }
    proposed = desk.propose(asked, Caller(author, OWNER, Role.ACCOUNTANT))
    agreed = {"action": "approve", "reason": "已核对"}
    return desk.decide(str(proposed["id"]), agreed, Caller(approver, OWNER, Role.APPROVER))


def model(store: Store, home: Path, author: str, approver: str) -> object:
    room = home / "models" / "credit"
    room.mkdir(parents=True)
    waiting = {"name": "credit", "number": 2, "version": "ab", "by": author}
    (room / "challenger.json").write_bytes(canonical_json(waiting))
    return shelf.promote(home, "credit", approver)


def override_of_a_decision(store: Store, home: Path, author: str, approver: str) -> object:
    made = {"outcome": "refer", "application": "A1", "grounds": [], "stops": []}
    decision = store.decisions.append(made, OWNER, application="A1").id
    desk = Reviewer(store.decisions, load_policy(), lambda: NOW)
    said = {"action": "override", "outcome": "decline", "reason": "现场核查不符", "days": 30}
    review = orjson.loads(desk.review(decision, said, Caller(author, OWNER, Role.OFFICER)))
    agreed = {"action": "approve", "reason": "同意"}
    by = Caller(approver, OWNER, Role.APPROVER)
    return desk.approve(decision, review["id"], agreed, by)


CHANGES: dict[str, Change] = {
    "policy": policy,
    "correction": correction,
    "model": model,
    "override": override_of_a_decision,
}
SPELLINGS = [
    ("王芳", "王芳"),
    ("王芳", " 王芳 "),
    ("王芳", "王\u200b芳"),
    ("Wang Fang", "ＷＡＮＧ  fang"),
]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(("author", "approver"), SPELLINGS)
def test_nobody_approves_his_own_change(
    sqlite_store: Store, tmp_path: Path, change: Change, author: str, approver: str
) -> None:
    with pytest.raises(BadInput, match="another"):
        change(sqlite_store, tmp_path, author, approver)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_somebody_else_may(sqlite_store: Store, tmp_path: Path, change: Change) -> None:
    assert change(sqlite_store, tmp_path, "王芳", "李强")
