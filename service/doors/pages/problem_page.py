"""A problem as a page, where a person's browser asks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.pages.rendering import render
from service.doors.pages.texts import Text, text

PROGRAMS_ONLY = ("/v1/", "/health/")
HEADINGS = {
    ProblemKind.FORBIDDEN: "not_yours",
    ProblemKind.NOT_FOUND: "not_found",
    ProblemKind.INTERNAL: "failed",
    ProblemKind.UNAVAILABLE: "unavailable",
}


def answer(request: Request, problem: Problem) -> Response:
    """Answer a browser with a page, a program with problem details."""
    wants_page = "text/html" in request.headers.get("accept", "")
    if not wants_page or request.url.path.startswith(PROGRAMS_ONLY):
        return problem.response()
    name = HEADINGS.get(problem.kind)
    heading = text(f"problem.{name}") if name else _both(problem.kind.value.title)
    detail = text(f"problem.{name}_hint") if name else problem.detail
    page = render(
        request,
        "problem.html",
        status=problem.kind.value.status,
        heading=heading,
        detail=detail,
    )
    page.headers.update(problem.headers)
    return page


def _both(line: str) -> Text:
    """Return a line in both languages, as `Text` writes it, as a text."""
    zh, _, en = line.partition(" · ")
    return Text(zh, en)
