"""What the doors stand in front of: handed to the application once, by `service.wiring`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from starlette.requests import Request

from service.doors.http.desks import Corrections, Explainer, Reviewer, Rulebook, WhatIf
from service.doors.http.wire.quotas import Quotas
from service.store.batches import Batch
from service.trust.clients import Clients
from service.trust.federation import Federation
from service.trust.identity import Caller, Identity
from service.trust.openid import OpenId
from service.trust.sessions import Sessions
from service.trust.tokens import Tokens
from service.use_cases.access import Access
from service.use_cases.assessing.assess import ApplicationLine
from service.use_cases.batches.files import Spool
from service.use_cases.judging.cooperatives import CooperativeLine
from service.use_cases.judging.red_lines import Judged
from service.use_cases.rights.rights import Rights


class Assessor(Protocol):
    """The use case behind the assessment routes and the pages."""

    async def assess(
        self,
        product: str,
        body: Mapping[str, object],
        caller: Caller,
        idempotency_key: str | None = None,
    ) -> bytes:
        """Return the stored decision document."""
        ...

    async def close(self) -> None:
        """Finish what is being written."""
        ...

    def read(self, id: str, caller: Caller) -> bytes | None:
        """Return a stored decision document of the caller's tenant."""
        ...

    def find(self, text: str, caller: Caller) -> Sequence[ApplicationLine]:
        """Return the applications that a search text names."""
        ...


class Batcher(Protocol):
    """The use case behind the batch routes."""

    def start(self) -> None:
        """Begin to answer lines, in the background."""
        ...

    def stop(self) -> None:
        """Finish the lines at hand and end."""
        ...

    def receive(self, product: str | None, caller: Caller) -> Spool:
        """Return a file that is to be filled with the lines of a new batch."""
        ...

    def keep(
        self,
        spool: Spool,
        product: str | None,
        digest: str,
        caller: Caller,
        idempotency_key: str | None = None,
    ) -> Batch:
        """Keep a batch whose lines have been received."""
        ...

    def read(self, id: str, caller: Caller) -> Batch | None:
        """Return a batch of the caller's tenant."""
        ...

    def cancel(self, id: str, caller: Caller) -> Batch | None:
        """End a batch of the caller's tenant."""
        ...

    def newest(self, limit: int, before: str | None, caller: Caller) -> Sequence[Batch]:
        """Return batches of the caller's tenant, the newest first."""
        ...

    def result(self, batch: Batch) -> Iterator[bytes]:
        """Return the answer to each line."""
        ...


class Supervisor(Protocol):
    """The use case behind the red-line routes and pages."""

    def evaluate(self, body: Mapping[str, object], caller: Caller) -> dict[str, object]:
        """Return the verdicts on given facts, keeping nothing."""
        ...

    def post_statement(
        self, coop_id: str, body: Mapping[str, object], caller: Caller
    ) -> dict[str, object]:
        """Keep a statement and return what the cooperative's lines say now."""
        ...

    def cooperative(self, key: str, caller: Caller) -> Judged | None:
        """Return the verdicts on a cooperative today; None where there is none he may read."""
        ...

    def cooperatives(self, caller: Caller) -> Sequence[CooperativeLine]:
        """Return how each cooperative of the book stands today, the gravest first."""
        ...


@dataclass(frozen=True)
class Services:
    """What the application needs.

    Attributes
    ----------
    assessor
        Makes and reads decisions.
    batcher
        Takes files of applications and answers their lines.
    corrections
        Keeps proposals of corrections and what becomes of them.
    explainer
        Says why a decision is what it is.
    reviewer
        Keeps what people say about decisions.
    rights
        A person's over his data: withdrawal, copy, erasure.
    rulebook
        Knows the red lines in force and the models.
    what_if
        Decides again on other inputs, keeping nothing.
    supervisor
        Judges red lines.
    identity
        Knows people and their passwords.
    clients
        Knows the programs that may ask for tokens.
    access
        Manages people, clients and tenants.
    quotas
        Counts how often each client asks, and each guess of a password.
    tokens
        Signs access tokens and reads them.
    sessions
        Knows who is signed in.
    federation
        Knows who of our people an outside account is.
    demo
        Whether every page must say that all data is simulated.
    ready
        Whether the service can answer now: its store is there.
    cursor_key
        Signs where a page of a list ends; the same in every process of an installation.
    openid
        The provider at which people may sign in, where there is one.
    metrics
        Who may read /metrics: programs on this machine, holders of a token for it, or nobody.
    """

    assessor: Assessor
    batcher: Batcher
    corrections: Corrections
    explainer: Explainer
    reviewer: Reviewer
    rights: Rights
    rulebook: Rulebook
    what_if: WhatIf
    supervisor: Supervisor
    identity: Identity
    clients: Clients
    access: Access
    quotas: Quotas
    tokens: Tokens
    sessions: Sessions
    federation: Federation
    demo: bool
    ready: Callable[[], bool]
    cursor_key: bytes
    openid: OpenId | None = None
    metrics: Literal["loopback", "token", "off"] = "loopback"


def services(request: Request) -> Services:
    """Return the services that the application was made with."""
    kept = request.app.state.services
    assert isinstance(kept, Services)
    return kept
