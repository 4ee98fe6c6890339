"""Every route with what it needs, and an installation of several bodies in which to try them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import insert
from starlette.testclient import TestClient

from risk.files import load_policy
from service.doors.http.openapi import access_of
from service.doors.http.services import Services
from service.doors.http.wire.callers import Access
from service.doors.http.wire.refusals import said_of
from service.settings import Settings
from service.store.database import writing
from service.store.store import Store
from service.store.tables import person
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.batches.batches import Batcher
from service.wiring import application, now, open_services
from service.wiring_batches import open_worker
from tests.service.doors.bearer import bearer
from tests.service.doors.meeting import BODIES, register
from tests.service.doors.walk import api_routes

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
JSON = {"content-type": "application/json"}
Json = dict[str, Any]
Route = tuple[str, str]

CREDIT = "/v1/products/{product}/assessments"
ASSESSMENT, BATCH = "/v1/assessments/{id}", "/v1/batches/{id}"
APPROVAL = f"{ASSESSMENT}/reviews/{{review}}/approval"
PERSON, CLIENT = "/v1/people/{name}", "/v1/clients/{id}"
STATEMENTS = "/v1/cooperatives/{id}/statements"
HOUSEHOLD = "/v1/households/{id}"
CORRECTION = "/v1/corrections/{id}"
LOANS, ADMIN = "loan_verdict", ("access:admin", "access")

NEEDS: dict[Route, tuple[str, str]] = {
    ("POST", CREDIT): ("score:write", LOANS),
    ("GET", "/v1/assessments"): ("score:read", LOANS),
    ("GET", ASSESSMENT): ("score:read", LOANS),
    ("GET", f"{ASSESSMENT}/explanation"): ("score:read", LOANS),
    ("POST", f"{ASSESSMENT}/what-if"): ("score:write", LOANS),
    ("GET", f"{ASSESSMENT}/reviews"): ("score:read", LOANS),
    ("POST", f"{ASSESSMENT}/review"): ("score:review", LOANS),
    ("POST", APPROVAL): ("change:approve", LOANS),
    ("POST", "/v1/batches"): ("score:write", LOANS),
    ("GET", "/v1/batches"): ("score:read", LOANS),
    ("GET", BATCH): ("score:read", LOANS),
    ("GET", f"{BATCH}/result"): ("score:read", "household"),
    ("POST", f"{BATCH}/cancellation"): ("score:write", LOANS),
    ("POST", "/v1/red-lines/evaluations"): ("redline:judge", "verdict"),
    ("POST", STATEMENTS): ("fact:write", "statement"),
    ("POST", "/v1/corrections"): ("fact:write", "statement"),
    ("GET", "/v1/corrections"): ("redline:read", "statement"),
    ("GET", CORRECTION): ("redline:read", "statement"),
    ("POST", f"{CORRECTION}/approval"): ("change:approve", "statement"),
    ("POST", f"{HOUSEHOLD}/consent-withdrawal"): ("consent:write", "household"),
    ("GET", f"{HOUSEHOLD}/export"): ("consent:write", "household"),
    ("POST", f"{HOUSEHOLD}/erasure"): ("consent:write", "household"),
    ("POST", f"{HOUSEHOLD}/erasure/approval"): ("change:approve", "household"),
    ("GET", "/v1/policies/red-lines"): ("policy:read", "policy"),
    ("GET", "/v1/models"): ("model:read", "model"),
    ("GET", "/v1/people"): ADMIN,
    ("POST", "/v1/people"): ADMIN,
    ("GET", PERSON): ADMIN,
    ("PATCH", PERSON): ADMIN,
    ("GET", "/v1/clients"): ADMIN,
    ("POST", "/v1/clients"): ADMIN,
    ("DELETE", CLIENT): ADMIN,
}
"""What each route for programs needs, typed by hand: its scope, and the data of domain 14."""

AUDITED: set[Route] = {("GET", "/v1/people"), ("GET", PERSON), ("GET", "/v1/clients")}
"""Routes that the scope `audit:read` opens too."""


def scopes_for(route: Route) -> set[str]:
    """Return the scopes of which one opens a route for programs."""
    return {NEEDS[route][0], *(("audit:read",) if route in AUDITED else ())}


PAGES: dict[Route, tuple[str, str]] = {
    ("GET", "/cooperatives"): ("redline:read", "verdict"),
    ("GET", "/cooperatives/{id}"): ("redline:read", "verdict"),
    ("GET", "/applications/{id}"): ("score:write", LOANS),
    ("POST", "/applications/{id}/assessment"): ("score:write", LOANS),
}
OPEN: set[Route] = {
    ("GET", "/"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/login/openid"),
    ("GET", "/login/openid/return"),
    ("POST", "/logout"),
    ("GET", "/metrics"),
    ("GET", "/oauth/jwks"),
    ("GET", "/password"),
    ("POST", "/password"),
    ("POST", "/oauth/token"),
}
"""Routes that tell nothing of a tenant: they ask for nobody's name, or learn it there."""


@dataclass(frozen=True)
class Served:
    """An installation of several bodies whose store holds nothing at first.

    Its batches wait until `work_through` answers them.
    """

    app: FastAPI
    services: Services
    client: TestClient
    store: Store
    settings: Settings

    def headers(self, caller: Caller) -> dict[str, str]:
        return bearer(self.services.tokens, caller)

    def work_through(self) -> None:
        worker = open_worker(self.settings, threading.Event())
        while worker.turn():
            pass


@contextmanager
def serve(home: Path) -> Iterator[Served]:
    """Serve an installation in a folder, with somebody of each role in each body."""
    settings = Settings(home=home, database_url="")
    store = Store.open(settings)
    register(store.engine, BODIES)
    people = [
        {"name": f"{body.owner}-{role}", "owner": body.owner, "role": role.value}
        for body, role in product(BODIES, Role)
    ]
    with writing(store.engine) as connection:
        connection.execute(insert(person), [{**one, "password_hash": "-"} for one in people])
    opened = open_services(settings)
    batcher = Batcher(store, load_policy(), settings.home, now, said_of)
    services = replace(opened, batcher=batcher)
    app = application(services)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield Served(app, services, client, store, settings)


def routes(app: FastAPI) -> dict[Route, Access | None]:
    """Return every route with what it says it needs."""
    return {
        (method, route.path): access_of(route)
        for method in METHODS
        for route in api_routes(app, method)
    }


def kind_of(answer: Any) -> str:
    """Return the kind of problem that an answer is; empty for none."""
    if answer.headers.get("content-type") != "application/problem+json":
        return ""
    return str(answer.json()["type"]).rpartition(":")[2]
