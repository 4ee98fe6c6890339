"""What the service counts about itself, for a Prometheus server."""

from __future__ import annotations

from ipaddress import ip_address

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.openapi import PlainRoute
from service.doors.http.services import services
from service.doors.http.wire.callers import Access, admitted
from service.doors.http.wire.problems import Problem, ProblemKind

ACCESS = Access("metrics:read", "access")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")

router = APIRouter(tags=["operations"], route_class=PlainRoute, include_in_schema=False)


@router.get("/metrics")
def read_metrics(request: Request) -> Response:
    """Answer with all counters to those whom LIANGSHAN_METRICS lets read them."""
    who = services(request).metrics
    if who == "off" or (who == "loopback" and not from_this_machine(request)):
        raise Problem(ProblemKind.NOT_FOUND, "没有此项 · there is nothing here")
    if who == "token":
        request.state.caller = admitted(request, ACCESS)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def from_this_machine(request: Request) -> bool:
    """Return whether a program on this machine asks for itself, under this machine's name.

    A proxy on this machine asks for others.
    """
    client = request.client.host if request.client else ""
    if any(name in request.headers for name in FORWARDED):
        return False
    return _is_loopback(client) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
