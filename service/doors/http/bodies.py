"""The body of a request: JSON, one object, strictly read."""

from __future__ import annotations

from starlette.requests import Request

from service.doors.http.problems import Problem, ProblemKind
from service.doors.http.strict_json import decode_object

JSON = "application/json"


async def json_object(request: Request) -> dict[str, object]:
    """Return the JSON object that a request carries.

    Raises
    ------
    Problem
        `unsupported-media-type` for another Content-Type, and see `strict_json`.
    """
    media_type = media_type_of(request)
    if media_type != JSON:
        detail = f"Content-Type 须为 {JSON} · must be {JSON}, not {media_type or 'nothing'!r}"
        raise Problem(ProblemKind.UNSUPPORTED_MEDIA_TYPE, detail, headers={"accept-post": JSON})
    return decode_object(await request.body())


def media_type_of(request: Request) -> str:
    """Return what a request says its body is, without parameters; empty where it does not."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
