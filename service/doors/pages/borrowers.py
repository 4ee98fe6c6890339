"""The loan officer's pages: find an application, see its decision, ask for one."""

from __future__ import annotations

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from features.errors import BadInput
from service.doors.http.openapi import PlainRoute, needs
from service.doors.http.services import services
from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.pages.forms import form_of
from service.doors.pages.guarding import GuardedPage, session_at
from service.doors.pages.rendering import render
from service.doors.pages.sessions import home_of, must_carry_token, signed_in
from service.trust.identity import Caller
from service.use_cases.assessing.assess import ApplicationLine

SEEN = needs("score:write", "loan_verdict")

entry = APIRouter(include_in_schema=False, route_class=PlainRoute)
router = APIRouter(include_in_schema=False, route_class=GuardedPage)


@entry.get("/")
def find(request: Request) -> Response:
    """Show the applications that the search names; the newest ones without a search.

    Who may not see borrowers is sent to the page that he begins at.
    """
    caller = signed_in(request).caller
    home = home_of(caller)
    if home != request.url.path:
        return RedirectResponse(home, status_code=303)
    query = request.query_params.get("q", "").strip()
    lines = services(request).assessor.find(query, caller)
    return render(request, "find.html", query=query, lines=lines)


@router.get("/applications/{id}", openapi_extra=SEEN)
def borrower(request: Request) -> Response:
    """Show an application and its latest decision."""
    caller = session_at(request).caller
    return _borrower(request, _line(request, caller), caller)


@router.post("/applications/{id}/assessment", openapi_extra=SEEN)
async def assess(request: Request) -> Response:
    """Assess an application of the store, then show it."""
    session = session_at(request)
    must_carry_token(await form_of(request), session)
    line = await run_in_threadpool(_line, request, session.caller)
    subject = {"kind": "application", "id": line.application_id}
    try:
        await services(request).assessor.assess(
            line.product or "", {"subject": subject}, session.caller, None
        )
    except BadInput as fault:
        return await run_in_threadpool(_borrower, request, line, session.caller, str(fault))
    return RedirectResponse(f"/applications/{line.application_id}", status_code=303)


def _line(request: Request, caller: Caller) -> ApplicationLine:
    wanted = request.path_params["id"]
    for line in services(request).assessor.find(wanted, caller):
        if line.application_id == wanted:
            return line
    raise Problem(ProblemKind.NOT_FOUND, wanted)


def _borrower(
    request: Request, line: ApplicationLine, caller: Caller, refusal: str | None = None
) -> Response:
    stored = line.decision_id and services(request).assessor.read(line.decision_id, caller)
    decision = orjson.loads(stored) if stored else None
    reviewed = decision and services(request).reviewer.reviews(decision["id"], caller)
    return render(
        request,
        "borrower.html",
        status=422 if refusal else 200,
        line=line,
        decision=decision,
        reviewed=reviewed and reviewed.document(),
        refusal=refusal,
        highs=services(request).rulebook.directions(),
    )
