"""The one place where the service is put together: doors in front of use cases, store behind."""

from __future__ import annotations

from fastapi import FastAPI

from service.doors.http.app import create_app
from service.doors.http.services import Services
from service.doors.pages import problem_page, routes


def application(services: Services) -> FastAPI:
    """Return the application with every door."""
    app = create_app(services, answer=problem_page.answer)
    routes.include_in(app)
    return app
