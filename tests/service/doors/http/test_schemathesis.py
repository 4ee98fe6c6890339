"""Requests made from the OpenAPI document itself, by every role: what it says is what happens.

A bounded run stands here; the long one (`make test-long`) tries every boundary of every schema.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from traceback import format_exception_only
from typing import Any, NamedTuple

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable, UnsatisfiedAssumption
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.config._checks import MissingRequiredHeaderConfig
from schemathesis.core.result import Ok
from starlette.testclient import TestClient

from features.simulate import simulate
from risk.files import load_policy
from service.doors.http.batches.examples import example_files
from service.doors.http.batches.lines import NDJSON
from service.doors.http.openapi import SCHEME
from service.doors.http.schemas import requests
from service.doors.http.wire.refusals import said_of
from service.settings import Settings
from service.store import batches
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.batches.batches import Batcher
from service.use_cases.book.books import HOME_OWNER
from service.wiring import application, now, open_services
from tests.service.doors.bearer import Token, token_by

Json = dict[str, Any]
Headers = Callable[[], dict[str, str]]
"""The header fields of a caller, with a token made now: one of ten minutes ends."""
BOUNDED, LONG, FORBIDDEN = 8, 50, 1
SEMANTIC = ["2xx", "3xx", "401", "403", "404", "409", "412", "422"]
CHECKS = ChecksConfig(
    positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=SEMANTIC),
    missing_required_header=MissingRequiredHeaderConfig(expected_statuses=["403", "428"]),
)
"""422 too: contracts of rows have rules that no JSON schema says (one column against another).
Without If-Match 428 (RFC 6585), or 403 to whoever may not change it anyway."""


class Served(NamedTuple):
    """A real installation, and how to make tokens for it."""

    app: FastAPI
    token: Token


@schemathesis.serializer("application/x-ndjson", "application/vnd.apache.parquet")
def as_sent(_context: object, value: object) -> bytes:
    """Send text and bytes as they are; a file is nothing else, so other values are not tried."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if not isinstance(value, bytes):
        raise UnsatisfiedAssumption
    return value


@asynccontextmanager
async def stays(_app: object) -> AsyncIterator[None]:
    """The plugin ends an application's life after each test; this one lives for all of them."""
    yield


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real installation: a county, a decision, a proposed override; its batches wait."""
    settings = Settings(home=tmp_path_factory.mktemp("served"), database_url="")
    at = now()
    store = Store.open(settings)
    store.load(simulate(40, 5, at.date()).book, HOME_OWNER, at)
    batcher = Batcher(store, load_policy(), settings.home, now, said_of)
    services = replace(open_services(settings), batcher=batcher)
    app, token = application(services), token_by(services.tokens)
    app.router.lifespan_context = stays
    app.openapi_schema = with_real_names(TestClient(app), token)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(batches, "MOST_OPEN", 1_000_000)
        yield Served(app, token)


def with_real_names(client: TestClient, token: Token) -> Json:
    """Return the OpenAPI document whose parameters in the path name what is really there."""
    officer = token(Role.OFFICER, HOME_OWNER)
    made = client.post(
        "/v1/products/credit/assessments", json=requests()["inline"]["value"], headers=officer
    )
    decision = made.json()["id"]
    said = {"action": "override", "outcome": "approve", "reason": "实地看过", "days": 9}
    address = f"/v1/assessments/{decision}"
    review = client.post(f"{address}/review", json=said, headers=officer).json()["id"]
    names = {"product": ["credit", "deposit"], "review": [review]}
    kind = {"content-type": NDJSON}
    lines = client.post("/v1/batches", content=example_files()[NDJSON], headers=officer | kind)
    batch = lines.json()["id"]
    of_path = {"/v1/assessments": [decision], "/v1/batches/": [batch]}
    document: Json = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        ids = next((ids for start, ids in of_path.items() if path.startswith(start)), [])
        for parameter in parameters_of(operations):
            known = names.get(parameter["name"], ids)
            if known:
                parameter["schema"] = {"type": "string", "enum": known}
                parameter["example"] = known[0]
    return document


def parameters_of(operations: Mapping[str, Json]) -> Iterator[Json]:
    for operation in operations.values():
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                yield parameter


def schema_of(app: FastAPI) -> BaseSchema:
    generation = GenerationConfig(deterministic=True, with_security_parameters=False)
    project = ProjectConfig(generation=generation, checks=CHECKS)
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_asgi("/openapi.json", app, config=config)


def unhurried(examples: int) -> settings:
    checks = list(HealthCheck)
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=checks, database=None
    )


def told(label: str, fault: BaseException) -> str:
    return f"{label}:\n{''.join(format_exception_only(fault))}"


def drawn(api: BaseSchema, by: Caller, headers: Headers, examples: int) -> Iterator[str]:
    """Yield what is wrong with any answer to requests drawn from the document."""
    for operation in operations_of(api):
        tries = examples if may_call(by, operation) else FORBIDDEN
        for mode in GenerationMode:

            @unhurried(tries)
            @given(case=operation.as_strategy(generation_mode=mode))
            def keeps_its_word(case: Case[Any]) -> None:
                case.call_and_validate(headers=headers())

            try:
                keeps_its_word()
            except Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE, operation.label
            except (Exception, BaseExceptionGroup) as fault:
                yield told(f"{operation.label} ({mode.value})", fault)


def may_call(by: Caller, operation: APIOperation[Any, Any, Any, Any]) -> bool:
    """Return whether a route is open to a caller; where it is not, few tries tell."""
    said = operation.definition.raw
    if "security" not in said:
        return by.role is Role.ADMINISTRATOR
    return by.may(said["security"][0][SCHEME][0]) and by.reads(said["x-data"])


def at_the_boundaries(api: BaseSchema, headers: Headers) -> Iterator[str]:
    """Yield what is wrong with any answer to requests at the boundaries of each schema."""
    for operation in operations_of(api):
        cases = api.iter_coverage_cases(
            operation,
            generation_modes=list(GenerationMode),
            generation_config=api.config.generation_for(operation=operation),
        )
        for case in cases:
            try:
                case.call_and_validate(headers=headers())
            except UnsatisfiedAssumption:
                continue
            except (Exception, BaseExceptionGroup) as fault:
                yield told(f"{operation.label} (boundary)", fault)


def operations_of(api: BaseSchema) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    for found in api.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def none_of(faults: list[str]) -> None:
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


@pytest.mark.parametrize("role", list(Role))
def test_what_is_said_is_what_happens(served: Served, role: Role) -> None:
    by = Caller("client", HOME_OWNER, role)
    headers = partial(served.token, role, HOME_OWNER)
    none_of(list(drawn(schema_of(served.app), by, headers, BOUNDED)))


@pytest.mark.long
@pytest.mark.parametrize("role", list(Role))
def test_at_every_boundary_too(served: Served, role: Role) -> None:
    by, api = Caller("client", HOME_OWNER, role), schema_of(served.app)
    headers = partial(served.token, role, HOME_OWNER)
    none_of([*at_the_boundaries(api, headers), *drawn(api, by, headers, LONG)])
