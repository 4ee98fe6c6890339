"""What the decision log is asked: pages of decisions, and what was said about one."""

from __future__ import annotations

import pytest

from service.store.decisions import Overtaken, Stored, draft
from service.store.entries import REVIEW
from service.store.store import Store

BANK, OTHER = "青山农商行", "另一银行"


def kept(store: Store, owner: str = BANK, application: str = "A1") -> Stored:
    return store.decisions.append({"n": 1}, owner, application=application)


def said(store: Store, about: str, seen: str | None, key: str | None = None) -> Stored:
    entry = draft({"n": 1}, BANK, kind=REVIEW, about=about, idempotency_key=key, request=b"{}")
    return store.decisions.append_after(entry, seen)


def test_a_page_is_the_newest_decisions_before_a_place(store: Store) -> None:
    first, second, third = kept(store), kept(store), kept(store)
    kept(store, OTHER)
    said(store, first.id, None)
    assert store.decisions.page(BANK, 2) == [third, second]
    assert store.decisions.page(BANK, 2, before=second.sequence) == [first]


def test_a_page_may_be_of_one_application(store: Store) -> None:
    first = kept(store, application="A2")
    kept(store)
    assert store.decisions.page(BANK, 9, application="A2") == [first]


def test_what_was_said_about_each_stands_in_its_order(store: Store) -> None:
    first, second = kept(store), kept(store)
    one = said(store, first.id, None)
    two = said(store, first.id, one.hash)
    assert store.decisions.about_each([first.id, second.id], BANK) == {
        first.id: [one, two],
        second.id: [],
    }
    assert store.decisions.about(first.id, OTHER) == []


def test_who_was_overtaken_says_nothing(store: Store) -> None:
    decided = kept(store)
    one = said(store, decided.id, None)
    for seen in (None, "0" * 64):
        with pytest.raises(Overtaken):
            said(store, decided.id, seen)
    assert store.decisions.about(decided.id, BANK) == [one]


def test_a_repeated_saying_is_the_first_one_again(store: Store) -> None:
    decided = kept(store)
    one = said(store, decided.id, None, key="k")
    assert said(store, decided.id, None, key="k") == one
