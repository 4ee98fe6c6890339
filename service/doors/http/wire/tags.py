"""Entity tags: what has not changed is not sent again, and nobody overwrites what he has not seen.

RFC 9110 13.1: If-None-Match on what is read, If-Match on what is changed.
"""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.wire.problems import Problem, ProblemKind

ANY = "*"
TAG = re.compile(r'"([\x21\x23-\x7e]*)"')

IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "所见版本的 ETag · ETag of the version that was seen",
    "schema": {"type": "string"},
}
IF_NONE_MATCH: dict[str, Any] = {
    **IF_MATCH,
    "name": "If-None-Match",
    "description": "已有版本的 ETag · ETag of the version at hand",
}
ETAG: dict[str, Any] = {"ETag": {"schema": {"type": "string"}}}
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "没有变化 · Not modified", "headers": ETAG}
}


def etag(hash: str) -> str:
    """Return the strong entity tag of the document with this hash."""
    return f'"{hash}"'


def answer_unless_known(request: Request, content: bytes, hash: str, media_type: str) -> Response:
    """Return a document, or 304 where the reader has it already."""
    headers = {"etag": etag(hash)}
    known = request.headers.get("if-none-match", "")
    if known.strip() == ANY or hash in TAG.findall(known):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def seen_hashes(request: Request) -> frozenset[str] | None:
    """Return the hashes of the versions that If-Match names; None where any will do."""
    said = request.headers.get("if-match")
    if said is None or said.strip() == ANY:
        return None
    return frozenset(TAG.findall(said))


def must_have_seen(request: Request, hash: str) -> None:
    """Refuse a change of a version that the author has not seen.

    Raises
    ------
    Problem
        `precondition-required` without If-Match, `precondition-failed` where it names another.
    """
    if "if-match" not in request.headers:
        detail = "须带 If-Match，值为所见版本的 ETag · send If-Match with the ETag that you saw"
        raise Problem(ProblemKind.PRECONDITION_REQUIRED, detail)
    refuse_stale(request, hash)


def refuse_stale(request: Request, hash: str) -> None:
    """Refuse a change where If-Match names another version than the one there is.

    Raises
    ------
    Problem
        `precondition-failed`.
    """
    seen = seen_hashes(request)
    if seen is not None and hash not in seen:
        detail = "内容已被他人更改，请重新查看 · it was changed meanwhile; please read it again"
        raise Problem(ProblemKind.PRECONDITION_FAILED, detail)
