"""Entity tags of requests, as RFC 9110 writes them."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.http.wire.tags import answer_unless_known, must_have_seen, seen_hashes


def a_request(**headers: str) -> Request:
    listed = [
        (name.replace("_", "-").encode(), text.encode("latin-1")) for name, text in headers.items()
    ]
    return Request({"type": "http", "headers": listed, "method": "GET", "path": "/"})


@pytest.mark.parametrize("said", ['"a1"', '"other", "a1"', "*", ' "a1" ', 'W/"a1"'])
def test_what_is_known_is_not_sent_again(said: str) -> None:
    answer = answer_unless_known(a_request(if_none_match=said), b"{}", "a1", "text/plain")
    assert (answer.status_code, answer.body, answer.headers["etag"]) == (304, b"", '"a1"')


@pytest.mark.parametrize("headers", [{}, {"if_none_match": '"a2"'}, {"if_none_match": "a1"}])
def test_what_is_not_known_is_sent(headers: dict[str, str]) -> None:
    answer = answer_unless_known(a_request(**headers), b"{}", "a1", "text/plain")
    assert (answer.status_code, answer.body) == (200, b"{}")


def test_a_change_names_what_was_seen() -> None:
    must_have_seen(a_request(if_match='"a1"'), "a1")
    must_have_seen(a_request(if_match="*"), "a1")
    for headers, kind in (
        ({}, ProblemKind.PRECONDITION_REQUIRED),
        ({"if_match": '"a2"'}, ProblemKind.PRECONDITION_FAILED),
        ({"if_match": "a1"}, ProblemKind.PRECONDITION_FAILED),
    ):
        with pytest.raises(Problem) as refused:
            must_have_seen(a_request(**headers), "a1")
        assert refused.value.kind is kind


def test_if_match_may_be_left_out_where_it_is_not_required() -> None:
    assert seen_hashes(a_request()) is None
    assert seen_hashes(a_request(if_match='"a", "b"')) == frozenset({"a", "b"})
