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
from service.use_cases.book.books import HOME_OWNER
from tests.service.doors.walk import api_routes, path_with

Json = dict[str, Any]
COOPERATIVE = "K000"
METHODS = ("POST", "PUT", "PATCH")


class Route(NamedTuple):
    """A route that takes a body, and how a caller who may call it does so."""

    method: str
    path: str
    media_types: tuple[str, ...]
    examples: tuple[Json, ...]
    headers: dict[str, str]


class Door(NamedTuple):
    """The service, and every route of it that takes a body."""

    app: FastAPI
    client: TestClient
    routes: tuple[Route, ...]

    def send(self, route: Route, body: bytes, media_type: str) -> Any:
        headers = route.headers | {"content-type": media_type}
        return self.client.request(route.method, route.path, content=body, headers=headers)

    def json_routes(self) -> Iterator[Route]:
        return (route for route in self.routes if JSON in route.media_types)


def routes_of(app: FastAPI, tokens: dict[Role, dict[str, str]]) -> Iterator[Route]:
    described = app.openapi()["paths"]
    for method in METHODS:
        for route in api_routes(app, method):
            known = described.get(route.path, {}).get(method.lower(), {})
            content = known.get("requestBody", {}).get("content", {})
            headers = tokens[role_for(route)] | {"if-match": '"' + "0" * 64 + '"'}
            yield Route(method, address_of(route), tuple(content), examples_in(content), headers)


def role_for(route: APIRoute) -> Role:
    """Return a role that may call a route."""
    access = access_of(route)
    for role in Role:
        caller = Caller("x", HOME_OWNER, role)
        if access is None or (caller.may(access.scope) and caller.reads(access.data)):
            return role
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
