"""Access tokens for programs: client credentials (RFC 6749, 4.4) and the keys that sign."""

from __future__ import annotations

from dataclasses import replace

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.oauth.answers import KEY_SET, TOKEN_BODY, TOKEN_RESPONSES
from service.doors.http.oauth.token_request import NEVER_KEPT, Refused, TokenRequest, token_request
from service.doors.http.openapi import PlainRoute
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON
from service.doors.http.wire.quotas import address_of
from service.trust.identity import Caller
from service.trust.keys import TOKEN_LASTS

router = APIRouter(tags=["oauth"], route_class=PlainRoute)


@router.post(
    "/oauth/token",
    summary="申领令牌 · Get an access token",
    responses=TOKEN_RESPONSES,
    openapi_extra=TOKEN_BODY,
)
async def create_token(request: Request) -> Response:
    """Give a client a token of ten minutes for the scopes it asks for, or all that it may have.

    The client says its id and secret by HTTP Basic or in the form. The token goes into the header
    field `Authorization: Bearer` of every other request.
    """
    try:
        asked = await token_request(request)
        caller = await _granted(request, asked)
    except Refused as refusal:
        return refusal.response()
    token = services(request).tokens.issue(caller)
    answer = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LASTS.total_seconds()),
        "scope": " ".join(sorted(caller.scopes)),
    }
    return Response(orjson.dumps(answer), 200, NEVER_KEPT, JSON)


@router.get("/oauth/jwks", summary="签名公钥 · Keys that verify tokens", responses=KEY_SET)
def read_keys(request: Request) -> Response:
    """Return the public keys whose tokens still hold, as a JSON Web Key Set (RFC 7517)."""
    keys = orjson.dumps(services(request).tokens.keys.public())
    headers = {"cache-control": "public, max-age=60"}
    return Response(keys, media_type="application/jwk-set+json", headers=headers)


async def _granted(request: Request, asked: TokenRequest) -> Caller:
    """Return the client with the scopes that it gets.

    Raises
    ------
    Refused
        When it is not who it says, or asks for more than it may have.
    Problem
        `too-many-requests`: of the client, or of wrong secrets from its address.
    """
    known, address = services(request), address_of(request)
    known.quotas.refuse_guesser(address)
    client = await run_in_threadpool(known.clients.authenticated, asked.id, asked.secret)
    if client is None:
        known.quotas.note_wrong_secret(address)
        raise Refused("invalid_client", "unknown client, wrong secret or revoked")
    known.quotas.spend_request(client.name)
    if asked.scopes is not None and not asked.scopes <= client.scopes:
        raise Refused("invalid_scope", "asks for a scope that this client may not have")
    return replace(client, granted=asked.scopes)
