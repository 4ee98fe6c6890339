"""What people say about a decision: who may, in which order, and what is in force when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from features.errors import BadInput
from features.two_people import SamePerson
from risk.files import load_policy
from service.store.decisions import IdempotencyConflict, Overtaken
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.decided.in_force import NotNow, RedLineHolds
from service.use_cases.decided.reviews import NoSuchDecision, Reviewer

NOW = datetime(2026, 6, 30, 10, tzinfo=SHANGHAI)
BANK = "青山农商行"
WANG = Caller("王芳", BANK, Role.OFFICER)
LI = Caller("李强", BANK, Role.APPROVER)
Json = dict[str, Any]
POLICY = load_policy()

OVERRIDE = {
    "action": "override",
    "outcome": "approve",
    "reason": "实地看过，收入以合作社分红为主",
    "days": 92,
}
APPROVE = {"action": "approve", "reason": "同意"}
CONFIRM = {"action": "confirm", "reason": "资料齐全，无异议"}
CONTEST = {"action": "contest", "reason": "借款人要求人工办理"}


@dataclass
class Desk:
    """A decision in a log, and people who speak about it at a time of our choosing."""

    store: Store
    now: datetime = NOW
    id: str = field(init=False)

    def __post_init__(self) -> None:
        self.id = self.decide()
        self.reviewer = Reviewer(self.store.decisions, POLICY, lambda: self.now)

    def decide(self, outcome: str = "refer", **keys: object) -> str:
        document = {"outcome": outcome, "application": "A1", "grounds": [], "stops": []} | keys
        return self.store.decisions.append(document, BANK, application="A1").id

    def say(self, body: Json, by: Caller = WANG, **options: Any) -> Json:
        said: Json = orjson.loads(self.reviewer.review(self.id, body, by, **options))
        return said

    def answer(self, review: str, body: Json = APPROVE, by: Caller = LI) -> Json:
        said: Json = orjson.loads(self.reviewer.approve(self.id, review, body, by))
        return said

    def in_force(self) -> tuple[Any, Any]:
        holds = self.reviewer.reviews(self.id, WANG).document()["in_force"]
        assert isinstance(holds, dict)
        return holds["state"], holds["outcome"]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def test_the_machines_answer_holds_until_somebody_speaks(desk: Desk) -> None:
    assert desk.in_force() == ("automatic", "refer")
    desk.say(CONFIRM)
    assert desk.in_force() == ("confirmed", "refer")


def test_an_override_holds_from_another_persons_approval_through_its_last_day(desk: Desk) -> None:
    review = desk.say(OVERRIDE)["id"]
    assert desk.in_force() == ("automatic", "refer")
    desk.answer(review)
    assert desk.in_force() == ("overridden", "approve")
    desk.now = datetime(2026, 9, 30, 23, 59, 59, tzinfo=SHANGHAI)
    assert desk.in_force() == ("overridden", "approve")
    desk.now += timedelta(seconds=1)
    assert desk.in_force() == ("automatic", "refer")


def test_what_held_before_an_override_holds_again_after_it(desk: Desk) -> None:
    desk.id = desk.decide("approve")
    desk.say(CONTEST)
    desk.answer(desk.say(OVERRIDE | {"outcome": "decline"})["id"])
    assert desk.in_force() == ("overridden", "decline")
    desk.now = datetime(2026, 10, 1, tzinfo=SHANGHAI)
    assert desk.in_force() == ("contested", "refer")


def test_a_rejected_override_changes_nothing(desk: Desk) -> None:
    review = desk.say(OVERRIDE)["id"]
    desk.answer(review, {"action": "reject", "reason": "证据不足"})
    assert desk.in_force() == ("automatic", "refer")
    with pytest.raises(NotNow):
        desk.answer(review)


def test_nobody_approves_his_own_override(desk: Desk) -> None:
    review = desk.say(OVERRIDE)["id"]
    with pytest.raises(SamePerson):
        desk.answer(review, by=Caller(" 王芳 ", BANK, Role.APPROVER))
    assert desk.in_force() == ("automatic", "refer")


def test_an_override_is_approved_once_and_in_time(desk: Desk) -> None:
    review = desk.say(OVERRIDE)["id"]
    desk.now = datetime(2026, 10, 1, tzinfo=SHANGHAI)
    with pytest.raises(NotNow):
        desk.answer(review)
    desk.now = NOW
    desk.answer(review)
    with pytest.raises(NotNow):
        desk.answer(review)


def test_a_refused_machine_decision_is_a_referral_until_a_person_has_looked(desk: Desk) -> None:
    desk.id = desk.decide("approve")
    desk.say(CONTEST)
    assert desk.in_force() == ("contested", "refer")
    desk.say(CONFIRM)
    assert desk.in_force() == ("confirmed", "approve")
    with pytest.raises(NotNow):
        desk.say(CONTEST)


def test_one_person_cannot_lift_an_override_by_confirming(desk: Desk) -> None:
    desk.id = desk.decide("approve")
    desk.answer(desk.say(OVERRIDE | {"outcome": "decline"})["id"])
    with pytest.raises(NotNow):
        desk.say(CONFIRM)


@pytest.mark.parametrize(
    ("kept", "wished"),
    [
        ({"stops": [{"outcome": "decline"}]}, "refer"),
        ({"stops": [{"outcome": "approve_with_conditions"}]}, "approve"),
        ({"grounds": [{"outcome": "decline", "feature": "dishonest_flag"}]}, "approve"),
    ],
)
def test_a_red_line_or_stop_column_holds_whoever_decides(
    desk: Desk, kept: Json, wished: str
) -> None:
    desk.id = desk.decide("decline", **kept)
    with pytest.raises(RedLineHolds):
        desk.say(OVERRIDE | {"outcome": wished})


@pytest.mark.parametrize(
    ("kept", "wished"),
    [
        ({"stops": [{"outcome": "decline"}]}, "decline"),
        ({"stops": [{"outcome": "refer"}]}, "approve"),
        ({"grounds": [{"outcome": "decline", "feature": None}]}, "approve"),
        ({"grounds": [{"outcome": "refer", "feature": "lender_count"}]}, "approve"),
    ],
)
def test_what_a_score_or_a_gap_decided_a_person_may_decide(
    desk: Desk, kept: Json, wished: str
) -> None:
    desk.id = desk.decide("decline", **kept)
    assert desk.say(OVERRIDE | {"outcome": wished})["outcome"] == wished


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "action"),
        ({"action": "approve", "reason": "x"}, "action"),
        ({"action": ["confirm"], "reason": "x"}, "action"),
        ({"action": "confirm"}, "reason"),
        (CONFIRM | {"reason": "  "}, "reason"),
        (CONFIRM | {"reason": "a\x00b"}, "reason"),
        (CONFIRM | {"reason": "字" * 2001}, "reason"),
        (CONFIRM | {"by": "李强"}, "by"),
        (OVERRIDE | {"outcome": "maybe"}, "outcome"),
        ({key: OVERRIDE[key] for key in ("action", "outcome", "reason")}, "days"),
        (OVERRIDE | {"days": 0}, "days"),
        (OVERRIDE | {"days": 366}, "days"),
        (OVERRIDE | {"days": True}, "days"),
        (OVERRIDE | {"days": "90"}, "days"),
        (OVERRIDE | {"conditions": ["x"]}, "conditions"),
        (OVERRIDE | {"outcome": "approve_with_conditions"}, "conditions"),
        (OVERRIDE | {"outcome": "approve_with_conditions", "conditions": []}, "conditions"),
    ],
)
def test_what_cannot_be_said_is_named(desk: Desk, body: Json, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        desk.say(body)
    assert refused.value.field == field


LONGEST = (
    '  - {at: "%s", unit: 天, from: %s, basis: EXPERT, source: 议事规则, approved_by: 评审会}\n'
)


def test_an_override_holds_as_long_as_the_policy_of_its_day_lets_it(
    desk: Desk, tmp_path: Path
) -> None:
    rows = LONGEST % (30, "2026-01-01") + LONGEST % (60, "2026-07-01")
    (tmp_path / "reviews.yaml").write_text(f"longest_override_days:\n{rows}")
    policy = load_policy(tmp_path)
    desk.reviewer = Reviewer(desk.store.decisions, policy, lambda: desk.now)
    with pytest.raises(BadInput) as refused:
        desk.say(OVERRIDE | {"days": 31})
    assert (refused.value.field, refused.value.value) == ("days", "31")
    assert desk.say(OVERRIDE | {"days": 30})["until"] == "2026-07-31T00:00:00+08:00"
    desk.now += timedelta(days=1)
    assert desk.say(OVERRIDE | {"days": 60})["action"] == "override"


def test_without_a_number_in_force_no_override_may_be_made(desk: Desk) -> None:
    desk.now = datetime(2023, 6, 30, 10, tzinfo=SHANGHAI)
    with pytest.raises(BadInput) as refused:
        desk.say(OVERRIDE | {"days": 1})
    assert refused.value.field == "days"


def test_conditions_are_told_with_what_is_in_force(desk: Desk) -> None:
    conditional = {"outcome": "approve_with_conditions", "conditions": ["先办林权抵押登记"]}
    desk.answer(desk.say(OVERRIDE | conditional)["id"])
    holds = desk.reviewer.reviews(desk.id, WANG).document()["in_force"]
    assert isinstance(holds, dict)
    assert holds["conditions"] == ["先办林权抵押登记"]
    assert (holds["by"], holds["approved_by"]) == ("王芳", "李强")


def test_a_repeated_word_is_kept_once_and_another_is_a_conflict(desk: Desk) -> None:
    first = desk.say(CONFIRM, key="k")
    assert desk.say(CONFIRM, key="k") == first
    with pytest.raises(IdempotencyConflict):
        desk.say(CONTEST, key="k")
    assert len(desk.reviewer.reviews(desk.id, WANG).reviews) == 1


def test_who_has_not_seen_the_last_word_is_told(desk: Desk) -> None:
    seen = desk.reviewer.reviews(desk.id, WANG).tag
    desk.say(CONTEST, seen=frozenset([seen]))
    with pytest.raises(Overtaken):
        desk.say(CONFIRM, seen=frozenset([seen]))


def test_another_tenants_decision_is_none(desk: Desk) -> None:
    with pytest.raises(NoSuchDecision):
        desk.say(CONFIRM, Caller("王芳", "另一银行", Role.OFFICER))
    with pytest.raises(NoSuchDecision):
        desk.answer("0" * 32)


def test_a_review_is_no_decision(desk: Desk) -> None:
    review = desk.say(CONFIRM)["id"]
    with pytest.raises(NoSuchDecision):
        desk.reviewer.reviews(review, WANG)


def test_a_page_tells_what_is_in_force(desk: Desk) -> None:
    other = desk.decide()
    desk.answer(desk.say(OVERRIDE)["id"])
    listed = desk.reviewer.page(WANG, 9, None, "A1")
    assert [(stored.id, held.outcome) for stored, held in listed] == [
        (other, "refer"),
        (desk.id, "approve"),
    ]
