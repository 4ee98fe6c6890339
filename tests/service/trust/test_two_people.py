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
from service.doors.http.shapes import told
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.reviews import Reviewer
from service.use_cases.supervise import Supervisor
from tests.risk.files.installation import WHO, override

OWNER = "青山农商行"
NOW = datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)

Change = Callable[[Store, Path, str, str], object]


def policy(store: Store, home: Path, author: str, approver: str) -> object:
    who = WHO.replace("author: 张", f"author: {author}").replace("李", f'"{approver}"')
    override(home, f'limit: RL-05/t1/warn, at: "0.9", from: 2026-01-01, basis: EXPERT, {who}')
    return load_policy(home)


def correction(store: Store, home: Path, author: str, approver: str) -> object:
    supervisor = Supervisor(store, load_policy(), lambda: NOW)
    caller = Caller(author, OWNER, Role.ACCOUNTANT)
    statement: dict[str, Any] = told("statements.yaml")["quarter"]["value"]
    signed = {"correction_reason": "审计调整", "approved_by": approver, "coop_id": "K900"}
    return supervisor.post_statement("K900", {**statement, **signed}, caller)


def model(store: Store, home: Path, author: str, approver: str) -> object:
    room = home / "models" / "credit"
    room.mkdir(parents=True)
    waiting = {"name": "credit", "number": 2, "version": "ab", "by": author}
    (room / "challenger.json").write_bytes(canonical_json(waiting))
    return shelf.promote(home, "credit", approver)


def override_of_a_decision(store: Store, home: Path, author: str, approver: str) -> object:
    made = {"outcome": "refer", "application": "A1", "grounds": [], "stops": []}
    decision = store.decisions.append(made, OWNER, application="A1").id
    desk = Reviewer(store.decisions, lambda: NOW)
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
SPELLINGS = [("王芳", "王芳"), ("王芳", " 王芳 "), ("Wang Fang", "ＷＡＮＧ  fang")]


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
