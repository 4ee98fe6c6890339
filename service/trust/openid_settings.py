"""The OpenID provider that an installation's settings name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from features.errors import BadInput
from service.settings import Settings
from service.trust.openid import OpenId


def provider_of(settings: Settings, clock: Callable[[], datetime]) -> OpenId | None:
    """Return the provider at which people may sign in; None where no setting names one.

    Raises
    ------
    BadInput
        When only some of the four settings are given, or one of them cannot be used.
    """
    given = {
        "LIANGSHAN_OIDC_ISSUER": settings.oidc_issuer,
        "LIANGSHAN_OIDC_CLIENT_ID": settings.oidc_client_id,
        "LIANGSHAN_OIDC_CLIENT_SECRET_FILE": settings.oidc_client_secret_file,
        "LIANGSHAN_OIDC_REDIRECT_URI": settings.oidc_redirect_uri,
    }
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given):
        return None
    if missing or settings.oidc_client_secret_file is None:
        rule = "四项须同时设置 · is needed too: the four settings of a provider go together"
        raise BadInput(rule, field=missing[0])
    return OpenId(
        settings.oidc_issuer,
        settings.oidc_client_id,
        _secret_in(settings.oidc_client_secret_file),
        settings.oidc_redirect_uri,
        clock,
    )


def _secret_in(path: Path) -> str:
    """Return the secret in a file, without the line's end."""
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as fault:
        rule = f"无法读取 · cannot be read ({fault.strerror})"
        field = "LIANGSHAN_OIDC_CLIENT_SECRET_FILE"
        raise BadInput(rule, field=field, value=str(path)) from fault
    if not secret:
        rule = "文件为空 · the file is empty"
        raise BadInput(rule, field="LIANGSHAN_OIDC_CLIENT_SECRET_FILE", value=str(path))
    return secret
