"""Every route, tried by every role of every kind of body and without each scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from starlette.testclient import TestClient

from service.doors.pages import cookies
from service.trust.identity import Caller
from service.trust.roles import READABLE, Role, TenantKind, level_of, scopes_of
from service.trust.sessions import LASTS, Session, Sessions
from service.wiring import application, now
from tests.service.doors.every_route import (
    AUDITED,
    JSON,
    NEEDS,
    OPEN,
    PAGES,
    Route,
    Served,
    kind_of,
    routes,
    scopes_for,
    serve,
)
from tests.service.doors.meeting import BODIES


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("walk")) as installation:
        yield installation


class Anybody(Sessions):
    """Knows each role of each kind of body by a cookie, also those that no body has.

    Roles are only where they belong, so a real session never asks more of the matrix than of the
    scopes; the pages' guard must hold without that.
    """

    def find(self, token: str) -> Session | None:
        role, kind = token.split("-")
        caller = Caller(token, BODIES[0].owner, Role(role), TenantKind(kind))
        return Session(token, caller, now() + LASTS)


@pytest.fixture(scope="module")
def anybody(served: Served) -> Anybody:
    return Anybody(served.store.engine, now)


@pytest.fixture(scope="module")
def browser(served: Served, anybody: Anybody) -> TestClient:
    app = application(replace(served.services, sessions=anybody))
    return TestClient(app, follow_redirects=False)


def test_every_route_needs_what_is_typed_here_and_no_route_is_left_out(served: Served) -> None:
    found = routes(served.app)
    told = {route: access and (access.scope, access.data) for route, access in found.items()}
    assert told == NEEDS | PAGES | dict.fromkeys(OPEN)
    audited = {route for route, access in found.items() if access and access.instead}
    assert audited == AUDITED
    assert {access.instead for access in found.values() if access} <= {"", "audit:read"}
    assert not [path for _, path in OPEN if path.startswith("/v1/")]


def test_nobody_is_answered_without_a_token_or_session(served: Served) -> None:
    for method, path in NEEDS:
        asked = served.client.request(method, path.replace("{", "").replace("}", ""))
        assert (asked.status_code, kind_of(asked)) == (401, "unauthenticated"), path
    for method, path in PAGES:
        asked = served.client.request(method, path.replace("{", "").replace("}", ""))
        assert (asked.status_code, asked.headers["location"]) == (303, "/login"), path


def refused(served: Served, method: str, path: str, caller: Caller) -> bool:
    """Return whether a route turns a caller away, asked with nothing to do."""
    url = path.replace("{", "no-").replace("}", "")
    headers = served.headers(caller) | JSON
    answer = served.client.request(method, url, headers=headers, content=b"{}")
    assert answer.status_code not in (401, 429, 500), (method, path, answer.text)
    return kind_of(answer) == "forbidden"


@pytest.mark.parametrize("kind", TenantKind)
@pytest.mark.parametrize("role", Role)
def test_each_role_of_each_body_meets_the_matrix_at_every_route(
    served: Served, role: Role, kind: TenantKind
) -> None:
    caller = Caller(f"client:{role}-{kind}", f"一个{kind}", role, kind)
    found = {route: not refused(served, *route, caller) for route in NEEDS}
    expected = {
        route: not scopes_for(route).isdisjoint(scopes_of(role))
        and level_of(data, role, kind) in READABLE
        for route, (_, data) in NEEDS.items()
    }
    assert found == expected


@pytest.mark.parametrize("route", NEEDS, ids=lambda route: " ".join(route))
def test_a_token_without_the_scope_opens_nothing_and_with_it_alone_this(
    served: Served, route: Route
) -> None:
    _, data = NEEDS[route]
    for scope in scopes_for(route):
        role, kind = next(
            (role, kind)
            for role, kind in product(Role, TenantKind)
            if scope in scopes_of(role) and level_of(data, role, kind) in READABLE
        )
        without = scopes_of(role) - scopes_for(route)
        for granted, turned_away in ((without, True), (frozenset({scope}), False)):
            caller = Caller(f"client:{scope}-{turned_away}", "一家", role, kind, granted)
            assert refused(served, *route, caller) is turned_away


@pytest.mark.parametrize("kind", TenantKind)
@pytest.mark.parametrize("role", Role)
def test_each_role_of_each_body_meets_the_matrix_at_every_page(
    anybody: Anybody, browser: TestClient, role: Role, kind: TenantKind
) -> None:
    token = f"{role}-{kind}"
    browser.cookies.set(cookies.SESSION, token)
    session = anybody.find(token)
    assert session
    for (method, path), (scope, data) in PAGES.items():
        url = path.replace("{", "no-").replace("}", "")
        answer = browser.request(method, url, data={"csrf": session.csrf})
        may = scope in scopes_of(role) and level_of(data, role, kind) in READABLE
        assert answer.status_code in ((200, 404) if may else (403,)), (role, kind, path)
