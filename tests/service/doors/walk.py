"""Every route of the application, for tests that must leave none out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts


def api_routes(app: FastAPI, method: str) -> Iterator[APIRoute]:
    """Return the routes that answer a method: for programs and, outside the schema, pages."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and method in (route.methods or ()):
            yield route


def path_with(route: APIRoute, value: str) -> str:
    """Return a route's path with `value` in each place that it leaves open."""
    return re.sub(r"\{\w+\}", value, route.path)
