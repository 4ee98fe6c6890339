"""Access tokens: ES256 JWTs of ten minutes (RFC 7519, 9068) that say who calls and what he may.

A token is believed for what it says: no database is read, so what it says must be ours. The
algorithm and the type are fixed here, never taken from the token.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from service.trust.identity import CLIENT, Caller
from service.trust.keys import LEEWAY, TOKEN_LASTS, Clock, SigningKeys
from service.trust.roles import Role, TenantKind, scopes_of

ALGORITHM = "ES256"
TYPE = "at+jwt"
AUDIENCE = "urn:liangshan:api"
LONGEST = 4096
TEXTS = ("sub", "jti", "owner", "role", "kind", "scope")
REMEMBERED = 1024
"""How many tokens that were found good are not verified again at each use."""


EXPIRED = "令牌已过期，请重新申领 · the token has expired; get a new one"
UNKNOWN_KEY = "签名密钥未知 · it was signed by no key of ours"


class BadToken(Exception):
    """A token that is not believed, and why, in words for whoever sent it."""


@dataclass(frozen=True)
class _Believed:
    """What a verified token says: who calls, until when (a NumericDate), signed with which key."""

    caller: Caller
    until: float
    key: str


class Tokens:
    """Sign access tokens and read them.

    Parameters
    ----------
    keys
        What signs.
    issuer
        Who this installation is, as `iss` says it.
    clock
        The time.
    """

    def __init__(self, keys: SigningKeys, issuer: str, clock: Clock) -> None:
        self.keys = keys
        self._issuer = issuer
        self._clock = clock
        self._registry = JWSRegistry(algorithms=[ALGORITHM])
        self._believed: dict[str, _Believed] = {}

    def issue(self, caller: Caller) -> str:
        """Return a token for what a caller may do, good for `TOKEN_LASTS`."""
        key = self.keys.signing()
        now = int(self._clock().timestamp())
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": caller.name,
            "client_id": caller.name.removeprefix(CLIENT),
            "owner": caller.owner,
            "role": caller.role.value,
            "kind": caller.kind.value,
            "scope": " ".join(sorted(caller.scopes)),
            "iat": now,
            "exp": now + int(TOKEN_LASTS.total_seconds()),
            "jti": secrets.token_urlsafe(16),
        }
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
        return jwt.encode(header, claims, key, registry=self._registry)

    def caller(self, token: str) -> Caller:
        """Return who a token says is calling.

        Raises
        ------
        BadToken
            When it is not ours, was altered, has expired or is meant for somebody else.
        """
        known = self._believed.get(token)
        if known is None:
            known = self._verified(token)
            self._remember(token, known)
        if self._clock().timestamp() >= known.until + LEEWAY.total_seconds():
            raise BadToken(EXPIRED)
        if known.key not in self.keys.ids():
            raise BadToken(UNKNOWN_KEY)
        return known.caller

    def _verified(self, token: str) -> _Believed:
        """Return what a token says that has not been seen yet, once it is proved to be ours."""
        if len(token) > LONGEST:
            raise BadToken("令牌过长 · the token is too long")
        try:
            read = jwt.decode(token, self._key, registry=self._registry)
            self._expected().validate(read.claims)
            caller = _caller(read.claims)
        except (JoseError, ValueError, RecursionError) as fault:
            raise BadToken(_why(fault)) from fault
        if read.header.get("typ") != TYPE:
            raise BadToken("不是访问令牌 · this is no access token")
        return _Believed(caller, read.claims["exp"], read.header["kid"])

    def _remember(self, token: str, known: _Believed) -> None:
        """Keep what a good token says; where there are too many, the oldest is forgotten."""
        while len(self._believed) >= REMEMBERED:
            del self._believed[next(iter(self._believed))]
        self._believed[token] = known

    def _key(self, token: Any) -> Any:
        """Return the key that a token names, among ours alone."""
        id = token.headers().get("kid")
        found = self.keys.verifying(id) if isinstance(id, str) else None
        if found is None:
            raise BadToken(UNKNOWN_KEY)
        return found

    def _expected(self) -> JWTClaimsRegistry:
        """Return what the claims must say."""
        now = int(self._clock().timestamp())
        essential: dict[str, ClaimsOption] = {
            name: {"essential": True} for name in ("exp", "iat", *TEXTS)
        }
        return JWTClaimsRegistry(
            now=now,
            leeway=int(LEEWAY.total_seconds()),
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": AUDIENCE},
            **essential,
        )


def _caller(claims: Mapping[str, Any]) -> Caller:
    """Return the caller that verified claims name; its scopes never exceed its role's.

    Raises
    ------
    ValueError
        When a claim is not of ours.
    """
    if not all(isinstance(claims[name], str) for name in TEXTS):
        raise ValueError("texts")
    role = Role(claims["role"])
    granted = frozenset(claims["scope"].split()) & scopes_of(role)
    return Caller(claims["sub"], claims["owner"], role, TenantKind(claims["kind"]), granted)


def _why(fault: Exception) -> str:
    code = fault.error if isinstance(fault, JoseError) else "malformed"
    if code == "expired_token":
        return EXPIRED
    return f"令牌无效 · the token does not hold ({code})"
