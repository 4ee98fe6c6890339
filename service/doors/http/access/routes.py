"""People and clients, managed by an administrator of their own tenant."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from features.canonical import canonical_json
from service.doors.http.access import shapes
from service.doors.http.openapi import PlainRoute, needs, path_parameter, refusals
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON, json_object
from service.doors.http.wire.callers import caller_of
from service.doors.http.wire.paging import page, page_answer, page_parameters, wanted_page
from service.doors.http.wire.problems import ProblemKind
from service.doors.http.wire.tags import (
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    answer_unless_known,
    etag,
    must_have_seen,
)

NEEDS = needs("access:admin", "access")
TO_READ = needs("access:admin", "access", "audit:read")
READ_REFUSALS = (ProblemKind.UNAUTHENTICATED, ProblemKind.FORBIDDEN)
WRITE_REFUSALS = (
    ProblemKind.NOT_JSON,
    *READ_REFUSALS,
    ProblemKind.TOO_LARGE,
    ProblemKind.UNSUPPORTED_MEDIA_TYPE,
    ProblemKind.BAD_INPUT,
)
NAME = path_parameter("name", "用户名 · User name", "王芳")
ID = path_parameter("id", "客户端编号 · Client", "0123abcd")

router = APIRouter(tags=["access"], route_class=PlainRoute)


@router.get(
    "/v1/people",
    summary="人员 · People",
    responses={
        200: page_answer(shapes.PERSON),
        **refusals(*READ_REFUSALS, ProblemKind.BAD_INPUT),
    },
    openapi_extra={**TO_READ, "parameters": page_parameters()},
)
def read_people(request: Request) -> Response:
    """Return the people of the administrator's tenant by name, disabled ones too."""
    wanted = wanted_page(request)
    found = services(request).access.people(caller_of(request), wanted.fetched, wanted.after)
    return page(request, wanted, found, lambda one: one.document(), lambda one: one.name)


@router.post(
    "/v1/people",
    status_code=201,
    summary="添加人员 · Add a person",
    responses={
        201: shapes.answer_of(shapes.NEW_PERSON, "人员与初始密码 · Who, and the first password"),
        **refusals(*WRITE_REFUSALS),
    },
    openapi_extra={**NEEDS, "requestBody": shapes.PERSON_BODY},
)
async def create_person(request: Request) -> Response:
    """Add somebody who signs in; the first password is drawn here and shown this once."""
    name, role = shapes.named_role(await json_object(request))
    known, caller = services(request), caller_of(request)
    person, password = await known.quotas.hashing(known.access.add_person, name, role, caller)
    headers = {"location": f"/v1/people/{quote(name, safe='')}", "etag": etag(person.hash)}
    document = canonical_json(person.document() | {"password": password})
    return Response(document, status_code=201, media_type=JSON, headers=headers)


@router.get(
    "/v1/people/{name}",
    summary="查看人员 · Read a person",
    responses={
        200: shapes.answer_of(shapes.PERSON, "人员 · Who", tagged=True),
        **NOT_MODIFIED,
        **refusals(*READ_REFUSALS, ProblemKind.NOT_FOUND),
    },
    openapi_extra={**TO_READ, "parameters": [NAME, IF_NONE_MATCH]},
)
def read_person(request: Request) -> Response:
    """Return one of the administrator's people; its entity tag is what a change must name."""
    name, caller = request.path_params["name"], caller_of(request)
    person = services(request).access.person(name, caller)
    return answer_unless_known(request, canonical_json(person.document()), person.hash, JSON)


@router.patch(
    "/v1/people/{name}",
    summary="更改人员 · Change a person",
    responses={
        200: shapes.answer_of(shapes.CHANGED_PERSON, "现状 · As he is now", tagged=True),
        **refusals(
            *WRITE_REFUSALS,
            ProblemKind.NOT_FOUND,
            ProblemKind.PRECONDITION_FAILED,
            ProblemKind.PRECONDITION_REQUIRED,
        ),
    },
    openapi_extra={
        **NEEDS,
        "parameters": [NAME, {**IF_MATCH, "required": True}],
        "requestBody": shapes.CHANGE_BODY,
    },
)
async def change_person(request: Request) -> Response:
    """Give a person another role, disable him or let him in again, or draw him a new password.

    His sessions end. A new password is shown this once.
    """
    change = shapes.change_of(await json_object(request))
    known, caller = services(request), caller_of(request)
    seen = await run_in_threadpool(known.access.person, request.path_params["name"], caller)
    must_have_seen(request, seen.hash)
    changed = known.access.change_person
    person, password = await known.quotas.hashing(changed, seen, change, caller)
    document = person.document() | ({} if password is None else {"password": password})
    headers = {"etag": etag(person.hash)}
    return Response(canonical_json(document), media_type=JSON, headers=headers)


@router.get(
    "/v1/clients",
    summary="客户端 · Clients",
    responses={
        200: page_answer(shapes.CLIENT),
        **refusals(*READ_REFUSALS, ProblemKind.BAD_INPUT),
    },
    openapi_extra={**TO_READ, "parameters": page_parameters()},
)
def read_clients(request: Request) -> Response:
    """Return the programs of the administrator's tenant by id, revoked ones too."""
    wanted = wanted_page(request)
    found = services(request).access.clients(caller_of(request), wanted.fetched, wanted.after)
    return page(request, wanted, found, shapes.client_document, lambda one: one.id)


@router.post(
    "/v1/clients",
    status_code=201,
    summary="添加客户端 · Add a client",
    responses={
        201: shapes.answer_of(shapes.NEW_CLIENT, "编号与密钥 · Id and secret"),
        **refusals(*WRITE_REFUSALS),
    },
    openapi_extra={**NEEDS, "requestBody": shapes.CLIENT_BODY},
)
async def create_client(request: Request) -> Response:
    """Add a program that may ask for tokens; its secret is shown this once."""
    name, role = shapes.named_role(await json_object(request))
    known, caller = services(request).access, caller_of(request)
    made = await run_in_threadpool(known.add_client, name, role, caller)
    document = canonical_json(shapes.new_client_document(made, name, role))
    return Response(document, status_code=201, media_type=JSON)


@router.delete(
    "/v1/clients/{id}",
    status_code=204,
    summary="撤销客户端 · Revoke a client",
    responses=refusals(*READ_REFUSALS, ProblemKind.NOT_FOUND),
    openapi_extra={**NEEDS, "parameters": [ID]},
)
def revoke_client(request: Request) -> Response:
    """Revoke a program: it gets no more tokens, and those it has stop within five seconds."""
    services(request).access.revoke_client(request.path_params["id"], caller_of(request))
    return Response(status_code=204)
