"""Choose a password of one's own: nobody else knows it then, the administrator neither."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from service.doors.http.openapi import PlainRoute
from service.doors.http.services import services
from service.doors.pages.forms import field, form_of
from service.doors.pages.rendering import render
from service.doors.pages.sessions import (
    PASSWORD,
    enter,
    home_of,
    must_carry_token,
    signed_in,
)
from service.doors.pages.sign_in import known_by_password
from service.trust.identity import LONGEST_PASSWORD, SHORTEST_PASSWORD
from service.trust.passwords import is_guessable

router = APIRouter(include_in_schema=False, route_class=PlainRoute)


@router.get(PASSWORD)
def show_form(request: Request) -> Response:
    """Show the form."""
    signed_in(request)
    return _form(request)


@router.post(PASSWORD)
async def choose(request: Request) -> Response:
    """Keep the new password; whoever is signed in elsewhere under this name is out."""
    session = await run_in_threadpool(signed_in, request)
    form = await form_of(request)
    must_carry_token(form, session)
    name, new = session.caller.name, field(form, "new")
    fault = _fault(form, name)
    if fault is not None:
        return _form(request, fault, 422)
    if await known_by_password(request, name, field(form, "current")) is None:
        return _form(request, "login.wrong_current", 403)
    known = services(request)
    await known.quotas.hashing(known.identity.choose_password, name, new)
    caller = replace(session.caller, granted=None)
    response = RedirectResponse(home_of(caller), status_code=303)
    await run_in_threadpool(enter, request, response, caller)
    return response


def _fault(form: FormData, name: str) -> str | None:
    """Return the key of the text that says what is wrong with a new password."""
    new = field(form, "new")
    if new != field(form, "again"):
        return "login.not_alike"
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        return "login.too_short"
    if new == field(form, "current") or name.casefold() in new.casefold():
        return "login.not_new"
    if is_guessable(new):
        return "login.guessable"
    return None


def _form(request: Request, fault: str | None = None, status: int = 200) -> Response:
    return render(request, "password.html", status=status, fault=fault)
