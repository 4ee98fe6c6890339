"""Who calls the JSON routes, and whether it may."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.problems import Problem, ProblemKind
from service.doors.http.services import services
from service.trust.identity import Caller

CHALLENGE = {"www-authenticate": "Bearer"}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True)
class Access:
    """Who may call a route: with which scope (roles.yaml), reading which data (matrix.yaml)."""

    scope: str
    data: str


def guarded(endpoint: Callable[[Request], Any], access: Access) -> Handler:
    """Return a handler that calls `endpoint` for those alone who may."""

    async def handle(request: Request) -> Response:
        request.state.caller = await run_in_threadpool(admitted, request, access)
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
        `unauthenticated` without a valid key, `forbidden` where scope or matrix do not allow it.
    """
    caller = _authenticated(request)
    if not caller.may(access.scope):
        detail = f"缺少权限 · {caller.role.value} lacks the scope {access.scope}"
        raise Problem(ProblemKind.FORBIDDEN, detail)
    if not caller.reads(access.data):
        detail = f"不得查看 · {caller.role.value} of a {caller.kind.value} may not read this data"
        raise Problem(ProblemKind.FORBIDDEN, detail)
    return caller


def _authenticated(request: Request) -> Caller:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        detail = "请求头须有 Authorization: Bearer <密钥> · send Authorization: Bearer <key>"
        raise Problem(ProblemKind.UNAUTHENTICATED, detail, headers=CHALLENGE)
    caller = services(request).identity.key_holder(key.strip())
    if caller is None:
        detail = "密钥无效或已撤销 · the key is unknown or has been withdrawn"
        raise Problem(ProblemKind.UNAUTHENTICATED, detail, headers=CHALLENGE)
    return caller
