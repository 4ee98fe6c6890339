"""What anybody would try first is no password; what is long and one's own is."""

from __future__ import annotations

import secrets

import pytest

from service.trust.passwords import is_guessable


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2026!",
        "PASSW0RD@2026",
        "ｐａｓｓｗｏｒｄ１２３４",
        "123456789012",
        "210987654321",
        "aaaaaaaaaaaa",
        "121212121212",
        "abcabcabcabc",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "admin8888888",
        "liangshan2026",
        "Liangshan@2026",
        "两山合作社12345678",
        "woaini5201314",
        "绿水青山就是金山银山123",
        "            ",
    ],
)
def test_what_anybody_would_try_is_guessable(password: str) -> None:
    assert is_guessable(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "青山绿水-green-hills",
        "两山绿水青山金山银山自选",
        "三月里在溪边种下的竹子",
        "qing-shan-lv-shui",
        "my password is a long river",
        "7Gd!pXw2#rKq",
    ],
)
def test_what_is_ones_own_is_not(password: str) -> None:
    assert not is_guessable(password)


def test_what_we_draw_is_not_guessable() -> None:
    assert not any(is_guessable(secrets.token_urlsafe(15)) for _ in range(1000))
