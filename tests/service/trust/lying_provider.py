"""An OpenID provider that says what a test wants, true or not, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

Json = dict[str, Any]


@dataclass
class Lies:
    """What the provider answers.

    Attributes
    ----------
    described
        What stands in its description instead of the truth.
    claims
        What stands in its id tokens instead of the truth.
    header
        The header of its id tokens.
    signed_by
        The key that signs them; the published one by default.
    keys
        Its key set, instead of the one with its key.
    token
        The whole answer of its token endpoint, instead of one with an id token.
    status
        The status of every answer.
    asked
        The forms that reached its token endpoint.
    """

    issuer: str
    key: ECKey
    claims: Json
    described: Json = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=lambda: {"alg": "ES256"})
    signed_by: ECKey | OctKey | None = None
    keys: Json | None = None
    token: Json | None = None
    status: int = 200
    asked: list[Json] = field(default_factory=list)

    def answer(self, path: str, form: Json) -> Json:
        """Return what is answered at `path`."""
        if path == "/.well-known/openid-configuration":
            return self._description()
        if path == "/keys" and self.keys is not None:
            return self.keys
        if path == "/keys":
            return dict(KeySet([self.key]).as_dict(private=False))
        self.asked.append(form)
        return self.token if self.token is not None else {"token_type": "Bearer"} | self._issued()

    def _description(self) -> Json:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.described,
        }

    def _issued(self) -> Json:
        return {"access_token": "opaque", "id_token": self._id_token()}

    def _id_token(self) -> str:
        claims = {name: value for name, value in self.claims.items() if value is not None}
        header = {"kid": str(self.key.kid)} | self.header
        signer = self.signed_by or self.key
        return jwt.encode(header, claims, signer, [header["alg"]])


@contextmanager
def lying(claims: Json) -> Iterator[Lies]:
    """Run a provider that tells the truth until its `Lies` are changed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    issuer = f"http://127.0.0.1:{server.server_address[1]}"
    key = ECKey.generate_key("P-256", auto_kid=True)
    lies = Lies(issuer, key, {"iss": issuer} | claims)
    server.lies = lies  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield lies
    server.shutdown()
    server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        form = parse_qs(self.rfile.read(length).decode())
        self._answer({name: values[0] for name, values in form.items()})

    def _answer(self, form: Json) -> None:
        lies: Lies = self.server.lies  # type: ignore[attr-defined]
        body = json.dumps(lies.answer(self.path, form)).encode()
        self.send_response(lies.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...
