"""Listen on an address, serve the application, say when it is ready."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from features.errors import BadInput
from service.doors.http.wire.patience import PatientProtocol
from service.logs import Level, configure

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address; port 0 takes any that is free.

    Raises
    ------
    BadInput
        When the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as fault:
        found.close()
        rule = f"地址不可用 · this address cannot be had ({fault.strerror or fault})"
        raise BadInput(rule, field="--port", value=f"{host}:{port}") from fault
    return found


def address_of(bound: socket.socket) -> str:
    """Return the address as a browser takes it."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Announcing(uvicorn.Server):
    """A server that calls back once it accepts connections."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(
    app: FastAPI,
    bound: socket.socket,
    ready: Callable[[], None],
    *,
    log_level: Level = "info",
    grace_seconds: int = 10,
) -> None:
    """Serve in the foreground until told to stop; requests under way are finished.

    Parameters
    ----------
    ready
        Is called once connections are accepted.
    grace_seconds
        How long requests under way may take after that; then they are answered 503.
    """
    configure(log_level)
    _Announcing(configured(app, grace_seconds), ready).run([bound])


def configured(app: FastAPI, grace_seconds: int = 10) -> uvicorn.Config:
    """Return how the application is served."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        backlog=BACKLOG,
        server_header=False,
        timeout_graceful_shutdown=grace_seconds,
    )
