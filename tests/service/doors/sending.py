"""Every route that takes a body: who may call it, and the examples it is shown with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from service.doors.http.openapi import access_of
from service.doors.http.wire.bodies import JSON
from service.trust.identity import Caller
from service.trust.roles import Role
from service.trust.tokens import Tokens
from service.use_cases.book.books import HOME_OWNER
from tests.service.doors.bearer import bearer
from tests.service.doors.walk import api_routes, path_with

Json = dict[str, Any]
COOPERATIVE = "K000"
METHODS = ("POST", "PUT", "PATCH")


class Route(NamedTuple):
    """A route that takes a body, and a caller who may call it."""

    method: str
    path: str
    media_types: tuple[str, ...]
    examples: tuple[Json, ...]
    caller: Caller


class Door(NamedTuple):
    """The service, and every route of it that takes a body."""

    app: FastAPI
    client: TestClient
    tokens: Tokens
    routes: tuple[Route, ...]

    def headers(self, route: Route) -> dict[str, str]:
        """Return the caller's header fields, with a token made now: one of ten minutes ends."""
        return bearer(self.tokens, route.caller) | {"if-match": '"' + "0" * 64 + '"'}

    def send(self, route: Route, body: bytes, media_type: str) -> Any:
        headers = self.headers(route) | {"content-type": media_type}
        return self.client.request(route.method, route.path, content=body, headers=headers)

    def json_routes(self) -> Iterator[Route]:
        return (route for route in self.routes if JSON in route.media_types)


def routes_of(app: FastAPI) -> Iterator[Route]:
    described = app.openapi()["paths"]
    for method in METHODS:
        for route in api_routes(app, method):
            known = described.get(route.path, {}).get(method.lower(), {})
            content = known.get("requestBody", {}).get("content", {})
            caller = caller_for(route)
            yield Route(method, address_of(route), tuple(content), examples_in(content), caller)


def caller_for(route: APIRoute) -> Caller:
    """Return somebody who may call a route."""
    access = access_of(route)
    for role in Role:
        caller = Caller(f"client:{role}", HOME_OWNER, role)
        if access is None or (caller.may(access.scope) and caller.reads(access.data)):
            return caller
    raise AssertionError(route.path)


def address_of(route: APIRoute) -> str:
    path = route.path.replace("{product}", "credit")
    if "cooperatives" in path:
        path = path.replace("{id}", COOPERATIVE)
    return path_with(route, "x") if path == route.path else path


def examples_in(content: Json) -> tuple[Json, ...]:
    said = content.get(JSON, {})
    named = [example["value"] for example in said.get("examples", {}).values()]
    return tuple(named or [one for one in (said.get("example"),) if one])
