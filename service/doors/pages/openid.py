"""Sign in at the body's own OpenID provider: leave for it, come back from it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from service.doors.http.openapi import PlainRoute
from service.doors.http.services import services
from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.http.wire.quotas import address_of
from service.doors.pages import cookies
from service.doors.pages.rendering import render
from service.doors.pages.sessions import enter, home_of
from service.doors.pages.sign_in import show_sign_in
from service.trust.openid import (
    CALLBACK,
    Journey,
    OpenId,
    ProviderUnreachable,
    SignInRefused,
)

JOURNEY_SECONDS = 600

router = APIRouter(include_in_schema=False, route_class=PlainRoute)


@router.get("/login/openid")
async def leave(request: Request) -> Response:
    """Send the browser to the provider; its way back is tied to a cookie of ten minutes.

    That cookie is `lax`: the browser returns by a link from the provider's site.
    """
    journey, provider = Journey.begin(), _provider(request)
    try:
        address = await services(request).quotas.travelling(provider.departure, journey)
    except ProviderUnreachable:
        return show_sign_in(request, fault="login.unreachable", status=503)
    response = RedirectResponse(address, status_code=303)
    cookies.keep(
        request,
        response,
        cookies.JOURNEY,
        journey.secret,
        same_site="lax",
        seconds=JOURNEY_SECONDS,
    )
    return response


@router.get(CALLBACK)
async def return_(request: Request) -> Response:
    """Open a session for somebody whom the provider knows and who is linked to one of our people.

    The answer is a page that goes on by itself: a redirect would still be another site's request,
    and the browser would keep the session's cookie from it.
    """
    response = await _admitted(request)
    cookies.drop(request, response, cookies.JOURNEY)
    return response


async def _admitted(request: Request) -> Response:
    journey, provider = Journey(cookies.read(request, cookies.JOURNEY)), _provider(request)
    asking, answer = services(request).quotas.travelling, request.query_params
    try:
        subject = await asking(provider.arrival, journey, answer)
    except SignInRefused:
        return show_sign_in(request, fault="login.refused", status=403)
    except ProviderUnreachable:
        return show_sign_in(request, fault="login.unreachable", status=503)
    caller = await run_in_threadpool(services(request).federation.person, subject)
    if caller is None:
        return show_sign_in(request, fault="login.unlinked", status=403, known_as=subject.name)
    page = render(request, "entering.html", home=home_of(caller))
    await run_in_threadpool(enter, request, page, caller)
    return page


def _provider(request: Request) -> OpenId:
    """Return the provider, whom each call will ask something.

    Raises
    ------
    Problem
        `not-found` where the installation has none, `too-many-requests` for too many calls.
    """
    provider = services(request).openid
    if provider is None:
        raise Problem(ProblemKind.NOT_FOUND, request.scope["path"])
    services(request).quotas.spend_journey(address_of(request))
    return provider
