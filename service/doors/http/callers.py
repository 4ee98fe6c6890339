"""Who calls the JSON routes: a program with its API key."""

from __future__ import annotations

from starlette.requests import Request

from service.doors.http.problems import Problem, ProblemKind
from service.doors.http.services import services
from service.trust.identity import Caller, Role

CHALLENGE = {"www-authenticate": "Bearer"}


def caller_of(request: Request, roles: frozenset[Role]) -> Caller:
    """Return who calls, if it has one of these roles.

    Raises
    ------
    Problem
        `unauthenticated` without a valid key, `forbidden` where its role is another.
    """
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        detail = "请求头须有 Authorization: Bearer <密钥> · send Authorization: Bearer <key>"
        raise Problem(ProblemKind.UNAUTHENTICATED, detail, headers=CHALLENGE)
    caller = services(request).identity.key_holder(key.strip())
    if caller is None:
        detail = "密钥无效或已撤销 · the key is unknown or has been withdrawn"
        raise Problem(ProblemKind.UNAUTHENTICATED, detail, headers=CHALLENGE)
    if caller.role not in roles:
        detail = f"{caller.role.value} 不得办理此项 · this role may not do this"
        raise Problem(ProblemKind.FORBIDDEN, detail)
    return caller
