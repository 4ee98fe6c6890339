"""Access tokens for tests, signed by the application's own key."""

from __future__ import annotations

from typing import Protocol

from service.trust.identity import Caller
from service.trust.roles import Role, TenantKind
from service.trust.tokens import Tokens

OWNER = "county"


class Token(Protocol):
    """Returns the header of a request by some role of some body, e.g. `token(Role.OFFICER)`."""

    def __call__(
        self,
        role: Role,
        owner: str = OWNER,
        kind: TenantKind = TenantKind.HOUSE,
        *,
        name: str | None = None,
        scopes: frozenset[str] | None = None,
    ) -> dict[str, str]: ...


def bearer(tokens: Tokens, caller: Caller) -> dict[str, str]:
    """Return the header of a request by `caller`."""
    return {"authorization": f"Bearer {tokens.issue(caller)}"}


def token_by(tokens: Tokens) -> Token:
    """Return how to make headers that the application behind `tokens` believes.

    Callers of two roles bear two names; `name` tells two of one role apart.
    """

    def token(
        role: Role,
        owner: str = OWNER,
        kind: TenantKind = TenantKind.HOUSE,
        *,
        name: str | None = None,
        scopes: frozenset[str] | None = None,
    ) -> dict[str, str]:
        caller = Caller(f"client:{name or role.value}", owner, role, kind, scopes)
        return bearer(tokens, caller)

    return token
