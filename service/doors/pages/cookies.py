"""Cookies that scripts cannot read and other sites cannot set.

Over https their names begin with `__Host-`, so that a browser takes them from this very host
alone; one without it, which a neighbour under the same domain may have set, is not read there.
"""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

SESSION = "liangshan_session"
FORM = "liangshan_form"
JOURNEY = "liangshan_journey"
HOST_ONLY = "__Host-"

SameSite = Literal["strict", "lax"]


def read(request: Request, name: str) -> str:
    """Return a cookie's value; empty where the browser sends none."""
    return request.cookies.get(_full(request, name), "")


def keep(
    request: Request,
    response: Response,
    name: str,
    value: str,
    *,
    same_site: SameSite = "strict",
    seconds: int | None = None,
) -> None:
    """Set a cookie.

    Parameters
    ----------
    same_site
        `lax` where the browser must send it as it comes back from another site.
    seconds
        How long it is kept; by default until the browser is closed.
    """
    response.set_cookie(
        _full(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite=same_site,
    )


def drop(request: Request, response: Response, name: str) -> None:
    """Make the browser forget a cookie."""
    response.delete_cookie(
        _full(request, name), path="/", secure=_is_secure(request), httponly=True
    )


def _full(request: Request, name: str) -> str:
    return HOST_ONLY + name if _is_secure(request) else name


def _is_secure(request: Request) -> bool:
    return bool(request.scope["scheme"] == "https")
