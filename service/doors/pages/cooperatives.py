"""How the cooperatives stand: all on a list, and one with each line and its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.openapi import needs
from service.doors.http.services import services
from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.pages.guarding import GuardedPage, session_at
from service.doors.pages.rendering import render
from service.use_cases.judging.cooperatives import latest_statements
from service.use_cases.judging.red_lines import Judged

SEEN = needs("redline:read", "verdict")

router = APIRouter(include_in_schema=False, route_class=GuardedPage)


@router.get("/cooperatives", openapi_extra=SEEN)
def cooperatives(request: Request) -> Response:
    """Show how each cooperative of the book stands, the gravest first."""
    caller = session_at(request).caller
    lines = services(request).supervisor.cooperatives(caller)
    return render(request, "cooperatives.html", lines=lines)


@router.get("/cooperatives/{id}", openapi_extra=SEEN)
def cooperative(request: Request) -> Response:
    """Show a cooperative's findings and each of its lines with arithmetic and cures."""
    caller, key = session_at(request).caller, request.path_params["id"]
    judged = services(request).supervisor.cooperative(key, caller)
    if judged is None:
        raise Problem(ProblemKind.NOT_FOUND, key)
    document: Mapping[str, Any] = judged.document()
    return render(
        request,
        "cooperative.html",
        key=key,
        document=document,
        reported_on=latest_statements(judged)[key],
        titles={verdict["rule"]: verdict["title"] for verdict in document["verdicts"]},
        ways=ways_of(judged),
        highs=services(request).rulebook.directions(),
    )


def ways_of(judged: Judged) -> dict[str, list[str]]:
    """Return the acts that each line's file names, also those that no amount is computed for."""
    return {
        verdict.rule.id: list(dict.fromkeys(cure["act"] for cure in verdict.rule.content["cure"]))
        for verdict in judged.verdicts
    }
