"""A real OpenID provider in a process of its own: `python openid_provider.py PORT REDIRECT_URI`.

It knows two people and one client, holds them in memory, and ends with the process.
"""

from __future__ import annotations

import sys

from canaille import create_app
from canaille.app import models

HOST = "127.0.0.1"
CLIENT, SECRET = "liangshan", "of-the-tests-alone"
PEOPLE = {"wangfang": "qing-shan-lv-shui", "lisi": "jin-shan-yin-shan"}


def serve(port: int, redirect_uri: str) -> None:
    """Serve until killed."""
    app = create_app(
        {
            "SECRET_KEY": "of-the-tests-alone" * 2,
            "SERVER_NAME": f"{HOST}:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory"},
            "CANAILLE_OIDC": {"TRUSTED_DOMAINS": [HOST]},
        }
    )
    with app.app_context(), app.backend.instance.session():
        for name, password in PEOPLE.items():
            _keep(app, models.User(user_name=name, family_name=name, password=password))
        client = _client(redirect_uri)
        _keep(app, client)
        client.audience = [client]
        _keep(app, client)
    app.run(HOST, port, threaded=True)


def _client(redirect_uri: str) -> models.Client:
    return models.Client(
        client_id=CLIENT,
        client_name="Liangshan",
        client_secret=SECRET,
        client_uri=f"http://{HOST}",
        redirect_uris=[redirect_uri],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid"],
        token_endpoint_auth_method="client_secret_basic",
    )


def _keep(app: object, made: object) -> None:
    app.backend.instance.save(made)  # type: ignore[attr-defined]


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
