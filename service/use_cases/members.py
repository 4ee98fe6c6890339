"""Members of a request's object, each refused by name where it is not what it should be."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from features.errors import BadInput
from service.trust.subjects import refuse_number_in_words

MOST = 20
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

Body = Mapping[str, Any]


def only(body: Body, known: Collection[str]) -> None:
    """Refuse a member that is not known."""
    for name in body:
        if name not in known:
            raise BadInput("未知字段 · unknown field", field=name)


def text_of(body: Body, name: str, longest: int) -> str:
    """Return a text that is not blank and holds no identity number: it will be kept."""
    value = body.get(name)
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= longest:
        rule = f"须为 1-{longest} 字的文本 · must be a text of 1-{longest} characters"
        raise BadInput(rule, field=name, value=_shown(value))
    if CONTROL.search(value):
        raise BadInput("不得含控制字符 · must hold no control characters", field=name)
    refuse_number_in_words(value, name)
    return value.strip()


def texts_of(body: Body, name: str, longest: int) -> list[str]:
    """Return a list of texts, at least one of them."""
    listed = body.get(name)
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST:
        raise BadInput(f"须为 1-{MOST} 项 · must be a list of 1-{MOST} texts", field=name)
    return [text_of({name: one}, name, longest) for one in listed]


def one_of(body: Body, name: str, words: Sequence[str]) -> str:
    """Return a word out of a few."""
    value = body.get(name)
    if not isinstance(value, str) or value not in words:
        rule = f"须为其一 · must be one of: {', '.join(words)}"
        raise BadInput(rule, field=name, value=_shown(value))
    return value


def whole_of(body: Body, name: str, most: int) -> int:
    """Return a whole number of at least 1."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        rule = f"须为 1-{most} 的整数 · must be a whole number of 1-{most}"
        raise BadInput(rule, field=name, value=_shown(value))
    return value


def day_of(body: Body, name: str) -> date:
    """Return a day, written YYYY-MM-DD."""
    value = body.get(name)
    try:
        if not isinstance(value, str) or len(value) != len("2026-12-31"):
            raise ValueError(name)
        return date.fromisoformat(value)
    except ValueError:
        rule = "须为日期 YYYY-MM-DD · must be a day"
        raise BadInput(rule, field=name, value=_shown(value)) from None


def object_of(body: Body, name: str) -> dict[str, Any]:
    """Return an object with at least one member."""
    value = body.get(name)
    if not isinstance(value, Mapping) or not value:
        rule = "须为至少一项的对象 · must be an object with a member"
        raise BadInput(rule, field=name, value=_shown(value))
    return dict(value)


def _shown(value: object) -> str | None:
    return None if value is None else str(value)[:100]
