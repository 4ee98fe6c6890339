"""The national ciphers against the vectors of their standards, and what must not open."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from features.errors import BadInput
from service.trust.ciphers import NONCE_BYTES, hmac_sm3, seal, sm3, unseal

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
PLACE = b"household:id_cipher:bank:t"


def test_sm3_gives_the_two_digests_of_gb_t_32905() -> None:
    abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    abcd = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert (sm3(b"abc").hex(), sm3(b"abcd" * 16).hex()) == (abc, abcd)


def test_hmac_sm3_is_rfc_2104_over_sm3() -> None:
    def by_hand(key: bytes, content: bytes) -> bytes:
        padded = (sm3(key) if len(key) > 64 else key).ljust(64, b"\0")
        inner = sm3(bytes(byte ^ 0x36 for byte in padded) + content)
        return sm3(bytes(byte ^ 0x5C for byte in padded) + inner)

    for key in (b"k", bytes(range(32)), bytes(range(100))):
        assert hmac_sm3(key, b"33092219900307123X") == by_hand(key, b"33092219900307123X")


def test_sm4_gives_the_blocks_of_gb_t_32907() -> None:
    encryptor = Cipher(algorithms.SM4(KEY), modes.ECB()).encryptor()
    block = encryptor.update(KEY)
    assert block.hex() == "681edf34d206965e86b3e94f536e4246"
    for _ in range(999_999):
        block = encryptor.update(block)
    assert block.hex() == "595298c7c6fd271f0402f804c33d3f66"


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    nonce = bytes.fromhex("00001234567800000000abcd")
    place = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    content = b"".join(bytes([byte]) * 8 for byte in bytes.fromhex("aabbccddeeffeeaa"))
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert unseal(KEY, nonce + sealed, place) == content


def test_what_is_sealed_opens_at_its_place_alone() -> None:
    sealed = seal(KEY, b"number", PLACE)
    assert unseal(KEY, sealed, PLACE) == b"number"
    others = [(KEY, sealed, PLACE + b"u"), (bytes(16), sealed, PLACE), (KEY, b"", PLACE)]
    flipped = [
        (KEY, bytes(b ^ (i == place) for i, b in enumerate(sealed)), PLACE)
        for place in range(len(sealed))
    ]
    for key, content, place in [*others, *flipped, (KEY, sealed[:-1], PLACE)]:
        with pytest.raises(BadInput, match="another key or place"):
            unseal(key, content, place)


def test_no_nonce_comes_twice() -> None:
    assert len({seal(KEY, b"", PLACE)[:NONCE_BYTES] for _ in range(1000)}) == 1000
