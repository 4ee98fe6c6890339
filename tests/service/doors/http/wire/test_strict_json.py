"""Strict JSON: what is decoded, what is refused, and that the fault is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.http.wire.strict_json import DEEPEST, LARGEST, decode_object

characters = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n\r")
names = st.text(characters, max_size=6)
leaves = (
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(characters, max_size=8)
)
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


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b'{"a": {"b": [1, 9007199254740992]}}', "a.b[1]"),
        (b'{"a": -9007199254740992}', "a"),
        (b'{"a": 123456789012345678901234567890}', "a"),
        (b'{"a": 1e300}', "a"),
        (b'{"a": 1E17}', "a"),
    ],
)
def test_a_number_that_would_lose_digits_is_refused(content: bytes, field: str) -> None:
    with pytest.raises(Problem, match="as a string") as caught:
        decode_object(content)
    assert caught.value.faults[0].field == field


def test_a_number_of_any_length_as_text_is_the_business_of_whoever_reads_it() -> None:
    digits = "9" * 400
    assert decode_object(f'{{"a": "{digits}"}}'.encode()) == {"a": digits}
    assert decode_object(b'{"a": 9007199254740991}') == {"a": LARGEST}


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b'{"a": ["\\u0000"]}', "a[0]"),
        (b'{"a": {"\\u0000": 1}}', "a"),
        (b'{"a": "x\\b"}', "a"),
        (b'{"a": "\\u001b[2J"}', "a"),
    ],
)
def test_control_characters_are_refused(content: bytes, field: str) -> None:
    with pytest.raises(Problem, match="control characters") as caught:
        decode_object(content)
    assert caught.value.faults[0].field == field


def test_a_line_break_is_text() -> None:
    assert decode_object(b'{"a": "one\\r\\n\\ttwo"}') == {"a": "one\r\n\ttwo"}


def test_half_a_surrogate_is_refused() -> None:
    with pytest.raises(Problem, match="surrogate"):
        decode_object(b'{"a": "\\ud800"}')


@pytest.mark.parametrize("levels", [DEEPEST + 1, 900, 100_000])
def test_deep_nesting_is_refused(levels: int) -> None:
    with pytest.raises(Problem):
        decode_object(b'{"a":' * levels + b"1" + b"}" * levels)
