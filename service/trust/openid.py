"""Sign-in at a body's own OpenID provider: authorization code with PKCE, state and nonce.

Nothing is kept while somebody is away at the provider: state, nonce and code verifier follow from
one random secret that his browser holds in a cookie, so any worker can take him back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from features.errors import BadInput

SIGNED_WITH = (
    *("ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("Ed25519", "EdDSA"),
)
"""Every signature by a key pair; never none, never a secret that both sides know."""

KEY_KINDS = ("EC", "RSA", "OKP")
AUTH_METHODS = "token_endpoint_auth_methods_supported"
CALLBACK = "/login/openid/return"
WELL_KNOWN = "/.well-known/openid-configuration"
PATIENCE = 5.0
CLOCKS_DIFFER = 60
LONGEST_SUBJECT = 255
SHORTEST_SECRET = 43
"""What 256 random bits take; what follows from a shorter one, or from none, anybody could say."""

Json = Mapping[str, Any]


class SignInRefused(Exception):
    """What came back from the provider is no sign-in that this browser began."""


class ProviderUnreachable(Exception):
    """The provider does not answer, or not as an OpenID provider does."""


@dataclass(frozen=True)
class Journey:
    """A sign-in under way: a browser left for the provider and will come back.

    Attributes
    ----------
    secret
        What the browser's cookie holds meanwhile, and nobody else.
    """

    secret: str

    @classmethod
    def begin(cls) -> Journey:
        """Return a new one."""
        return cls(secrets.token_urlsafe())

    @property
    def state(self) -> str:
        """Return what the provider hands back unchanged, which ties its answer to the browser."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Return what the id token must carry, so that it is no other sign-in's."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Return what alone redeems the authorization code (RFC 7636)."""
        return self._derived("verifier")

    def _derived(self, purpose: str) -> str:
        return hmac.new(self.secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Subject:
    """Somebody as a provider knows him."""

    issuer: str
    name: str


@dataclass(frozen=True)
class OpenId:
    """A provider at which this service is a client.

    Attributes
    ----------
    issuer
        The provider's address, which its id tokens name.
    client_id, client_secret
        What the service is called there and how it shows that it is the one.
    redirect_uri
        Where the provider sends people back to, letter for letter as it is registered there.
    clock
        The time.

    Raises
    ------
    BadInput
        When an address is neither https nor on this machine, or the way back is not the
        service's.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    clock: Callable[[], datetime]

    def __post_init__(self) -> None:
        for name, address in (("issuer", self.issuer), ("redirect_uri", self.redirect_uri)):
            if not _is_safe(address):
                rule = "须为 https 地址 · must be an https address"
                raise BadInput(rule, where="OIDC", field=name, value=address)
        if urlsplit(self.redirect_uri).path != CALLBACK:
            rule = f"路径须为 · its path must be {CALLBACK}"
            raise BadInput(rule, where="OIDC", field="redirect_uri", value=self.redirect_uri)

    def departure(self, journey: Journey) -> str:
        """Return the provider's address at which somebody signs in.

        Raises
        ------
        ProviderUnreachable
            When the provider does not answer.
        """
        provider = self._provider()
        with self._client(provider) as client:
            address, _ = client.create_authorization_url(
                provider["authorization_endpoint"],
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.verifier,
            )
        return str(address)

    def arrival(self, journey: Journey, answer: Mapping[str, str]) -> Subject:
        """Return who came back.

        Parameters
        ----------
        answer
            The parameters of the address to which the provider sent him back.

        Raises
        ------
        SignInRefused
            When the provider says no, or its answer does not belong to this browser.
        ProviderUnreachable
            When the provider does not answer.
        """
        self._refuse_foreign(journey, answer)
        provider = self._provider()
        if provider.get("authorization_response_iss_parameter_supported") and "iss" not in answer:
            raise SignInRefused("the provider is not named in the answer")
        with self._client(provider) as client, _told():
            token = client.fetch_token(
                provider["token_endpoint"],
                grant_type="authorization_code",
                code=answer["code"],
                code_verifier=journey.verifier,
                redirect_uri=self.redirect_uri,
            )
        claims = self._claims(token, _fetched(provider["jwks_uri"]), journey.nonce)
        return Subject(self.issuer, claims["sub"])

    def _refuse_foreign(self, journey: Journey, answer: Mapping[str, str]) -> None:
        """Refuse an answer that is another browser's, another provider's, or no."""
        if len(journey.secret) < SHORTEST_SECRET:
            raise SignInRefused("this browser began no sign-in")
        sent = answer.get("state", "").encode()
        if not hmac.compare_digest(journey.state.encode(), sent):
            raise SignInRefused("the state is not this browser's")
        if answer.get("iss", self.issuer) != self.issuer:
            raise SignInRefused("another provider answers")
        if "code" not in answer:
            raise SignInRefused(answer.get("error", "there is no code"))

    def _claims(self, token: Json, keys: Json, nonce: str) -> Json:
        """Return what the id token says, if the provider signed it for us, now, for this nonce."""
        try:
            opened = jwt.decode(str(token.get("id_token")), _key_set(keys), SIGNED_WITH)
            claims = CodeIDToken(
                opened.claims,
                opened.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                    "sub": {"essential": True},
                },
                {
                    "nonce": nonce,
                    "client_id": self.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(int(self.clock().timestamp()), CLOCKS_DIFFER)
        except (JoseError, ValueError) as fault:
            raise SignInRefused(f"id token: {fault}") from fault
        if not claims["sub"].isprintable() or len(claims["sub"]) > LONGEST_SUBJECT:
            raise SignInRefused("id token: sub")
        return claims

    def _provider(self) -> Json:
        """Return the provider's own description (OpenID Connect Discovery)."""
        found = _fetched(self.issuer.rstrip("/") + WELL_KNOWN)
        if found.get("issuer") != self.issuer:
            raise ProviderUnreachable("the provider names another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not _is_safe(str(found.get(name, ""))):
                raise ProviderUnreachable(f"{name} is no https address")
        if not isinstance(found.get(AUTH_METHODS, []), list):
            raise ProviderUnreachable(f"{AUTH_METHODS} is no list")
        return found

    def _client(self, provider: Json) -> OAuth2Client:
        methods = provider.get(AUTH_METHODS, ["client_secret_basic"])
        basic = "client_secret_basic" in methods
        return OAuth2Client(
            self.client_id,
            self.client_secret,
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            scope="openid",
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=PATIENCE,
        )


@contextmanager
def _told() -> Iterator[None]:
    """Tell apart a provider that says no and one that does not answer."""
    try:
        yield
    except OAuthError as fault:
        raise SignInRefused(str(fault)) from fault
    except (httpx2.HTTPError, ValueError, TypeError) as fault:
        raise ProviderUnreachable(str(fault)) from fault


def _fetched(address: str) -> Json:
    """Return the JSON object at an address."""
    with _told():
        answer = httpx2.get(address, timeout=PATIENCE)
        answer.raise_for_status()
        document = answer.json()
        if not isinstance(document, dict):
            raise ValueError(f"{address}: no JSON object")
        return document


def _key_set(document: Json) -> KeySet:
    """Return the provider's keys that may sign."""
    listed = document.get("keys")
    found = map(_key, listed if isinstance(listed, list) else [])
    return KeySet([key for key in found if key is not None])


def _key(said: object) -> Key | None:
    """Return a key that may sign; None for a kind or curve we do not know: another's business."""
    if not isinstance(said, dict) or said.get("kty") not in KEY_KINDS:
        return None
    try:
        return JWKRegistry.import_key(said) if said.get("use", "sig") == "sig" else None
    except (JoseError, KeyError, TypeError, ValueError):
        return None


def _is_safe(address: str) -> bool:
    """Return whether an address is https, or on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    here = host in {"127.0.0.1", "::1", "localhost"}
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and here))
