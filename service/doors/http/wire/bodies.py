"""The body of a request: JSON, one object, strictly read."""

from __future__ import annotations

from email.message import Message

from starlette.requests import Request

from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.http.wire.strict_json import decode_object

JSON = "application/json"
UTF_8 = "utf-8"
IDENTITY = "identity"


async def json_object(request: Request) -> dict[str, object]:
    """Return the JSON object that a request carries.

    Raises
    ------
    Problem
        `unsupported-media-type` for another Content-Type, charset or Content-Encoding, and see
        `strict_json`.
    """
    media_type = media_type_of(request)
    if media_type != JSON:
        detail = f"Content-Type 须为 {JSON} · must be {JSON}, not {media_type or 'nothing'!r}"
        raise Problem(ProblemKind.UNSUPPORTED_MEDIA_TYPE, detail, headers={"accept-post": JSON})
    refuse_other_writing(request)
    return decode_object(await request.body())


def refuse_other_writing(request: Request) -> None:
    """Refuse a body that says it is not UTF-8 as it stands.

    Raises
    ------
    Problem
        `unsupported-media-type` for another charset or a Content-Encoding.
    """
    charset = charset_of(request)
    if charset != UTF_8:
        detail = f"字符集须为 {UTF_8} · the charset must be {UTF_8}, not {charset!r}"
        raise Problem(ProblemKind.UNSUPPORTED_MEDIA_TYPE, detail)
    coding = request.headers.get("content-encoding", IDENTITY).strip().lower()
    if coding != IDENTITY:
        detail = f"不接受压缩的请求体 · no Content-Encoding is read, not {coding!r} either"
        headers = {"accept-encoding": IDENTITY}
        raise Problem(ProblemKind.UNSUPPORTED_MEDIA_TYPE, detail, headers=headers)


def media_type_of(request: Request) -> str:
    """Return what a request says its body is, without parameters; empty where it does not."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def charset_of(request: Request) -> str:
    """Return how a request says its text is written; UTF-8 where it does not."""
    said = Message()
    said["content-type"] = request.headers.get("content-type", "")
    return str(said.get_content_charset(UTF_8)).lower()
