"""What the OpenAPI document says of the token routes."""

from __future__ import annotations

from typing import Any

from service.doors.http.oauth.token_request import FORM, GRANT, STATUS, Refused
from service.doors.http.openapi import refusals
from service.doors.http.wire.problems import ProblemKind
from service.trust.keys import TOKEN_LASTS
from service.trust.roles import all_scopes

Json = dict[str, Any]
Responses = dict[int | str, Json]

TOKEN_BODY: Json = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_id", "client_secret"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": [GRANT]},
                        "client_id": {"type": "string", "minLength": 1},
                        "client_secret": {
                            "type": "string",
                            "minLength": 1,
                            "format": "password",
                        },
                        "scope": {"type": "string", "minLength": 1},
                    },
                },
                "example": {
                    "grant_type": GRANT,
                    "client_id": "0123abcd",
                    "client_secret": "ls_0123abcd_…",
                    "scope": "score:read score:write",
                },
            }
        },
    }
}

_TOKEN: Json = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in", "scope"],
    "properties": {
        "access_token": {"type": "string"},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer", "example": int(TOKEN_LASTS.total_seconds())},
        "scope": {"type": "string", "description": " ".join(all_scopes())},
    },
}


def _refused(status: int) -> Json:
    codes = [code for code, answered in STATUS.items() if answered == status]
    schema = {
        "type": "object",
        "required": ["error", "error_description"],
        "properties": {
            "error": {"type": "string", "enum": codes},
            "error_description": {"type": "string"},
        },
    }
    examples = {code: {"value": Refused(code, "...").document()} for code in codes}
    return {
        "description": "RFC 6749, 5.2",
        "content": {"application/json": {"schema": schema, "examples": examples}},
    }


TOKEN_RESPONSES: Responses = {
    200: {
        "description": "令牌 · The token",
        "content": {"application/json": {"schema": _TOKEN}},
    },
    **{status: _refused(status) for status in sorted(set(STATUS.values()))},
    **refusals(ProblemKind.TOO_LARGE, ProblemKind.TOO_MANY_REQUESTS),
}

KEY_SET: Responses = {
    200: {
        "description": "JSON Web Key Set, RFC 7517",
        "content": {
            "application/jwk-set+json": {
                "schema": {
                    "type": "object",
                    "required": ["keys"],
                    "properties": {"keys": {"type": "array", "items": {"type": "object"}}},
                }
            }
        },
    }
}
