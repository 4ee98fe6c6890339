"""How often somebody may ask: requests of a client, guesses of a password or a secret.

Counted in the memory of this process, so a service of several workers allows that much in each.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, ip_address, ip_network
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread
from limits import RateLimitItem, RateLimitItemPerMinute, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter
from starlette.requests import Request

from service.doors.http.wire.problems import Problem, ProblemKind

SIGN_INS_BY_ADDRESS = parse("60/minute")
SIGN_INS_BY_NAME_HERE = parse("10/15minutes")
SIGN_INS_BY_NAME = parse("100/hour")
"""NIST SP 800-63B-4, 3.2.2: no more than 100 failed attempts in a row on one account."""

JOURNEYS_BY_ADDRESS = parse("60/minute")
"""Ways to an OpenID provider and back: each asks that provider something."""

JOURNEYS_AT_ONCE = 4
"""A provider that does not answer must not keep the threads from everybody else."""

WRONG_SECRETS_BY_ADDRESS = parse("60/minute")
HASHES_AT_ONCE = 2
"""Checking a password takes 0.2 s of a core and 64 MiB."""

P = ParamSpec("P")
T = TypeVar("T")

SUBSCRIBER_BITS = 64
"""Bits of an IPv6 address that name one subscriber's network."""


class Quotas:
    """Count and refuse.

    Parameters
    ----------
    requests_per_minute
        How many requests each client may make.
    """

    def __init__(self, requests_per_minute: int) -> None:
        storage = MemoryStorage()
        self._smooth = SlidingWindowCounterRateLimiter(storage)
        self._exact = MovingWindowRateLimiter(storage)
        self._requests = RateLimitItemPerMinute(requests_per_minute)
        self._hashing = anyio.CapacityLimiter(HASHES_AT_ONCE)
        self._travelling = anyio.CapacityLimiter(JOURNEYS_AT_ONCE)

    async def hashing(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what comes of work that hashes a password, in a thread, few at a time."""
        todo = partial(work, *args, **kwargs)
        return await anyio.to_thread.run_sync(todo, limiter=self._hashing)

    async def travelling(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what comes of work that asks the OpenID provider, in threads of its own."""
        todo = partial(work, *args, **kwargs)
        return await anyio.to_thread.run_sync(todo, limiter=self._travelling)

    def spend_request(self, caller: str) -> None:
        """Count a request of a client.

        Raises
        ------
        Problem
            `too-many-requests`, saying when to ask again.
        """
        _spend(self._smooth, self._requests, "request", caller)

    def spend_sign_in(self, name: str, address: str) -> None:
        """Count an attempt to sign in, before anybody knows whether it succeeds.

        Raises
        ------
        Problem
            `too-many-requests`: from one address, for one name from one address, or for one name.
        """
        who = _told_apart(name)
        _spend(self._exact, SIGN_INS_BY_ADDRESS, "sign-in", address)
        _spend(self._exact, SIGN_INS_BY_NAME_HERE, "sign-in", address, who)
        _spend(self._exact, SIGN_INS_BY_NAME, "sign-in", who)

    def forgive_sign_in(self, name: str, address: str) -> None:
        """Forget the attempts of somebody who has signed in."""
        who = _told_apart(name)
        self._exact.clear(SIGN_INS_BY_NAME_HERE, "sign-in", address, who)
        self._exact.clear(SIGN_INS_BY_NAME, "sign-in", who)

    def spend_journey(self, address: str) -> None:
        """Count a way to the OpenID provider, or back.

        Raises
        ------
        Problem
            `too-many-requests`.
        """
        _spend(self._exact, JOURNEYS_BY_ADDRESS, "journey", address)

    def refuse_guesser(self, address: str) -> None:
        """Refuse an address that has sent too many wrong secrets.

        Raises
        ------
        Problem
            `too-many-requests`.
        """
        if not self._exact.test(WRONG_SECRETS_BY_ADDRESS, "secret", address):
            raise _too_many(self._exact, WRONG_SECRETS_BY_ADDRESS, "secret", address)

    def note_wrong_secret(self, address: str) -> None:
        """Count a wrong secret."""
        self._exact.hit(WRONG_SECRETS_BY_ADDRESS, "secret", address)


def address_of(request: Request) -> str:
    """Return where a request comes from: an IPv4 address, or an IPv6 subscriber's network.

    Examples
    --------
    >>> _network("2001:db8:1:2:3::4"), _network("192.0.2.7"), _network("testclient")
    ('2001:db8:1:2::', '192.0.2.7', 'testclient')
    >>> _network("::ffff:192.0.2.7")
    '192.0.2.7'
    """
    return _network(request.client.host if request.client else "")


def _network(host: str) -> str:
    try:
        address = ip_address(host)
        if isinstance(address, IPv4Address):
            return host
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network(f"{host}/{SUBSCRIBER_BITS}", strict=False).network_address)
    except ValueError:
        return host


def _spend(counter: RateLimiter, limit: RateLimitItem, *key: str) -> None:
    if not counter.hit(limit, *key):
        raise _too_many(counter, limit, *key)


def _too_many(counter: RateLimiter, limit: RateLimitItem, *key: str) -> Problem:
    """Return the refusal, with the seconds after which it makes sense to ask again."""
    reset = counter.get_window_stats(limit, *key).reset_time - time.time()
    seconds = min(max(math.ceil(reset), 1), limit.get_expiry())
    detail = f"请求过于频繁，请 {seconds} 秒后再试 · too many; try again in {seconds} s ({limit})"
    headers = {"retry-after": str(seconds)}
    return Problem(ProblemKind.TOO_MANY_REQUESTS, detail, headers=headers)


def _told_apart(name: str) -> str:
    """Return a short stand-in for a name, which may be as long as whoever guesses likes."""
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
