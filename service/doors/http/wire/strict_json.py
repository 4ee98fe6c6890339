"""Strict JSON: one object, no name twice, no NaN, no text that is not UTF-8."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import orjson

from service.doors.http.wire.problems import Fault, Problem, ProblemKind

DEEPEST = 32
LARGEST = 2**53 - 1
"""Beyond it a number in JSON loses digits on its way (RFC 8259, 6)."""

_LONG_NUMBER = re.compile(rb"\d{16}|\d[eE]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def decode_object(content: bytes) -> dict[str, object]:
    """Return the JSON object in `content`.

    Raises
    ------
    Problem
        `not-json` when the text is no JSON, `bad-input` when it is no object, says a name twice,
        is nested deeper than any record, or holds control characters or numbers that would lose
        digits.

    Examples
    --------
    >>> decode_object(b'{"application": {"amount": "1000.00"}}')
    {'application': {'amount': '1000.00'}}
    """
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise Problem(
            ProblemKind.NOT_JSON,
            f"无法解析为 JSON · cannot be read as JSON: {fault.msg} ({where})",
        ) from fault
    if not isinstance(document, dict):
        raise _bad("", type(document).__name__, "须为一个 JSON 对象 · must be one JSON object")
    if _members(document, DEEPEST) != content.count(b":"):
        _refuse_names_said_twice(content)
    if b"\\" in content or _LONG_NUMBER.search(content):
        _refuse_odd(document, "")
    return document


def _bad(field: str, value: str | None, rule: str) -> Problem:
    detail = f"{field}: {rule}" if field else rule
    return Problem(ProblemKind.BAD_INPUT, detail, faults=[Fault(field, value, rule)])


def _members(value: object, room: int) -> int:
    """Return how many members all objects inside `value` have.

    Each was written with a colon, so as many members as colons proves that none was said twice;
    fewer proves nothing, since a colon may stand in a string.
    """
    if not isinstance(value, dict | list):
        return 0
    if room == 0:
        raise _bad("", None, f"嵌套不得超过 {DEEPEST} 层 · nested deeper than {DEEPEST} levels")
    if isinstance(value, dict):
        return len(value) + sum(_members(item, room - 1) for item in value.values())
    return sum(_members(item, room - 1) for item in value)


def _refuse_odd(value: object, field: str) -> None:
    """Refuse numbers that cannot be kept as they were written, and control characters in text."""
    if isinstance(value, dict):
        for name, item in value.items():
            _refuse_odd(name, field)
            _refuse_odd(item, f"{field}.{name}" if field else name)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _refuse_odd(item, f"{field}[{number}]")
    elif isinstance(value, str):
        if _CONTROL.search(value):
            raise _bad(field, ascii(value), "不得含控制字符 · must hold no control characters")
    elif isinstance(value, int | float) and abs(value) > LARGEST:
        rule = (
            f"超过 {LARGEST} 的数须写作字符串 · a number beyond that must be written as a string"
        )
        raise _bad(field, str(value), rule)


def _refuse_names_said_twice(content: bytes) -> None:
    json.loads(content, object_pairs_hook=_each_name_once)


def _each_name_once(members: Sequence[tuple[str, object]]) -> dict[str, object]:
    document: dict[str, object] = {}
    for name, value in members:
        if name in document:
            raise _bad(name, None, "同一对象中名称重复 · a name stands twice in one object")
        document[name] = value
    return document
