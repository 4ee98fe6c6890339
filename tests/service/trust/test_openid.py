"""OpenID sign-in: what is asked of a provider, and every answer that must not let anybody in."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from joserfc.jwk import ECKey, OctKey

from features.errors import BadInput
from service.settings import Settings
from service.trust.openid import (
    CALLBACK,
    Journey,
    OpenId,
    ProviderUnreachable,
    SignInRefused,
    Subject,
)
from service.trust.openid_settings import provider_of
from tests.service.trust.lying_provider import Lies, lying

Json = dict[str, Any]
NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
BACK = f"https://risk.example{CALLBACK}"
JOURNEY = Journey("one-browsers-secret-of-forty-three-characters")


@pytest.fixture
def provider() -> Iterator[Lies]:
    claims = {
        "sub": "wangfang",
        "aud": "liangshan",
        "iat": SECONDS,
        "exp": SECONDS + 300,
        "nonce": JOURNEY.nonce,
    }
    with lying(claims) as lies:
        yield lies


def at(provider: Lies) -> OpenId:
    return OpenId(provider.issuer, "liangshan", "secret", BACK, lambda: NOW)


def answer(**changed: str) -> dict[str, str]:
    return {"state": JOURNEY.state, "code": "c0de"} | changed


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_the_way_there_says_who_asks_and_ties_the_answer_to_the_browser(provider: Lies) -> None:
    address = urlsplit(at(provider).departure(JOURNEY))
    asked = {name: value for name, (value,) in parse_qs(address.query).items()}
    digest = hashlib.sha256(JOURNEY.verifier.encode()).digest()
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.issuer}/authorize"
    assert asked == {
        "response_type": "code",
        "client_id": "liangshan",
        "redirect_uri": BACK,
        "scope": "openid",
        "state": JOURNEY.state,
        "nonce": JOURNEY.nonce,
        "code_challenge": encoded(digest),
        "code_challenge_method": "S256",
    }


def test_nothing_of_the_journey_can_be_guessed_from_the_rest() -> None:
    first, second = Journey.begin(), Journey.begin()
    seen = [part for one in (first, second) for part in (one.secret, one.state, one.nonce)]
    seen += [first.verifier, second.verifier]
    assert len(set(seen)) == len(seen)
    assert min(map(len, seen)) >= 43


def test_who_comes_back_is_the_subject_of_the_id_token(provider: Lies) -> None:
    assert at(provider).arrival(JOURNEY, answer()) == Subject(provider.issuer, "wangfang")
    (form,) = provider.asked
    assert form["code"] == "c0de"
    assert form["code_verifier"] == JOURNEY.verifier
    assert form["redirect_uri"] == BACK


@pytest.mark.parametrize(
    "sent",
    [
        {"state": Journey.begin().state},
        {"state": ""},
        {"state": "另一个"},
        {"iss": "https://another.example"},
    ],
)
def test_an_answer_of_another_browser_or_provider_is_refused_unasked(
    provider: Lies, sent: dict[str, str]
) -> None:
    with pytest.raises(SignInRefused):
        at(provider).arrival(JOURNEY, answer(**sent))
    assert provider.asked == []


@pytest.mark.parametrize("secret", ["", "guess"])
def test_a_browser_that_began_no_sign_in_ends_none(provider: Lies, secret: str) -> None:
    """Else anybody could send it back as himself: what follows from nothing is no secret."""
    journey = Journey(secret)
    provider.claims["nonce"] = journey.nonce
    with pytest.raises(SignInRefused):
        at(provider).arrival(journey, answer(state=journey.state))
    assert provider.asked == []


def test_a_no_of_the_provider_is_a_no(provider: Lies) -> None:
    refusal = {"state": JOURNEY.state, "error": "access_denied"}
    with pytest.raises(SignInRefused, match="access_denied"):
        at(provider).arrival(JOURNEY, refusal)
    provider.token = {"error": "invalid_grant"}
    with pytest.raises(SignInRefused, match="invalid_grant"):
        at(provider).arrival(JOURNEY, answer())


def test_a_provider_that_names_itself_in_its_answers_must_do_so(provider: Lies) -> None:
    provider.described = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(SignInRefused):
        at(provider).arrival(JOURNEY, answer())
    assert at(provider).arrival(JOURNEY, answer(iss=provider.issuer)).name == "wangfang"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://another.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": []},
        {"aud": ["liangshan", "another"]},
        {"azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": SECONDS - 61},
        {"exp": None},
        {"iat": SECONDS + 61},
        {"iat": None},
        {"nbf": SECONDS + 61},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "wang\x00fang"},
        {"at_hash": "another"},
    ],
)
def test_an_id_token_that_is_not_ours_lets_nobody_in(provider: Lies, claims: Json) -> None:
    provider.claims |= claims
    with pytest.raises(SignInRefused):
        at(provider).arrival(JOURNEY, answer())


@pytest.mark.filterwarnings("ignore:JWS algorithm")
def test_an_id_token_that_the_provider_did_not_sign_lets_nobody_in(provider: Lies) -> None:
    another = ECKey.generate_key("P-256")
    for header, signer in (
        ({"alg": "none"}, None),
        ({"alg": "HS256"}, OctKey.import_key("secret" * 8)),
        ({"alg": "ES256"}, another),
        ({"alg": "ES256", "kid": "unknown"}, another),
        ({"alg": "ES256", "kid": "unknown"}, None),
    ):
        provider.header, provider.signed_by = header, signer
        with pytest.raises(SignInRefused):
            at(provider).arrival(JOURNEY, answer())


def test_the_public_key_is_no_secret_to_sign_with(provider: Lies) -> None:
    parts = ({"alg": "HS256", "kid": provider.key.kid}, provider.claims)
    signed = ".".join(encoded(orjson.dumps(part)) for part in parts)
    for secret in (provider.key.as_pem(private=False), b"secret"):
        seal = hmac.digest(secret, signed.encode(), "sha256")
        provider.token = {"token_type": "Bearer", "id_token": f"{signed}.{encoded(seal)}"}
        with pytest.raises(SignInRefused, match="HS256"):
            at(provider).arrival(JOURNEY, answer())


@pytest.mark.parametrize("id_token", [None, "", "a.b.c", 7, ["a"]])
def test_without_an_id_token_nobody_comes_in(provider: Lies, id_token: object) -> None:
    provider.token = {"token_type": "Bearer", "access_token": "opaque", "id_token": id_token}
    with pytest.raises(SignInRefused):
        at(provider).arrival(JOURNEY, answer())


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://another.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "https://[no-address"},
        {"jwks_uri": "https:///keys"},
        {"token_endpoint_auth_methods_supported": None},
    ],
)
def test_a_description_that_cannot_be_trusted_is_no_provider(
    provider: Lies, described: Json
) -> None:
    provider.described = described
    with pytest.raises(ProviderUnreachable):
        at(provider).departure(JOURNEY)
    with pytest.raises(ProviderUnreachable):
        at(provider).arrival(JOURNEY, answer())


@pytest.mark.parametrize("keys", [None, 7, [1], {"a": 1}, [{"kty": "EC"}], [{"kty": ["EC"]}]])
def test_a_key_set_that_is_none_lets_nobody_in(provider: Lies, keys: object) -> None:
    provider.keys = {"keys": keys}
    with pytest.raises(SignInRefused):
        at(provider).arrival(JOURNEY, answer())


def test_a_key_on_a_curve_that_nobody_knows_is_no_hindrance(provider: Lies) -> None:
    strange = {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"}
    provider.keys = {"keys": [strange, provider.key.as_dict(private=False)]}
    assert at(provider).arrival(JOURNEY, answer()).name == "wangfang"


def test_a_token_endpoint_that_talks_nonsense_is_no_provider(provider: Lies) -> None:
    provider.token = {"access_token": "opaque", "expires_in": [1]}
    with pytest.raises(ProviderUnreachable):
        at(provider).arrival(JOURNEY, answer())


def test_a_provider_that_fails_is_out_of_reach(provider: Lies) -> None:
    provider.status = 500
    with pytest.raises(ProviderUnreachable):
        at(provider).departure(JOURNEY)
    nobody = OpenId("http://127.0.0.1:9", "liangshan", "secret", BACK, lambda: NOW)
    with pytest.raises(ProviderUnreachable):
        nobody.arrival(JOURNEY, answer())


@pytest.mark.parametrize(
    ("issuer", "back"),
    [
        ("http://sso.example", BACK),
        ("ftp://sso.example", BACK),
        ("sso.example", BACK),
        ("https://[sso.example", BACK),
        ("https://sso.example", f"http://risk.example{CALLBACK}"),
        ("https://sso.example", "https://risk.example/elsewhere"),
        ("https://sso.example", f"https://risk.example{CALLBACK}/"),
    ],
)
def test_addresses_must_be_https_and_the_way_back_ours(issuer: str, back: str) -> None:
    with pytest.raises(BadInput):
        OpenId(issuer, "liangshan", "secret", back, lambda: NOW)


def settings(**given: str) -> Settings:
    return Settings(home=Path("unused"), **given)


def test_the_settings_of_a_provider_go_together() -> None:
    whole = {
        "oidc_issuer": "https://sso.example",
        "oidc_client_id": "liangshan",
        "oidc_client_secret": "s3cret",
        "oidc_redirect_uri": BACK,
    }
    assert provider_of(settings(), lambda: NOW) is None
    for name in whole:
        for left in ({}, {name: ""}):
            others = {other: value for other, value in whole.items() if other != name}
            with pytest.raises(BadInput, match=f"LIANGSHAN_{name.upper()}"):
                provider_of(settings(**others, **left), lambda: NOW)


def test_the_secret_comes_from_a_file_and_is_shown_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    monkeypatch.setenv("LIANGSHAN_OIDC_CLIENT_SECRET_FILE", str(secret))
    given = settings(
        oidc_issuer="https://sso.example", oidc_client_id="liangshan", oidc_redirect_uri=BACK
    )
    made = provider_of(given, lambda: NOW)
    assert made is not None
    assert made.client_secret == "s3cret"
    assert "s3cret" not in f"{made} {given}"
