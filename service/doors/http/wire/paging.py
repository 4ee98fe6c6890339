"""Lists in pages: a cursor that nobody can make up or use elsewhere, and how many at once.

A list's answer is {items: […], next: cursor | null}, with the address of the next page in the
header field Link (RFC 8288). Lists are ordered by a place that never changes (a chain's sequence,
an identity that sorts by time), so nothing is shown twice or left out while others add to them.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from features.canonical import canonical_json
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON
from service.doors.http.wire.callers import caller_of
from service.doors.http.wire.problems import Fault, Problem, ProblemKind

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
LIMIT, CURSOR = "limit", "cursor"
SIGNATURE_BYTES = 16

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """Which page of a list a request asks for.

    Attributes
    ----------
    limit
        How many items at most.
    after
        Place of the last item of the page before; None for the first page.
    filters
        What narrows the list, by parameter.
    """

    limit: int
    after: str | None
    filters: Mapping[str, str]

    @property
    def fetched(self) -> int:
        """Return how many rows to read: one more than shown, to know whether there is a next."""
        return self.limit + 1


def wanted_page(request: Request, *filters: str) -> Wanted:
    """Return the page that a request asks for.

    Parameters
    ----------
    filters
        Names of the parameters that narrow this list; others are refused.

    Raises
    ------
    Problem
        `bad-input`: an unknown or repeated parameter, a limit that is no number of 1-200, a cursor
        that is not ours or is another list's or another tenant's.
    """
    said = parameters(request, LIMIT, CURSOR, *filters)
    narrowed = {name: said[name] for name in filters if name in said}
    cursor = said.get(CURSOR)
    after = None if cursor is None else _place(request, narrowed, cursor)
    return Wanted(_limit(said.get(LIMIT)), after, narrowed)


def page(
    request: Request,
    wanted: Wanted,
    rows: Sequence[T],
    shown: Callable[[T], Mapping[str, object]],
    place: Callable[[T], str],
) -> Response:
    """Return the answer that holds a page.

    Parameters
    ----------
    rows
        At most `wanted.fetched` of them, in the list's order.
    shown
        Gives an item of the answer.
    place
        Gives a row's place, which `wanted.after` has on the next page.
    """
    kept = rows[: wanted.limit]
    cursor: str | None = None
    headers: dict[str, str] = {}
    if len(rows) > wanted.limit:
        cursor = _signed(request, wanted.filters, place(kept[-1]))
        query = urlencode({**wanted.filters, LIMIT: wanted.limit, CURSOR: cursor})
        headers["link"] = f'<{quote(request.url.path)}?{query}>; rel="next"'
    answer = {"items": [shown(row) for row in kept], "next": cursor}
    return Response(canonical_json(answer), media_type=JSON, headers=headers)


def parameters(request: Request, *known: str) -> dict[str, str]:
    """Return the query parameters of a request, each said once at most.

    Raises
    ------
    Problem
        `bad-input`, naming a parameter that is unknown, repeated or empty.
    """
    said: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise _bad(name, value, "未知参数 · unknown parameter")
        if name in said:
            raise _bad(name, value, "参数重复 · the parameter stands twice")
        if not value:
            raise _bad(name, value, "不得为空 · must not be empty")
        said[name] = value
    return said


def page_parameters(**filters: str) -> list[Json]:
    """Return the parameters of a list's route: `limit`, `cursor` and its filters.

    Parameters
    ----------
    filters
        Description of each filter by name.
    """
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}
    text = {"type": "string", "minLength": 1}
    return [
        query_parameter(LIMIT, "至多几项 · At most so many items", limit),
        query_parameter(CURSOR, "上一页的 next · `next` of the page before", text),
        *(query_parameter(name, told, text) for name, told in filters.items()),
    ]


def query_parameter(name: str, description: str, schema: Json) -> Json:
    """Return the description of a parameter in the query that may be left out."""
    said = {"name": name, "in": "query", "required": False, "description": description}
    return {**said, "schema": schema}


def page_answer(item: Json) -> Json:
    """Return the answer of a list's route, given the schema of an item."""
    schema = {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": item},
            "next": {"type": ["string", "null"]},
        },
    }
    return {
        "description": "一页 · One page",
        "content": {JSON: {"schema": schema}},
        "headers": {"Link": {"schema": {"type": "string"}}},
    }


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= len("999") else 0
    if not 1 <= number <= LARGEST_LIMIT:
        raise _bad(LIMIT, text, f"须为 1-{LARGEST_LIMIT} · must be a number of 1-{LARGEST_LIMIT}")
    return number


def _signed(request: Request, filters: Mapping[str, str], place: str) -> str:
    signature = _signature(request, filters, place)
    return urlsafe_b64encode(signature + place.encode()).decode().rstrip("=")


def _place(request: Request, filters: Mapping[str, str], cursor: str) -> str:
    """Return the place that a cursor holds, where it was made for this list of this tenant."""
    refusal = _bad(CURSOR, cursor, "不是此列表的游标 · is no cursor of this list")
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        held = b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        place = held[SIGNATURE_BYTES:].decode()
    except (binascii.Error, UnicodeError):
        raise refusal from None
    signature = _signature(request, filters, place)
    if not hmac.compare_digest(signature, held[:SIGNATURE_BYTES]):
        raise refusal
    return place


def _signature(request: Request, filters: Mapping[str, str], place: str) -> bytes:
    owner, key = caller_of(request).owner, services(request).cursor_key
    signed = canonical_json([owner, request.url.path, dict(filters), place])
    return hmac.new(key, signed, hashlib.sha256).digest()[:SIGNATURE_BYTES]


def _bad(field: str, value: str, rule: str) -> Problem:
    detail = f"{field}: {rule}"
    return Problem(ProblemKind.BAD_INPUT, detail, faults=[Fault(field, value, rule)])
