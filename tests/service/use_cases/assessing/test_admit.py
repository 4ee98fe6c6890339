"""The door of identity numbers: what passes, what is kept, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from features.errors import BadInput
from service.doors.http.schemas import requests
from service.store.database import Tenant, reading
from service.store.decisions import draft
from service.store.store import Store
from service.store.tables import identity
from service.trust.subjects import key_id_of
from service.use_cases.assessing.admit import admit, at_rest
from service.use_cases.book.books import HOME_OWNER
from service.use_cases.decided.replay import SAME, replay
from tests.service.people import citizen
from tests.service.use_cases.conftest import County

Json = dict[str, Any]
NUMBER = citizen(1)


def inline(**household: object) -> Json:
    body: Json = requests()["inline"]["value"]
    return {**body, "household": body["household"] | household}


def test_the_document_shows_the_token_and_replays(county: County) -> None:
    made = county.assess("credit", inline(id_number=NUMBER))
    token = county.store.subjects.token(NUMBER)
    assert made["input"]["household"]["subject_token"] == token
    assert "id_number" not in made["input"]["household"]
    assert NUMBER not in json.dumps(made, ensure_ascii=False)
    again = replay(county.store, county.policy, made["id"], HOME_OWNER)
    assert (again.from_features, again.from_input) == (SAME, SAME)


def test_the_number_is_kept_enciphered_with_the_decision(county: County) -> None:
    county.assess("credit", inline(id_number=citizen(2)))
    token = county.store.subjects.token(citizen(2))
    kept = county.store.identities(HOME_OWNER).get(token)
    assert kept is not None
    assert county.store.subjects.number(kept, HOME_OWNER) == citizen(2)
    assert county.store.identities("other").get(token) is None


@pytest.mark.parametrize(
    ("household", "field"),
    [
        ({"id_number": NUMBER[:-1]}, "id_number"),
        ({"id_number": None}, "id_number"),
        ({"id_number": {"a": 1}}, "id_number"),
        ({"id_number": NUMBER, "subject_token": "0" * 64}, "subject_token"),
        ({"id_number": NUMBER, "subject_token": NUMBER}, "subject_token"),
        ({"id_cipher": "sm4-gcm:x:y"}, "id_cipher"),
        ({"household_id": NUMBER}, "household_id"),
    ],
)
def test_what_is_no_number_is_refused_and_nothing_is_kept(
    county: County, household: Json, field: str
) -> None:
    before = len_of(county.store, HOME_OWNER)
    with pytest.raises(BadInput) as refused:
        county.assess("credit", inline(**household))
    assert (refused.value.where, refused.value.field) == ("household", field)
    assert NUMBER not in str(refused.value)
    assert len_of(county.store, HOME_OWNER) == before


def test_without_consent_no_number_is_kept(county: County) -> None:
    with pytest.raises(BadInput, match="consent"):
        county.assess("credit", inline(id_number=citizen(3), consent_expiry="2020-01-01"))
    token = county.store.subjects.token(citizen(3))
    assert county.store.identities(HOME_OWNER).get(token) is None


def test_a_number_and_its_token_are_one_request(county: County) -> None:
    token = county.store.subjects.token(citizen(4))
    by_number = county.assess("credit", inline(id_number=citizen(4)), "one-request")
    by_token = county.assess("credit", inline(subject_token=token), "one-request")
    assert by_token == by_number


def test_an_organisation_has_no_number_to_check(store: Store) -> None:
    body = {"application": {}, "organisation": {"org_id": "91330100799655058B"}}
    assert admit(body, store.subjects, "bank").body == body
    assert admit({"household": "text"}, store.subjects, "bank").sealed is None


def test_a_line_waits_on_disk_enciphered(store: Store) -> None:
    waiting = at_rest(inline(id_number=NUMBER), store.subjects, "bank")
    assert NUMBER not in json.dumps(waiting)
    read = admit(waiting, store.subjects, "bank")
    assert read.body == admit(inline(id_number=NUMBER), store.subjects, "bank").body
    with pytest.raises(BadInput, match="another key or place"):
        admit(waiting, store.subjects, "other bank")
    bad = at_rest(inline(id_number=NUMBER[:-1]), store.subjects, "bank")
    assert NUMBER[:-1] not in json.dumps(bad)
    with pytest.raises(BadInput, match="18 characters"):
        admit(bad, store.subjects, "bank")
    assert at_rest(inline(), store.subjects, "bank") == inline()


def kept_people(store: Store, owner: str, count: int) -> Iterator[str]:
    for serial in range(count):
        sealed = store.subjects.sealed(citizen(serial), owner)
        entry = draft({"outcome": "refer"}, owner)
        store.decisions.append_all([type(entry)(**{**vars(entry), "sealed": sealed})])
        yield sealed.token


def test_one_number_is_kept_once_for_each_tenant(store: Store) -> None:
    tokens = {*kept_people(store, "bank", 2), *kept_people(store, "guarantee", 2)}
    list(kept_people(store, "bank", 2))
    assert len(tokens) == 2
    assert [len_of(store, owner) for owner in ("bank", "guarantee", "nobody")] == [2, 2, 0]


def test_a_rotation_enciphers_again_what_older_keys_hold(store: Store) -> None:
    tokens = list(kept_people(store, "bank", 3))
    newest = store.subjects.keys.rotate()
    assert store.identities("bank").renew(store.subjects) == 3
    assert store.identities("bank").renew(store.subjects) == 0
    for serial, token in enumerate(tokens):
        kept = store.identities("bank").get(token)
        assert kept is not None
        assert key_id_of(kept.cipher) == newest
        assert store.subjects.number(kept, "bank") == citizen(serial)


def len_of(store: Store, owner: str) -> int:
    statement = select(func.count()).where(identity.c.owner == owner)
    with reading(store.engine, Tenant(owner)) as connection:
        return connection.execute(statement).scalar_one()
