"""Pages for the signed-in alone: each says which scope it needs and what data it shows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.openapi import access_of
from service.doors.http.services import services
from service.doors.http.wire.callers import Access
from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.pages.sessions import PasswordNeeded, signed_in
from service.doors.pages.texts import text
from service.trust.sessions import Session


class GuardedPage(APIRoute):
    """A page whose endpoint runs only for a session that may see it, as `needs` says."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the endpoint behind its guard.

        Raises
        ------
        TypeError
            Where the page does not say what it needs.
        """
        access = access_of(self)
        if access is None:
            raise TypeError(f"{self.path} does not say what it needs")
        return _guarded(self.endpoint, access)


def session_at(request: Request) -> Session:
    """Return the session for which a guarded page is drawn."""
    session = request.state.session
    assert isinstance(session, Session)
    return session


def _guarded(
    endpoint: Callable[[Request], Any], access: Access
) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def handle(request: Request) -> Response:
        await run_in_threadpool(_admit, request, access)
        if inspect.iscoroutinefunction(endpoint):
            answer: Response = await endpoint(request)
            return answer
        return await run_in_threadpool(endpoint, request)

    return handle


def _admit(request: Request, access: Access) -> None:
    """Refuse a session that may not see the page.

    Raises
    ------
    SignInNeeded
        Without a session.
    PasswordNeeded
        Until he has chosen a password of his own.
    Problem
        `too-many-requests`, `forbidden` where scope or matrix do not allow it.
    """
    caller = signed_in(request).caller
    services(request).quotas.spend_request(caller.name)
    if caller.is_barred:
        raise PasswordNeeded
    if not (access.has_scope(caller) and caller.reads(access.data)):
        raise Problem(ProblemKind.FORBIDDEN, str(text("problem.not_yours_hint")))
