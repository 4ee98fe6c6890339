"""Who calls the JSON routes, and whether it may."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.services import services
from service.doors.http.wire.problems import Problem, ProblemKind
from service.trust.clients import MARK
from service.trust.identity import CLIENT, Caller
from service.trust.revocations import Revocations
from service.trust.tokens import BadToken

WHERE = "POST /oauth/token"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True)
class Access:
    """Who may call a route: with which scope (roles.yaml), reading which data (matrix.yaml).

    Attributes
    ----------
    instead
        Another scope that will do; empty for none.
    """

    scope: str
    data: str
    instead: str = ""

    def has_scope(self, caller: Caller) -> bool:
        """Return whether a caller has a scope that opens the route."""
        return caller.may(self.scope) or (self.instead != "" and caller.may(self.instead))


def guarded(endpoint: Callable[[Request], Any], access: Access) -> Handler:
    """Return a handler that calls `endpoint` for those alone who may."""

    async def handle(request: Request) -> Response:
        await _look_for_revoked(services(request).clients.revocations)
        request.state.caller = admitted(request, access)
        if inspect.iscoroutinefunction(endpoint):
            answer: Response = await endpoint(request)
            return answer
        return await run_in_threadpool(endpoint, request)

    return handle


def caller_of(request: Request) -> Caller:
    """Return who calls a guarded route."""
    caller = request.state.caller
    assert isinstance(caller, Caller)
    return caller


def admitted(request: Request, access: Access) -> Caller:
    """Return who calls, if it may.

    Raises
    ------
    Problem
        `unauthenticated` without a valid token, `too-many-requests`, `forbidden` where scope or
        matrix do not allow it.
    """
    caller = _authenticated(request)
    services(request).quotas.spend_request(caller.name)
    if not access.has_scope(caller):
        detail = f"缺少权限 · the token of this {caller.role.value} lacks the scope {access.scope}"
        challenge = _challenge("insufficient_scope", scope=access.scope)
        raise Problem(ProblemKind.FORBIDDEN, detail, headers=challenge)
    if not caller.reads(access.data):
        detail = f"不得查看 · {caller.role.value} of a {caller.kind.value} may not read this data"
        raise Problem(ProblemKind.FORBIDDEN, detail)
    return caller


def _authenticated(request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        detail = "请求头须有 Authorization: Bearer <令牌> · send Authorization: Bearer <token>"
        raise _unauthenticated(f"{detail} ({WHERE})", _challenge())
    if token.startswith(f"{MARK}_"):
        detail = "这是客户端密钥，不是令牌 · this is a client's secret, no token"
        raise _unauthenticated(f"{detail} ({WHERE})", _challenge("invalid_token"))
    known = services(request)
    try:
        caller = known.tokens.caller(token)
    except BadToken as fault:
        raise _unauthenticated(str(fault), _challenge("invalid_token")) from fault
    if known.clients.revocations.has(caller.name.removeprefix(CLIENT)):
        detail = "客户端已撤销 · the client has been revoked"
        raise _unauthenticated(detail, _challenge("invalid_token"))
    return caller


async def _look_for_revoked(revocations: Revocations) -> None:
    """Let one request every few seconds read who was revoked; the others do not wait."""
    if revocations.take_turn():
        await run_in_threadpool(revocations.look)


def _unauthenticated(detail: str, challenge: dict[str, str]) -> Problem:
    return Problem(ProblemKind.UNAUTHENTICATED, detail, headers=challenge)


def _challenge(error: str | None = None, **said: str) -> dict[str, str]:
    """Return the header field of RFC 6750, section 3."""
    parts = {"realm": "liangshan"} | ({"error": error} if error else {}) | said
    values = ", ".join(f'{name}="{value}"' for name, value in parts.items())
    return {"www-authenticate": f"Bearer {values}"}
