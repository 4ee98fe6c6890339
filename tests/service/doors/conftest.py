"""A decision document made by hand, and the application in front of a real identity store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from features.canonical import canonical_json
from features.simulate import simulate
from risk.files import Policy, load_policy
from service.doors.http.services import Services
from service.doors.http.wire.quotas import Quotas
from service.doors.http.wire.refusals import said_of
from service.settings import Settings
from service.store.blobs import Blobs
from service.store.decisions import Draft, draft, new_id
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.federation import Federation
from service.trust.identity import Caller, Identity
from service.trust.keys import SigningKeys
from service.trust.roles import Role
from service.trust.sessions import Sessions
from service.trust.tokens import Tokens
from service.use_cases.access import Access
from service.use_cases.assessing.request_book import NoSuchSubject
from service.use_cases.batches.batches import Batcher
from service.use_cases.batches.worker import BatchWorker
from service.use_cases.book.corrections import Corrections
from service.use_cases.decided.explain import Explainer
from service.use_cases.decided.what_if import WhatIf
from service.use_cases.judging.rulebook import Rulebook
from service.use_cases.judging.supervise import Supervisor
from service.use_cases.rights.rights import Rights
from service.wiring import application, now
from tests.service.doors.bearer import Token, token_by
from tests.service.doors.one_decision import (
    JUDGED,
    ItsReviews,
    Json,
    OneDecision,
    a_score,
    a_verdict,
)

PASSWORD = "青山绿水-green-hills"


@pytest.fixture
def decision() -> Json:
    """A decision with every part that a page shows."""
    reason = {
        "code": "RC-101",
        "zh": "还本付息占收入偏高",
        "en": "Debt service takes a high share of income",
        "feature": "debt_service_to_income",
        "value": "0.62",
        "reference": "0.31",
        "change": {"from": "0.62", "to": "0.5"},
    }
    return {
        "id": "d00000000000000000000000000000001",
        "at": "2026-11-24T16:20:11+08:00",
        "product": "credit",
        "application": "A000001",
        "as_of": "2026-11-24",
        "policy": "sha256:" + "cd" * 32,
        "unknown": ["homestay_insured"],
        "score": a_score(),
        "verdicts": [a_verdict()],
        "outcome": "refer",
        "reasons": [reason],
        "previous_hash": "0" * 64,
        "hash": "ef" * 32,
    }


@pytest.fixture(scope="session")
def people_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The store that holds people and clients; empty at first."""
    return Store.open(Settings(home=tmp_path_factory.mktemp("doors"), database_url=""))


@pytest.fixture(scope="session")
def engine(people_store: Store) -> Engine:
    """The database of that store."""
    return people_store.engine


@pytest.fixture(scope="session")
def identity(engine: Engine) -> Identity:
    """An identity store with one person of each role; hashing passwords is slow on purpose."""
    made = Identity(engine)
    for role in Role:
        made.add_person(role.value, "county", role, PASSWORD)
    return made


@pytest.fixture(scope="session")
def clients(engine: Engine) -> Clients:
    """The programs that may ask for tokens; none at first."""
    return Clients(engine, now)


@pytest.fixture(scope="session")
def access(people_store: Store, identity: Identity, clients: Clients) -> Access:
    """What manages people and clients."""
    return Access(people_store, identity, clients, now)


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    """What signs and reads the application's access tokens."""
    return Tokens(SigningKeys(tmp_path_factory.mktemp("tokens"), now), "urn:liangshan", now)


@pytest.fixture(scope="session")
def token(tokens: Tokens) -> Token:
    """The header of a request by some role of some body: `token(Role.OFFICER)`."""
    return token_by(tokens)


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The shipped policy."""
    return load_policy()


@pytest.fixture(scope="session")
def supervisor(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Supervisor:
    """A small county's book in a store of its own, and what judges it."""
    store = Store.open(Settings(home=tmp_path_factory.mktemp("supervised"), database_url=""))
    store.load(simulate(60, 7, JUDGED.date()).book, "county", JUDGED)
    ticks = count()
    return Supervisor(store, policy, lambda: JUDGED + timedelta(seconds=next(ticks)))


@pytest.fixture
def worker(decision: Json, sqlite_store: Store, tmp_path: Path) -> BatchWorker:
    """Answers a batch's lines, all with one decision, but for nobody's; it waits to be told."""

    def prepare(product: str, body: Mapping[str, Any], caller: Caller, key: str) -> Draft:
        if body["subject"]["id"] == "nobody":
            raise NoSuchSubject("没有此申请 · no such application", field="id", value="nobody")
        content = {**decision, "id": new_id(), "product": product}
        return draft(content, caller.owner, idempotency_key=key, request=canonical_json(body))

    return BatchWorker(sqlite_store, tmp_path, prepare, said_of, now)


@pytest.fixture
def batcher(sqlite_store: Store, policy: Policy, tmp_path: Path) -> Batcher:
    """Batches in a store of their own."""
    return Batcher(sqlite_store, policy, tmp_path, now, said_of)


@pytest.fixture
def reviews() -> list[Json]:
    """What people said about the decision: nothing."""
    return []


@pytest.fixture
def app(
    decision: Json,
    reviews: list[Json],
    engine: Engine,
    batcher: Batcher,
    identity: Identity,
    clients: Clients,
    access: Access,
    tokens: Tokens,
    supervisor: Supervisor,
    policy: Policy,
    sqlite_store: Store,
    tmp_path: Path,
) -> FastAPI:
    """The application around one decision and a small county."""
    reviewer = ItsReviews(decision, reviews)
    services = Services(
        assessor=OneDecision(decision),
        batcher=batcher,
        corrections=Corrections(supervisor._store, policy, supervisor._clock),
        explainer=Explainer(reviewer, Blobs(engine)),
        reviewer=reviewer,
        rights=Rights.over(sqlite_store, now),
        rulebook=Rulebook(policy, tmp_path, now),
        what_if=WhatIf(sqlite_store, policy, reviewer),
        supervisor=supervisor,
        identity=identity,
        sessions=Sessions(engine, now),
        federation=Federation(engine),
        clients=clients,
        access=access,
        quotas=Quotas(requests_per_minute=1_000_000),
        tokens=tokens,
        demo=True,
        ready=lambda: True,
        cursor_key=b"cursors",
    )
    return application(services)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """A browser or program without cookies."""
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)
