"""Strict JSON: what is decoded, what is refused, and that the fault is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.doors.http.problems import Problem, ProblemKind
from service.doors.http.strict_json import DEEPEST, decode_object

names = st.text(max_size=6)
leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(names, values, max_size=4))
def test_any_object_is_read_as_it_was_written(document: dict[str, object]) -> None:
    assert decode_object(json.dumps(document).encode()) == document


@given(names, values, values, st.dictionaries(names, values, max_size=2))
def test_a_name_said_twice_is_refused_wherever_it_stands(
    name: str, one: object, other: object, around: dict[str, object]
) -> None:
    said = json.dumps(name)
    twice = f"{{{said}: {json.dumps(one)}, {said}: {json.dumps(other)}}}"
    outer = json.dumps(around | {"here": 0}).replace('"here": 0', f'"here": {twice}')
    with pytest.raises(Problem) as caught:
        decode_object(outer.encode())
    assert caught.value.faults[0].field == name


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": "\xff"}',
        b"{'a': 1}",
    ],
)
def test_what_is_no_json_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(Problem) as caught:
        decode_object(content)
    assert caught.value.kind is ProblemKind.NOT_JSON
    assert "line 1" in caught.value.detail


@pytest.mark.parametrize("content", [b"[]", b"null", b'"text"', b"1", b"true"])
def test_only_an_object_is_taken(content: bytes) -> None:
    with pytest.raises(Problem) as caught:
        decode_object(content)
    assert caught.value.kind is ProblemKind.BAD_INPUT


def test_half_a_surrogate_is_refused() -> None:
    with pytest.raises(Problem, match="surrogate"):
        decode_object(b'{"a": "\\ud800"}')


@pytest.mark.parametrize("levels", [DEEPEST + 1, 900, 100_000])
def test_deep_nesting_is_refused(levels: int) -> None:
    with pytest.raises(Problem):
        decode_object(b'{"a":' * levels + b"1" + b"}" * levels)
