"""Access tokens: what is signed is read again, what anybody else made is not believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from service.trust.identity import Caller
from service.trust.keys import LEEWAY, TOKEN_LASTS, SigningKeys
from service.trust.roles import Role, TenantKind, scopes_of
from service.trust.tokens import LONGEST, BadToken, Tokens

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
ISSUER = "https://liangshan.example"
OFFICER = Caller("client:0123abcd", "青山农商行", Role.OFFICER, TenantKind.BANK)
Json = dict[str, Any]
Forge = Callable[["Forger"], str]


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(part: str) -> Json:
    document: Json = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return document


class Forger:
    """Somebody with a good token and all that is public."""

    def __init__(self, tokens: Tokens, keys: SigningKeys) -> None:
        self.good = tokens.issue(OFFICER)
        self.header, self.claims = (decoded(part) for part in self.good.split(".")[:2])
        self.key = keys.signing()

    def signed(self, key: ECKey | None = None, header: Json | None = None, **claims: Any) -> str:
        """Return a token with changed claims; None drops one."""
        kept = {name: value for name, value in (self.claims | claims).items() if value is not None}
        return jwt.encode(self.header | (header or {}), kept, key or self.key)

    def put(self, header: Json, signature: str = "") -> str:
        """Return a token with another header, put together by hand."""
        parts = (encoded(json.dumps(part).encode()) for part in (header, self.claims))
        return ".".join((*parts, signature))

    def by_hmac(self, secret: bytes) -> str:
        """Return a token whose signature is an HMAC: the public key taken for a secret."""
        unsigned = self.put(self.header | {"alg": "HS256"}).rstrip(".")
        mac = hmac.new(secret, unsigned.encode(), hashlib.sha256).digest()
        return f"{unsigned}.{encoded(mac)}"

    def public(self) -> bytes:
        return self.key.as_pem(private=False)


@pytest.fixture
def keys(tmp_path: Path) -> SigningKeys:
    return SigningKeys(tmp_path, lambda: NOW)


@pytest.fixture
def tokens(keys: SigningKeys) -> Tokens:
    return Tokens(keys, ISSUER, lambda: NOW)


@pytest.fixture
def forger(tokens: Tokens, keys: SigningKeys) -> Forger:
    return Forger(tokens, keys)


def test_a_token_says_who_calls_and_no_more_than_rfc_9068_asks(
    tokens: Tokens, forger: Forger
) -> None:
    caller = tokens.caller(forger.good)
    assert caller == replace(OFFICER, granted=scopes_of(Role.OFFICER))
    assert forger.header["alg"] == "ES256"
    assert forger.header["typ"] == "at+jwt"
    assert set(forger.claims) == {
        "iss", "aud", "sub", "client_id", "owner", "role", "kind", "scope", "iat", "exp", "jti",
    }  # fmt: skip
    assert (forger.claims["sub"], forger.claims["client_id"]) == ("client:0123abcd", "0123abcd")
    assert forger.claims["exp"] - forger.claims["iat"] == 600


def test_no_two_tokens_are_the_same(tokens: Tokens) -> None:
    jtis = {decoded(tokens.issue(OFFICER).split(".")[1])["jti"] for _ in range(50)}
    assert len(jtis) == 50


def test_a_token_for_few_scopes_gives_no_other(tokens: Tokens) -> None:
    narrow = replace(OFFICER, granted=frozenset({"score:read", "access:admin"}))
    caller = tokens.caller(tokens.issue(narrow))
    assert caller.scopes == {"score:read"}


FORGERIES: dict[str, Forge] = {
    "alg none": lambda forger: forger.put(forger.header | {"alg": "none"}),
    "alg None": lambda forger: forger.put(forger.header | {"alg": "None"}),
    "no alg": lambda forger: forger.put({"typ": "at+jwt", "kid": forger.key.kid}),
    "alg none, old signature": lambda forger: forger.put(
        forger.header | {"alg": "none"}, forger.good.split(".")[2]
    ),
    "HS256 with the public PEM": lambda forger: forger.by_hmac(forger.public()),
    "HS256 with the public JWK": lambda forger: forger.by_hmac(
        json.dumps(forger.key.as_dict(private=False)).encode()
    ),
    "HS256 with nothing": lambda forger: forger.by_hmac(b""),
    "another key, our id": lambda forger: forger.signed(ECKey.generate_key("P-256")),
    "another key in its own header": lambda forger: other_key_inside(forger),
    "unknown key id": lambda forger: forger.signed(header={"kid": "other"}),
    "no key id": lambda forger: forger.put({"alg": "ES256", "typ": "at+jwt"}, "AA"),
    "key id a path": lambda forger: forger.signed(header={"kid": f"../{forger.key.kid}"}),
    "key id a list": lambda forger: forger.put(forger.header | {"kid": [forger.key.kid]}, "AA"),
    "a critical extension": lambda forger: forger.put(
        forger.header | {"crit": ["b64"], "b64": False}, forger.good.split(".")[2]
    ),
    "an id token": lambda forger: forger.signed(header={"typ": "JWT"}),
    "altered claims": lambda forger: altered(forger, 1),
    "altered header": lambda forger: altered(forger, 0),
    "altered signature": lambda forger: altered(forger, 2),
    "no signature": lambda forger: forger.good.rpartition(".")[0] + ".",
    "signature of zeroes": lambda forger: forger.put(forger.header, encoded(bytes(64))),
    "expired": lambda forger: forger.signed(exp=int((NOW - LEEWAY).timestamp()) - 1),
    "of tomorrow": lambda forger: forger.signed(iat=int(NOW.timestamp()) + 86400),
    "not yet": lambda forger: forger.signed(nbf=int(NOW.timestamp()) + 86400),
    "no expiry": lambda forger: forger.signed(exp=None),
    "expiry in words": lambda forger: forger.signed(exp="never"),
    "expiry without end": lambda forger: forger.signed(exp=float("inf")),
    "another issuer": lambda forger: forger.signed(iss="https://evil.example"),
    "no issuer": lambda forger: forger.signed(iss=None),
    "another audience": lambda forger: forger.signed(aud="urn:other:api"),
    "no audience": lambda forger: forger.signed(aud=None),
    "no owner": lambda forger: forger.signed(owner=None),
    "an owner that is a list": lambda forger: forger.signed(owner=["a", "b"]),
    "an unknown role": lambda forger: forger.signed(role="root"),
    "an unknown kind": lambda forger: forger.signed(kind="moon"),
    "no scope": lambda forger: forger.signed(scope=None),
    "a list": lambda forger: forger.put(forger.header).replace(".", ".WzFd.", 1),
    "two parts": lambda forger: ".".join(forger.good.split(".")[:2]),
    "four parts": lambda forger: f"{forger.good}.AA",
    "five parts": lambda forger: f"{forger.good}.AA.AA",
    "nothing": lambda forger: "",
    "dots": lambda forger: "..",
    "no base64": lambda forger: "!.!.!",
    "not ascii": lambda forger: "青.山.绿",
    "a deep header": lambda forger: encoded(b"[" * 2000) + ".e30.AA",
    "a header of numbers": lambda forger: encoded(b"1") + ".e30.AA",
    "too long": lambda forger: "a" * (LONGEST + 1),
}


def other_key_inside(forger: Forger) -> str:
    key = ECKey.generate_key("P-256")
    return forger.signed(key, {"jwk": key.as_dict(private=False), "kid": "mine"})


def altered(forger: Forger, part: int) -> str:
    parts = forger.good.split(".")
    old = parts[part][10]
    parts[part] = parts[part][:10] + ("A" if old != "A" else "B") + parts[part][11:]
    return ".".join(parts)


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_is_not_believed(tokens: Tokens, forger: Forger, forge: Forge) -> None:
    token = forge(forger)
    with pytest.raises(BadToken):
        tokens.caller(token)


def test_the_forger_can_do_all_but_sign(tokens: Tokens, forger: Forger) -> None:
    assert tokens.caller(forger.signed(owner="另一银行")).owner == "另一银行"


def test_more_scopes_than_the_role_has_are_not_given(tokens: Tokens, forger: Forger) -> None:
    caller = tokens.caller(forger.signed(scope="score:read access:admin"))
    assert not caller.may("access:admin")


@pytest.mark.parametrize("seen", [False, True])
def test_a_token_lasts_ten_minutes_and_no_longer(keys: SigningKeys, seen: bool) -> None:
    times = [NOW]
    tokens = Tokens(keys, ISSUER, lambda: times[-1])
    token = tokens.issue(OFFICER)
    times.append(NOW + TOKEN_LASTS + LEEWAY - timedelta(seconds=1))
    if seen:
        assert tokens.caller(token).owner == OFFICER.owner
    times.append(NOW + TOKEN_LASTS + LEEWAY)
    with pytest.raises(BadToken, match="expired"):
        tokens.caller(token)


@pytest.mark.parametrize("seen", [False, True])
def test_a_token_goes_with_the_key_that_leaked(tmp_path: Path, seen: bool) -> None:
    times = [NOW]
    keys = SigningKeys(tmp_path, lambda: times[-1])
    tokens = Tokens(keys, ISSUER, lambda: times[-1])
    token = tokens.issue(OFFICER)
    if seen:
        assert tokens.caller(token).owner == OFFICER.owner
    times.append(NOW + timedelta(seconds=1))
    keys.rotate(at_once=True)
    with pytest.raises(BadToken, match="no key of ours"):
        tokens.caller(token)


def test_a_token_that_was_seen_is_told_from_an_altered_one(tokens: Tokens, forger: Forger) -> None:
    assert tokens.caller(forger.good) == tokens.caller(forger.good)
    with pytest.raises(BadToken):
        tokens.caller(altered(forger, 2))


def test_few_tokens_are_remembered(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.trust.tokens.REMEMBERED", 3)
    made = [tokens.issue(replace(OFFICER, owner=f"bank {number}")) for number in range(5)]
    assert [tokens.caller(token).owner for token in made * 2] == [
        f"bank {number}" for number in range(5)
    ] * 2
    assert len(tokens._believed) == 3


def test_a_token_of_another_installation_is_not_believed(tokens: Tokens, tmp_path: Path) -> None:
    others = Tokens(SigningKeys(tmp_path / "other", lambda: NOW), ISSUER, lambda: NOW)
    with pytest.raises(BadToken, match="no key of ours"):
        tokens.caller(others.issue(OFFICER))
