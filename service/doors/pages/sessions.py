"""Who looks at a page: session cookie, form tokens, and which role may see what."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.services import services
from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.pages import cookies
from service.doors.pages.forms import field
from service.doors.pages.texts import text
from service.trust.identity import Caller
from service.trust.sessions import Session

HOME = "/"
HOME_WITHOUT_BORROWERS = "/cooperatives"
PASSWORD = "/password"


class SignInNeeded(Exception):
    """Nobody is signed in: the answer is the way to the sign-in page."""


class PasswordNeeded(Exception):
    """Somebody's password is known to another: the answer is the way to choose his own."""


def session_of(request: Request) -> Session | None:
    """Return the session of a request's cookie, remembered for the page's header."""
    token = cookies.read(request, cookies.SESSION)
    session = services(request).sessions.find(token) if token else None
    request.state.session = session
    return session


def signed_in(request: Request) -> Session:
    """Return the session.

    Raises
    ------
    SignInNeeded
        Without one.
    """
    session = session_of(request)
    if session is None:
        raise SignInNeeded
    return session


def sees_borrowers(caller: Caller) -> bool:
    """Return whether somebody may see borrowers and assess them."""
    return caller.may("score:write") and caller.reads("loan_verdict")


def sees_cooperatives(caller: Caller) -> bool:
    """Return whether somebody may see how cooperatives stand."""
    return caller.may("redline:read") and caller.reads("verdict")


def home_of(caller: Caller) -> str:
    """Return where somebody begins: at the applications, or at the cooperatives.

    Somebody whose password another drew begins by choosing his own.
    """
    if caller.is_barred:
        return PASSWORD
    return HOME if sees_borrowers(caller) else HOME_WITHOUT_BORROWERS


def enter(request: Request, response: Response, caller: Caller) -> None:
    """Give the browser of somebody who has shown who he is a new session; end its old one."""
    left = cookies.read(request, cookies.SESSION)
    if left:
        services(request).sessions.end(left)
    session = services(request).sessions.open(caller)
    cookies.keep(request, response, cookies.SESSION, session.token)
    cookies.drop(request, response, cookies.FORM)


def must_carry_token(form: FormData, session: Session) -> None:
    """Refuse a form that was not drawn for this session.

    Raises
    ------
    Problem
        `forbidden`.
    """
    if not session.carries(field(form, "csrf")):
        raise Problem(ProblemKind.FORBIDDEN, str(text("login.stale")))


def new_form_cookie() -> str:
    """Return a random value that ties a sign-in form to one browser."""
    return secrets.token_urlsafe()


def form_token(cookie: str) -> str:
    """Return what the sign-in form of the browser with this cookie must carry."""
    return hashlib.sha256(f"sign-in:{cookie}".encode()).hexdigest()


def form_is_ours(request: Request, form: FormData) -> bool:
    """Return whether a sign-in form was drawn for the browser that sends it."""
    cookie = cookies.read(request, cookies.FORM)
    sent = field(form, "csrf").encode()
    return bool(cookie) and hmac.compare_digest(form_token(cookie).encode(), sent)
