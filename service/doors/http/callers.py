"""Who calls the JSON routes: a program with its API key."""

from __future__ import annotations

from starlette.requests import Request

from service.doors.http.problems import Problem, ProblemKind
from service.doors.http.services import services
from service.trust.identity import Caller, Role

ASSESSING_ROLES = frozenset({Role.OFFICER})
CHALLENGE = {"www-authenticate": "Bearer"}


def assessing_caller(request: Request) -> Caller:
    """Return who calls, if it may assess borrowers.

    Raises
    ------
    Problem
        `unauthenticated` without a valid key, `forbidden` where its role may not assess.
    """
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        detail = "请求头须有 Authorization: Bearer <密钥> · send Authorization: Bearer <key>"
        raise Problem(ProblemKind.UNAUTHENTICATED, detail, headers=CHALLENGE)
    caller = services(request).identity.key_holder(key.strip())
    if caller is None:
        detail = "密钥无效或已撤销 · the key is unknown or has been withdrawn"
        raise Problem(ProblemKind.UNAUTHENTICATED, detail, headers=CHALLENGE)
    if caller.role not in ASSESSING_ROLES:
        detail = f"{caller.role.value} 不得评估借款人 · this role may not assess borrowers"
        raise Problem(ProblemKind.FORBIDDEN, detail)
    return caller
