"""What a program sends to /oauth/token, read as RFC 6749 has it, and its refusals."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus

import orjson
from starlette.requests import Request
from starlette.responses import Response

FORM = "application/x-www-form-urlencoded"
GRANT = "client_credentials"
MOST_FIELDS = 16
NEVER_KEPT = {"cache-control": "no-store", "pragma": "no-cache"}
CHALLENGE = {"www-authenticate": 'Basic realm="liangshan", charset="UTF-8"'}

STATUS = {
    "invalid_request": 400,
    "invalid_client": 401,
    "invalid_scope": 400,
    "unauthorized_client": 400,
    "unsupported_grant_type": 400,
}
"""The error codes of RFC 6749, 5.2, that can occur here."""


class Refused(Exception):
    """A token request that is refused.

    Parameters
    ----------
    error
        A code of `STATUS`.
    why
        For whoever wrote the client: in ASCII without quotes, as the RFC demands.
    """

    def __init__(self, error: str, why: str) -> None:
        super().__init__(why)
        self.error = error
        self.why = why

    def document(self) -> dict[str, str]:
        """Return the members of RFC 6749, 5.2."""
        return {"error": self.error, "error_description": self.why}

    def response(self) -> Response:
        """Return the answer."""
        challenge = CHALLENGE if self.error == "invalid_client" else {}
        content = orjson.dumps(self.document())
        headers = {**NEVER_KEPT, **challenge}
        return Response(content, STATUS[self.error], headers, "application/json")


@dataclass(frozen=True)
class TokenRequest:
    """A client that has said its id and its secret, and which scopes it asks for.

    Attributes
    ----------
    scopes
        None where it asks for all that it may have.
    """

    id: str
    secret: str
    scopes: frozenset[str] | None


async def token_request(request: Request) -> TokenRequest:
    """Return what a request for a token asks for.

    Raises
    ------
    Refused
        When it is malformed, asks for another grant or names no client.
    """
    fields = _fields(request, await request.body())
    if "grant_type" not in fields:
        raise Refused("invalid_request", f"grant_type is missing; send {GRANT}")
    if fields["grant_type"] != GRANT:
        raise Refused("unsupported_grant_type", f"only {GRANT} is supported")
    id, secret = _credentials(request, fields)
    scopes = frozenset(fields["scope"].split(" ")) if "scope" in fields else None
    return TokenRequest(id, secret, scopes)


def _fields(request: Request, body: bytes) -> dict[str, str]:
    """Return the fields of the form; one without a value counts as left out (RFC 6749, 3.2)."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        raise Refused("invalid_request", f"Content-Type must be {FORM}")
    if request.url.query:
        raise Refused("invalid_request", "parameters stand in the body, never in the address")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), errors="strict", max_num_fields=MOST_FIELDS, separator="&"
        )
    except ValueError as fault:
        raise Refused("invalid_request", "the form cannot be read") from fault
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Refused("invalid_request", "a parameter stands twice")
    return fields


def _credentials(request: Request, fields: dict[str, str]) -> tuple[str, str]:
    """Return id and secret, from the Authorization header or from the form, not from both."""
    header = request.headers.get("authorization")
    in_form = fields.get("client_id"), fields.get("client_secret")
    if header is None:
        id, secret = in_form
        if not id or not secret:
            raise Refused("invalid_client", "client_id and client_secret are missing")
        return id, secret
    if in_form[1] is not None:
        raise Refused("invalid_request", "the client authenticates in two ways at once")
    id, secret = _basic(header)
    if in_form[0] not in (None, id):
        raise Refused("invalid_request", "client_id differs from the one in Authorization")
    return id, secret


def _basic(header: str) -> tuple[str, str]:
    """Return id and secret of a Basic Authorization header (RFC 6749, 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    try:
        said = b64decode(encoded.strip(), validate=True).decode()
        id, colon, secret = said.partition(":")
        found = unquote_plus(id, errors="strict"), unquote_plus(secret, errors="strict")
    except ValueError as fault:
        raise Refused("invalid_client", "the Authorization header cannot be read") from fault
    if scheme.lower() != "basic" or not colon:
        raise Refused("invalid_client", "Authorization must be Basic with id and secret")
    return found
