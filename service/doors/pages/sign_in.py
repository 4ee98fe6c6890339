"""Sign in and out."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from service.doors.http.openapi import PlainRoute
from service.doors.http.services import services
from service.doors.http.wire.problems import Problem
from service.doors.http.wire.quotas import address_of
from service.doors.pages import cookies
from service.doors.pages.forms import field, form_of
from service.doors.pages.rendering import render
from service.doors.pages.sessions import (
    enter,
    form_is_ours,
    form_token,
    home_of,
    must_carry_token,
    new_form_cookie,
    session_of,
    signed_in,
)
from service.trust.identity import Caller

router = APIRouter(include_in_schema=False, route_class=PlainRoute)


@router.get("/login")
def show_form(request: Request) -> Response:
    """Show the sign-in form, or go on where somebody is signed in already."""
    session = session_of(request)
    if session is not None:
        return RedirectResponse(home_of(session.caller), status_code=303)
    return show_sign_in(request)


@router.post("/login")
async def sign_in(request: Request) -> Response:
    """Open a session for a name and password that belong together."""
    form = await form_of(request)
    if not form_is_ours(request, form):
        return show_sign_in(request, fault="login.stale", status=403)
    name = field(form, "name")
    try:
        caller = await known_by_password(request, name, field(form, "password"))
    except Problem as refusal:
        page = show_sign_in(request, fault="login.too_many", status=429)
        page.headers.update(refusal.headers)
        return page
    if caller is None:
        return show_sign_in(request, fault="login.wrong", status=403, name=name)
    response = RedirectResponse(home_of(caller), status_code=303)
    await run_in_threadpool(enter, request, response, caller)
    return response


@router.post("/logout")
async def sign_out(request: Request) -> Response:
    """End the session."""
    session = await run_in_threadpool(signed_in, request)
    must_carry_token(await form_of(request), session)
    await run_in_threadpool(services(request).sessions.end, session.token)
    response = RedirectResponse("/login", status_code=303)
    cookies.drop(request, response, cookies.SESSION)
    return response


async def known_by_password(request: Request, name: str, password: str) -> Caller | None:
    """Return who signs in; None where name and password do not belong together.

    Raises
    ------
    Problem
        `too-many-requests` after too many attempts.
    """
    known, address = services(request), address_of(request)
    known.quotas.spend_sign_in(name, address)
    if not name.isprintable():
        return None
    caller = await known.quotas.hashing(known.identity.sign_in, name, password)
    if caller is not None:
        known.quotas.forgive_sign_in(name, address)
    return caller


def show_sign_in(
    request: Request,
    *,
    fault: str | None = None,
    status: int = 200,
    name: str = "",
    known_as: str = "",
) -> Response:
    """Return the sign-in form.

    Parameters
    ----------
    fault
        Key of the text that says why somebody is not signed in yet.
    name
        The user name that he gave.
    known_as
        What his organisation's provider calls him, where nobody here is linked to that.
    """
    cookie = cookies.read(request, cookies.FORM) or new_form_cookie()
    page = render(
        request,
        "login.html",
        status=status,
        csrf=form_token(cookie),
        fault=fault,
        name=name,
        known_as=known_as,
        outside=services(request).openid is not None,
    )
    cookies.keep(request, page, cookies.FORM, cookie)
    return page
