"""A decision document made by hand, and the application in front of a real identity store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
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
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.federation import Federation
from service.trust.identity import Caller, Identity
from service.trust.keys import SigningKeys
from service.trust.roles import Role
from service.trust.sessions import Sessions
from service.trust.tokens import Tokens
from service.use_cases.access import Access
from service.use_cases.assessing.assess import ApplicationLine
from service.use_cases.assessing.request_book import NoSuchSubject
from service.use_cases.batches.batches import Batcher
from service.use_cases.batches.worker import BatchWorker
from service.use_cases.book.corrections import Corrections
from service.use_cases.decided.explain import Explainer
from service.use_cases.decided.in_force import standing_of
from service.use_cases.decided.reviews import Reviewed, Reviewer
from service.use_cases.decided.what_if import WhatIf
from service.use_cases.judging.rulebook import Rulebook
from service.use_cases.judging.supervise import Supervisor
from service.use_cases.rights.rights import Rights
from service.wiring import application, now
from tests.service.doors.bearer import Token, token_by

JUDGED = datetime(2026, 6, 30, 10, tzinfo=SHANGHAI)
PASSWORD = "青山绿水-green-hills"
Json = dict[str, Any]

POINTS = {
    "debt_service_to_income": (-28, "0.62", "0.31"),
    "op_cash_dscr": (-15, "1.05", "1.80"),
    "max_dpd_24m": (14, "0", "3"),
    "inquiries_6m": (-14, "4", "1"),
    "lender_count": (8, "1", "2"),
    "experience_years": (10, "17", "9"),
    "eco_credit_pct": (8, "0.86", "0"),
    "overdue_count_24m": (8, "0", "0"),
    "credit_utilisation": (-12, "0.81", "0.44"),
    "guarantees_given_to_income": (6, "0", "0.1"),
    "loan_to_income": (-8, "1.4", "0.9"),
    "deposits_avg_3m_to_loan": (5, "0.12", "0.2"),
    "income_cv_12m": (5, "0.22", "0.4"),
    "agri_insured_share": (6, "0.9", "0.5"),
    "term_m": (0, "24", "24"),
    "homestay_insured": (-3, None, "1"),
    "land_forest_area_titled": (2, "18666.67", "9000"),
}
BASE = 628


def a_score() -> Json:
    contributions = [
        {"feature": name, "value": value, "reference": reference, "points": points}
        for name, (points, value, reference) in POINTS.items()
    ]
    return {
        "product": "credit",
        "as_of": "2026-11-24",
        "pd": "0.034512",
        "pd_low": "0.014002",
        "pd_high": "0.081997",
        "points": BASE + sum(points for points, _, _ in POINTS.values()),
        "base_points": BASE,
        "grade": "BBB",
        "evidence": {"kind": "model", "defaults": 412},
        "model": {"name": "credit", "version": "sha256:" + "ab" * 32, "trained_on": "synthetic"},
        "contributions": contributions,
    }


def a_verdict(rule: str = "RL-05", state: str = "warn") -> Json:
    record = {"as_of": "2026-09-30", "known_at": "2026-10-20T09:00:00+08:00", "source": "报表"}
    return {
        "rule": rule,
        "title": {"zh": "现金短债比", "en": "Cash to short-term debt"},
        "subject": {"kind": "cooperative", "id": "C330822"},
        "as_of": "2026-11-24",
        "known_at": record["known_at"],
        "state": state,
        "severity": "R",
        "tests": [
            {
                "id": "t1",
                "state": state,
                "level": state,
                "formula": "cash_unrestricted ÷ short_debt_total",
                "over": "18000000.00",
                "under": "24000000.00",
                "value": "0.750000",
                "limits": [
                    {"level": "warn", "at": "1", "basis": "ANALOG", "source": "…"},
                    {"level": "breach", "at": "0.5", "basis": "EXPERT", "source": "…"},
                ],
                "headroom": "6000000.00",
                "inputs": [
                    {
                        "name": "cash_unrestricted",
                        "value": "18000000.00",
                        "unit": "yuan",
                        **record,
                    },
                    {"name": "short_debt_total", "value": "24000000.00", "unit": "yuan", **record},
                ],
            }
        ],
        "conditions": [],
        "clause": {"document": "关于两山合作社建设运营的指导意见", "article": "二（五）"},
        "action": {"zh": "不新增支出和承诺", "en": "No new spending, no new undertaking"},
        "missing": [],
    }


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


class OneDecision:
    """Gives one document: enough to see how it is answered and drawn, nothing is computed."""

    def __init__(self, decision: Mapping[str, object]) -> None:
        self.document = canonical_json(decision)
        self.id = str(decision["id"])
        self.outcome = str(decision["outcome"])

    async def assess(
        self,
        product: str,
        body: Mapping[str, object],
        caller: Caller,
        idempotency_key: str | None = None,
    ) -> bytes:
        return self.document

    async def close(self) -> None: ...

    def read(self, id: str, caller: Caller) -> bytes | None:
        return self.document if id == self.id else None

    def find(self, text: str, caller: Caller) -> Sequence[ApplicationLine]:
        today = date(2026, 11, 24)
        lines = [
            ApplicationLine(
                "A000001", "H000001", None, "credit", "150000.00", today, self.outcome, self.id
            ),
            ApplicationLine("A000002", "H000002", None, "deposit", "8000.00", today),
        ]
        return [line for line in lines if text in line.application_id]


class ItsReviews(Reviewer):
    """Knows that decision alone, and what a test says of it."""

    def __init__(self, decision: Mapping[str, object], said: Sequence[Json]) -> None:
        self.decision, self.said = decision, said

    def reviews(self, id: str, caller: Caller) -> Reviewed:
        standing = standing_of(self.decision, self.said, JUDGED)
        return Reviewed(self.decision, self.said, standing, None)


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
