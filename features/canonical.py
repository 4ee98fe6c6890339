"""Canonical JSON: the one byte form of every document that is stored, hashed or answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

import orjson

_AS_THEY_ARE = (str, int, bool)


def plain(value: object) -> object:
    """Return `value` with decimals as strings and no negative zero; floats are refused.

    Raises
    ------
    TypeError
        On a float (a document holds decimals as strings) or a type JSON does not know.
    """
    if value is None or isinstance(value, _AS_THEY_ARE):
        return value
    if isinstance(value, (dict, Mapping)):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return format(value if value else abs(value), "f")
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot stand in a document: {value!r}")


def canonical_json(value: object) -> bytes:
    """Return UTF-8 JSON with sorted keys, no spaces and no floats (design 10.16).

    Examples
    --------
    >>> canonical_json({"pd": Decimal("0.034512"), "名": [1, None]}).decode()
    '{"pd":"0.034512","名":[1,null]}'
    """
    return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of `content` in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()
