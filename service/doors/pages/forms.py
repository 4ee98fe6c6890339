"""What a browser's form says, as our own pages send it and in no other way."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request

from service.doors.http.wire.problems import Problem, ProblemKind

FORM = "application/x-www-form-urlencoded"


async def form_of(request: Request) -> FormData:
    """Return the fields of a form; without a media type there are none.

    Of the other media type that a form can have, multipart, a sender chooses the character set,
    and with it text that nobody can write down again.

    Raises
    ------
    Problem
        `unsupported-media-type` for what none of our pages sends.
    """
    said = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if said != FORM:
        raise Problem(ProblemKind.UNSUPPORTED_MEDIA_TYPE, f"Content-Type: {FORM}")
    return await request.form()


def field(form: FormData, name: str) -> str:
    """Return a field's text; an absent field is empty."""
    value = form.get(name)
    return value if isinstance(value, str) else ""
