"""Listen on an address, serve the application, say when it is ready."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, fields

import uvicorn
from fastapi import FastAPI

from features.errors import BadInput
from service.doors.http.wire.patience import patient
from service.logs import Level, configure
from service.settings import CONNECTIONS, PROXIES, Settings

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


@dataclass(frozen=True)
class Serving:
    """How an application is served; see `service.settings.Settings`."""

    log_level: Level = "info"
    grace_seconds: int = 10
    connections: int = CONNECTIONS
    proxies: str = PROXIES

    @classmethod
    def of(cls, settings: Settings) -> Serving:
        """Return how an installation's settings have it."""
        return cls(**{field.name: getattr(settings, field.name) for field in fields(cls)})


def serve(app: FastAPI, bound: socket.socket, ready: Callable[[], None], serving: Serving) -> None:
    """Serve in the foreground until told to stop; requests under way are finished.

    Parameters
    ----------
    ready
        Is called once connections are accepted.
    """
    configure(serving.log_level)
    _Announcing(configured(app, serving), ready).run([bound])


def configured(app: FastAPI, serving: Serving) -> uvicorn.Config:
    """Return how the application is served."""
    return uvicorn.Config(
        app,
        http=patient(serving.connections),
        ws="none",
        log_config=None,
        access_log=False,
        backlog=BACKLOG,
        server_header=False,
        forwarded_allow_ips=serving.proxies,
        timeout_graceful_shutdown=serving.grace_seconds,
    )
