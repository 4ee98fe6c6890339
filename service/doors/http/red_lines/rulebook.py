"""What decides here: red lines in force, and models."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from features.canonical import canonical_json, sha256_hex
from service.doors.http.openapi import PlainRoute, needs, refusals
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON
from service.doors.http.wire.paging import parameters, query_parameter
from service.doors.http.wire.problems import ProblemKind
from service.doors.http.wire.shapes import DAY, answer
from service.doors.http.wire.tags import IF_NONE_MATCH, NOT_MODIFIED, answer_unless_known

REFUSALS = refusals(ProblemKind.UNAUTHENTICATED, ProblemKind.FORBIDDEN, ProblemKind.BAD_INPUT)
COUNTY = {"type": "string", "pattern": "^[0-9]{6}$"}

router = APIRouter(tags=["policies"], route_class=PlainRoute)


@router.get(
    "/v1/policies/red-lines",
    summary="某日某县有效的红线 · Red lines in force",
    responses={
        200: answer("RedLinePolicy", "有效红线 · Red lines in force", tagged=True),
        **NOT_MODIFIED,
        **REFUSALS,
    },
    openapi_extra={
        **needs("policy:read", "policy"),
        "parameters": [
            query_parameter("as_of", "日期，缺省今日 · Day; today by default", DAY),
            query_parameter("county", "县（区划代码） · County code", COUNTY),
            IF_NONE_MATCH,
        ],
    },
)
def read_red_lines(request: Request) -> Response:
    """Return the lines with every limit, its basis and source; the tag is the policy's hash."""
    said = parameters(request, "as_of", "county")
    found = services(request).rulebook.red_lines(said.get("as_of"), said.get("county"))
    tag = f"{str(found['policy']).removeprefix('sha256:')}-{found['as_of']}-{found['county']}"
    return answer_unless_known(request, canonical_json(found), tag, JSON)


@router.get(
    "/v1/models",
    summary="模型 · Models",
    responses={200: answer("Models", "模型 · Models", tagged=True), **NOT_MODIFIED, **REFUSALS},
    openapi_extra={**needs("model:read", "model"), "parameters": [IF_NONE_MATCH]},
)
def read_models(request: Request) -> Response:
    """Return what scores each product: version, evidence, figures, features and their signs."""
    parameters(request)
    content = canonical_json({"models": services(request).rulebook.models()})
    return answer_unless_known(request, content, sha256_hex(content), JSON)
