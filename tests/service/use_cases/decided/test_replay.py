"""A decision replays byte for byte, and says so when it does not."""

from __future__ import annotations

import orjson
import pytest

from features.errors import BadInput
from service.use_cases.book.books import HOME_OWNER
from service.use_cases.decided import replay as replaying
from service.use_cases.decided.replay import CHANGED, DIFFERS, SAME, replay
from tests.service.use_cases.assessing.test_assess import body
from tests.service.use_cases.conftest import County


def test_an_inline_and_a_stored_application_replay(county: County) -> None:
    key = county.applications("deposit")[0]
    for document in (
        county.assess("credit", body()),
        county.assess("deposit", {"subject": {"kind": "application", "id": key}}),
    ):
        replayed = replay(county.store, county.policy, document["id"], HOME_OWNER)
        assert (replayed.from_features, replayed.from_input) == (SAME, SAME)
        assert replayed.holds


def test_a_document_that_does_not_follow_from_its_facts_differs(county: County) -> None:
    document = county.assess("credit", body())
    kept = county.store.decisions.read(document["id"], HOME_OWNER)
    assert kept is not None
    forged = orjson.loads(kept.content) | {"outcome": "approve"}
    del forged["id"]
    stored = county.store.decisions.append(forged, HOME_OWNER)
    replayed = replay(county.store, county.policy, stored.id, HOME_OWNER)
    assert replayed.from_features == DIFFERS
    assert replayed.differing == ("outcome",)
    assert not replayed.holds


def test_other_feature_sources_are_said(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    document = county.assess("credit", body())
    monkeypatch.setattr(replaying, "plan_digest", lambda: "another")
    replayed = replay(county.store, county.policy, document["id"], HOME_OWNER)
    assert (replayed.from_features, replayed.from_input) == (SAME, CHANGED)


def test_an_unknown_decision_is_said(county: County) -> None:
    with pytest.raises(BadInput, match="no such decision"):
        replay(county.store, county.policy, "0" * 32, HOME_OWNER)
