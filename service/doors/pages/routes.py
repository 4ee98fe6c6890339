"""The pages' routes and files, put into the application."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from service.doors.pages import borrowers, cooperatives, openid, password, sign_in
from service.doors.pages.sessions import PASSWORD, PasswordNeeded, SignInNeeded

STATIC = Path(__file__).with_name("static")


def include_in(app: FastAPI) -> None:
    """Add every page to `app`."""
    app.include_router(sign_in.router)
    app.include_router(borrowers.entry)
    app.include_router(borrowers.router)
    app.include_router(cooperatives.router)
    app.include_router(openid.router)
    app.include_router(password.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.exception_handler(SignInNeeded)
    async def show_the_way(request: Request, fault: SignInNeeded) -> Response:
        return RedirectResponse("/login", status_code=303)

    @app.exception_handler(PasswordNeeded)
    async def let_him_choose(request: Request, fault: PasswordNeeded) -> Response:
        return RedirectResponse(PASSWORD, status_code=303)
