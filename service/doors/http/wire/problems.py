"""Problem details (RFC 9457): one kind per thing that can go wrong, the same shape for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import orjson
from starlette.responses import Response

from service.trust.masking import mask_text

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:liangshan:problem:"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its HTTP status and its title."""

    status: int
    title: str


class ProblemKind(Enum):
    """Every kind of problem; the name in lower case with dashes is its code."""

    MALFORMED = Kind(400, "请求无法读取 · The request is malformed")
    NOT_JSON = Kind(400, "请求体不是 JSON · The body is not JSON")
    UNAUTHENTICATED = Kind(401, "未登录或密钥无效 · No valid key")
    FORBIDDEN = Kind(403, "无权办理 · Not yours to do")
    CONSENT = Kind(403, "授权缺失或已过期 · Consent is missing or has expired")
    RED_LINE = Kind(403, "红线不得推翻 · A red line holds")
    SAME_PERSON = Kind(403, "批准人即起草人 · The approver is the author")
    NOT_FOUND = Kind(404, "没有此项 · Not found")
    UNKNOWN_PRODUCT = Kind(404, "没有此产品 · Unknown product")
    METHOD_NOT_ALLOWED = Kind(405, "不支持此方法 · Method not allowed")
    TIMEOUT = Kind(408, "请求未及时到齐 · The request did not arrive in time")
    CONFLICT = Kind(409, "幂等键已用于另一请求 · The key was used for another request")
    MUST_BE_KEPT = Kind(409, "依法须保存 · The law wants it kept")
    NOT_FINISHED = Kind(409, "批次尚未完成 · The batch is not finished")
    NOT_NOW = Kind(409, "此时不可办理 · Not possible as it stands")
    UNANSWERED = Kind(409, "此行未办 · The line was not answered")
    PRECONDITION_FAILED = Kind(412, "内容已被他人更改 · It was changed meanwhile")
    TOO_LARGE = Kind(413, "请求体过大 · The body is too large")
    UNSUPPORTED_MEDIA_TYPE = Kind(415, "请求体类型不支持 · Unsupported media type")
    BAD_INPUT = Kind(422, "输入有误 · Bad input")
    PRECONDITION_REQUIRED = Kind(428, "须带 If-Match · If-Match is needed")
    TOO_MANY_REQUESTS = Kind(429, "请求过于频繁 · Too many requests")
    HEAD_TOO_LARGE = Kind(431, "请求头过大 · The head of the request is too large")
    INTERNAL = Kind(500, "服务出错 · The service failed")
    UNAVAILABLE = Kind(503, "服务暂不可用 · The service cannot answer now")

    @property
    def code(self) -> str:
        """Return the code, as it ends the problem's `type`."""
        return self.name.lower().replace("_", "-")

    @property
    def type(self) -> str:
        """Return the problem's `type`, a URI."""
        return TYPE_PREFIX + self.code


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input: which field, what was seen, which rule it breaks."""

    field: str
    value: str | None
    rule: str


class Problem(Exception):
    """A request that cannot be served, ready to be answered; it repeats no person's number.

    Parameters
    ----------
    kind
        What went wrong.
    detail
        What went wrong this time, for a person.
    faults
        Each field at fault.
    headers
        Header fields of the answer.
    """

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.detail = mask_text(detail)
        super().__init__(self.detail)
        self.faults = tuple(_masked(fault) for fault in faults)
        self.headers = dict(headers or {})

    def document(self) -> dict[str, object]:
        """Return the members of RFC 9457 and `faults`."""
        return {
            "type": self.kind.type,
            "title": self.kind.value.title,
            "status": self.kind.value.status,
            "detail": self.detail,
            "faults": [
                {"field": fault.field, "value": fault.value, "rule": fault.rule}
                for fault in self.faults
            ],
        }

    def response(self) -> Response:
        """Return the answer."""
        return Response(
            orjson.dumps(self.document()),
            status_code=self.kind.value.status,
            media_type=MEDIA_TYPE,
            headers=self.headers,
        )


def _masked(fault: Fault) -> Fault:
    seen = None if fault.value is None else mask_text(fault.value)
    return Fault(mask_text(fault.field), seen, mask_text(fault.rule))
