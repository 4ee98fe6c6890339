"""Callers who each ask again as soon as they are answered, over connections that stay open."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

MILLI = 1_000.0


@dataclass
class Answers:
    """What so many callers got in so many seconds.

    Attributes
    ----------
    times
        Seconds each answer took.
    statuses
        How many answers had each HTTP status.
    work
        Seconds of the server's core for each answer, where they were counted.
    """

    callers: int
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    work: float = float("nan")

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return len(self.times) / self.seconds

    def quantile(self, q: float) -> float:
        """Return a quantile of the answer times in ms."""
        return float(np.percentile(self.times, q)) * MILLI


@dataclass(frozen=True)
class Asked:
    """One request, as it goes over the wire."""

    host: str
    port: int
    content: bytes

    @classmethod
    def post(cls, address: str, path: str, body: bytes, headers: dict[str, str]) -> Asked:
        """Return a POST of JSON."""
        host, _, port = address.removeprefix("http://").partition(":")
        fields = headers | {
            "host": f"{host}:{port}",
            "content-type": "application/json",
            "content-length": str(len(body)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return cls(host, int(port), f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body)


def measure(asked: Asked, callers: int, seconds: float) -> Answers:
    """Return what `callers` got; an answer that is not 2xx ends the measurement."""
    found = Answers(callers)
    begun = perf_counter()
    asyncio.run(_all(asked, found, begun + seconds))
    found.seconds = perf_counter() - begun
    wrong = {status: n for status, n in found.statuses.items() if status // 100 != 2}
    if wrong:
        raise SystemExit(f"not answered as asked: {wrong}")
    return found


async def _all(asked: Asked, found: Answers, until: float) -> None:
    await asyncio.gather(*(_one(asked, found, until) for _ in range(found.callers)))


async def _one(asked: Asked, found: Answers, until: float) -> None:
    reader, writer = await asyncio.open_connection(asked.host, asked.port, limit=1 << 22)
    while (begun := perf_counter()) < until:
        writer.write(asked.content)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        found.times.append(perf_counter() - begun)
        found.statuses[int(head[9:12])] += 1
    writer.close()
