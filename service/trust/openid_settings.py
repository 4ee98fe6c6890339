"""The OpenID provider that an installation's settings name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from features.errors import BadInput
from service.settings import PREFIX, Settings
from service.trust.openid import OpenId


def provider_of(settings: Settings, clock: Callable[[], datetime]) -> OpenId | None:
    """Return the provider at which people may sign in; None where no setting names one.

    Raises
    ------
    BadInput
        When only some of the four settings are given, or one of them cannot be used.
    """
    given = {
        "oidc_issuer": settings.oidc_issuer,
        "oidc_client_id": settings.oidc_client_id,
        "oidc_client_secret": settings.oidc_client_secret.strip(),
        "oidc_redirect_uri": settings.oidc_redirect_uri,
    }
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given):
        return None
    if missing:
        rule = "四项须同时设置 · is needed too: the four settings of a provider go together"
        raise BadInput(rule, field=f"{PREFIX}{missing[0].upper()}")
    return OpenId(
        settings.oidc_issuer,
        settings.oidc_client_id,
        given["oidc_client_secret"],
        settings.oidc_redirect_uri,
        clock,
    )
