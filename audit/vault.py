"""Personal data: committed to in the tree, encrypted in the vault, gone when the case's key is.

Each entry draws a secret of its own. A field's *opening* is HMAC(secret, field name) and its *commitment*,
the only thing in the tree, is HMAC(opening, canonical value). Whoever is shown one value with its opening can
check it and learns nothing of the others; without the opening not even a personnummer can be guessed. Secret
and values are packed and encrypted (AES-256-GCM) under the case's key, and that under the municipality's
wrapping key, which is not in the database. Ciphertexts are bound to their place, so that none can be moved.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.canonical import AsWritten, Json, canonical, object_of
from audit.errors import VaultError
from audit.keys import KeyStore
from audit.packed import unpack

_NONCE = 12
_CLEAR = b"{"
"""How the content of an entry begins that an earlier version wrote: nothing was packed."""


@dataclass(frozen=True)
class Personal:
    """The personal data of one entry, before encryption: what goes in the tree and what in the vault."""

    commitments: dict[str, str]
    plaintext: bytes


def commit(personal: Mapping[str, Json | AsWritten]) -> Personal:
    """Raises EntryError when a value has no canonical form."""
    secret = os.urandom(32)
    values = {name: canonical(value, f"personal.{name}") for name, value in personal.items()}
    commitments = {
        name: _base64(hmac.digest(opening(secret, name), raw, "sha256")) for name, raw in values.items()
    }
    content = {"secret": canonical(_base64(secret), "secret"), "values": object_of(values)}
    return Personal(commitments, object_of(content))


def opening(secret: bytes, name: str) -> bytes:
    """What makes one field checkable."""
    return hmac.digest(secret, name.encode(), "sha256")


def read(plaintext: bytes, commitments: Mapping[str, str], where: str) -> tuple[bytes, dict[str, Json]]:
    """Secret and values, checked against what the tree holds. Raises VaultError."""
    as_it_was = plaintext.startswith(_CLEAR)
    content = json.loads(plaintext if as_it_was else unpack(plaintext))
    secret, values = base64.b64decode(content["secret"]), content["values"]
    for name in values.keys() | commitments.keys():
        if name not in values or name not in commitments:
            raise VaultError(f"{where}: fältet {name} finns inte både i valvet och i loggen.")
        digest = hmac.digest(opening(secret, name), canonical(values[name], name), "sha256")
        if _base64(digest) != commitments[name]:
            raise VaultError(f"{where}: uppgiften {name} i valvet är inte den som loggades.")
    return secret, values


def commit_rows(case_key: bytes, rows: Mapping[str, bytes | None]) -> dict[str, Json]:
    """What the tree holds of rows, by their names: HMAC under the case's key, so that nothing can be guessed
    and nobody without the key can vouch for a row. ``rows`` holds the SHA-256 of what each says; None,
    which is kept as it is, for a row that is no more."""
    key = hmac.digest(case_key, b"rows", "sha256")
    return {
        name: None if content is None else _base64(hmac.digest(key, f"{name}\n".encode() + content, "sha256"))
        for name, content in rows.items()
    }


def new_case_key() -> bytes:
    return AESGCM.generate_key(256)


def encrypt(key: bytes, plaintext: bytes, place: bytes) -> bytes:
    """AES-256-GCM: nonce, ciphertext and tag in one."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, place)


def decrypt(key: bytes, sealed: bytes, place: bytes, where: str) -> bytes:
    """Raises VaultError when key, place or content is another than at encryption."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
    except (InvalidTag, ValueError) as error:
        raise VaultError(
            f"{where}: valvets innehåll är ändrat, flyttat eller låst med en annan nyckel."
        ) from error


def entry_place(tenant: str, case: str, leaf_hash: bytes) -> bytes:
    """Binds an entry's ciphertext to its leaf."""
    return f"entry/{tenant}/{case}/".encode() + leaf_hash


def key_place(tenant: str, case: str, wrapping_key: str) -> bytes:
    """Binds a wrapped case key to its case."""
    return f"case-key/{tenant}/{case}/{wrapping_key}".encode()


def new_wrapped(keys: KeyStore, tenant: str, case: str, wrapping_key: str) -> tuple[bytes, bytes]:
    """A new case's key, as it is and as it is kept. Raises KeyFileError."""
    key = new_case_key()
    place = key_place(tenant, case, wrapping_key)
    return key, encrypt(keys.wrapping_key(tenant, wrapping_key), key, place)


def unwrap(keys: KeyStore, tenant: str, case: str, wrapping_key: str, wrapped: bytes) -> bytes:
    """A case's key. Raises KeyFileError, VaultError."""
    key = keys.wrapping_key(tenant, wrapping_key)
    return decrypt(key, wrapped, key_place(tenant, case, wrapping_key), f"Nyckeln till ärende {case}")


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
