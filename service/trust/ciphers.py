"""The national ciphers that identity numbers are kept with: SM3, HMAC-SM3, SM4-GCM.

GB/T 32905 (SM3), GB/T 32907 (SM4), RFC 8998 (SM4-GCM). OpenSSL computes them; for a certified
module (密评, GB/T 39786) these three functions are what is replaced.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC

from features.errors import BadInput

SM4_KEY_BYTES = 16
HMAC_KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


def sm3(content: bytes) -> bytes:
    """Return the SM3 digest, 32 bytes.

    Examples
    --------
    >>> sm3(b"abc").hex()
    '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'
    """
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize()


def hmac_sm3(key: bytes, content: bytes) -> bytes:
    """Return the HMAC (RFC 2104) with SM3, 32 bytes."""
    code = HMAC(key, SM3())
    code.update(content)
    return code.finalize()


def seal(key: bytes, content: bytes, place: bytes) -> bytes:
    """Return nonce, SM4-GCM ciphertext and tag of `content`, bound to its place.

    Parameters
    ----------
    place
        Additional data: what is sealed for one place does not open in another.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(place)
    enciphered = encryptor.update(content) + encryptor.finalize()
    return nonce + enciphered + encryptor.tag


def unseal(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Return what was sealed for that place.

    Raises
    ------
    BadInput
        With another key, for another place, or when a bit was changed.
    """
    nonce, tag = sealed[:NONCE_BYTES], sealed[-TAG_BYTES:]
    try:
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(place)
        return decryptor.update(sealed[NONCE_BYTES:-TAG_BYTES]) + decryptor.finalize()
    except (InvalidTag, ValueError) as fault:
        rule = "密文与密钥或位置不符 · this cipher is of another key or place, or was changed"
        raise BadInput(rule, field="id_cipher") from fault
