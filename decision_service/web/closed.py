"""A secret of a session, closed with its cookie: the database holds it, and only the browser can open it."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
"""Bytes in front of what is closed."""


def sealed(cookie: str, secret: str) -> str:
    """The secret as it may be kept."""
    nonce = secrets.token_bytes(_NONCE)
    return b64encode(nonce + _cipher(cookie).encrypt(nonce, secret.encode(), None)).decode()


def opened(cookie: str, kept: str) -> str:
    """The secret again. Raises cryptography.exceptions.InvalidTag for another cookie's."""
    content = b64decode(kept)
    return _cipher(cookie).decrypt(content[:_NONCE], content[_NONCE:], None).decode()


def _cipher(cookie: str) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"lagrum: session").derive(cookie.encode())
    return AESGCM(key)
