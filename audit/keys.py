"""Keys, held outside the database, per municipality: one signs the log, one locks the vault, and one marks
what the service itself has written.

A file holds one key. Files are made with mode 0600 in folders of mode 0700. A file is refused when others
may read it, and all of a folder when others may write there: they could take away what it remembers, or put
another file in the place of one. Which key is in force is written in the log, not here: an unused file does
no harm. Keep signing keys for ever and put them in the backup; a wrapping key that was replaced is
destroyed, also in the backups, when the backups it opens are to become unreadable.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.errors import KeyFileError
from audit.files import drafted, make_own, require_own, write_new

_ED25519 = b"\x01"
_SIGNING = "PRIVATE+KEY"


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key that signs C2SP notes. ``name`` is the log's origin, ``id`` eight hex digits."""

    name: str
    private: Ed25519PrivateKey

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.name}\n".encode() + self._public()).hexdigest()[:8]

    @property
    def public(self) -> str:
        """The public key as C2SP text: name+id+key. This is what to hand out."""
        return f"{self.name}+{self.id}+{_base64(self._public())}"

    def sign(self, text: str) -> str:
        """A signed note (C2SP signed-note) over ``text``, which ends with a newline."""
        signature = bytes.fromhex(self.id) + self.private.sign(text.encode())
        return f"{text}\n— {self.name} {_base64(signature)}\n"

    def _public(self) -> bytes:
        return _ED25519 + self.private.public_key().public_bytes_raw()


class KeyStore(Protocol):
    """Where keys are kept. Tenants are municipality codes. Every method raises KeyFileError."""

    def new_signing_key(self, tenant: str, origin: str) -> SigningKey: ...

    def signing_key(self, tenant: str, key_id: str) -> SigningKey: ...

    def signing_names(self, tenant: str) -> set[str]:
        """What the signing keys that can be read say that the log is called."""
        ...

    def new_wrapping_key(self, tenant: str) -> str:
        """Make a key and return its id."""
        ...

    def wrapping_key(self, tenant: str, key_id: str) -> bytes:
        """32 bytes."""
        ...

    def destroy_wrapping_key(self, tenant: str, key_id: str) -> None: ...

    def new_writer_key(self, tenant: str) -> str:
        """Make a key and return its id."""
        ...

    def writer_key(self, tenant: str, key_id: str) -> bytes:
        """32 bytes."""
        ...

    def has_writer_key(self, tenant: str) -> bool:
        """Whether any was ever made."""
        ...

    def remembered(self, what: str) -> str | None:
        """What was noted last of something, whatever the database says. A municipality's code alone is the
        last checkpoint that was signed in its log."""
        ...

    def remember(self, what: str, note: str) -> None:
        """Note something instead of what was noted before."""
        ...

    def remember_after(self, what: str, before: str | None, note: str) -> None:
        """Note something where nobody else has noted anything since ``before`` was read."""
        ...


class FileKeyStore:
    """Keys as files: ``<folder>/<tenant>/signing-<id>.key``, and so for ``wrapping`` and ``writer``. Beside
    them the last checkpoint that was signed, ``newest.note``: whoever has the database alone can put an
    older one in its place, but not make this folder forget.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[tuple[str, str, str], bytes] = {}

    def new_signing_key(self, tenant: str, origin: str) -> SigningKey:
        key = SigningKey(origin, Ed25519PrivateKey.generate())
        raw = _base64(_ED25519 + key.private.private_bytes_raw())
        self._write(self._path(tenant, "signing", key.id), f"{_SIGNING}+{origin}+{key.id}+{raw}\n")
        return key

    def signing_key(self, tenant: str, key_id: str) -> SigningKey:
        path = self._path(tenant, "signing", key_id)
        try:
            private, word, name, ident, data = self._text(path).split("+", 4)
            raw = base64.b64decode(data, validate=True)
            key = SigningKey(name, Ed25519PrivateKey.from_private_bytes(raw[1:]))
            if f"{private}+{word}" != _SIGNING or raw[:1] != _ED25519 or not key.id == ident == key_id:
                raise ValueError
        except ValueError as error:
            raise KeyFileError(
                f"Nyckelfilen {path} är skadad. Väntade en rad {_SIGNING}+namn+{key_id}+nyckel. "
                "Återställ filen från säkerhetskopian."
            ) from error
        return key

    def signing_names(self, tenant: str) -> set[str]:
        names = set[str]()
        for path in (self._folder / tenant).glob("signing-*.key"):
            with suppress(KeyFileError):
                names.add(self.signing_key(tenant, path.stem.removeprefix("signing-")).name)
        return names

    def new_wrapping_key(self, tenant: str) -> str:
        return self._new(tenant, "wrapping")

    def wrapping_key(self, tenant: str, key_id: str) -> bytes:
        return self._secret(tenant, "wrapping", key_id)

    def new_writer_key(self, tenant: str) -> str:
        return self._new(tenant, "writer")

    def writer_key(self, tenant: str, key_id: str) -> bytes:
        return self._secret(tenant, "writer", key_id)

    def has_writer_key(self, tenant: str) -> bool:
        return next((self._folder / tenant).glob("writer-*.key"), None) is not None

    def _new(self, tenant: str, use: str) -> str:
        key = os.urandom(32)
        key_id = _number(use, key)
        self._write(self._path(tenant, use, key_id), f"{_base64(key)}\n")
        return key_id

    def _secret(self, tenant: str, use: str, key_id: str) -> bytes:
        require_own(self._folder, self._folder / tenant)  # what is known from before is of the same folder
        known = self._read.get((tenant, use, key_id))
        if known is not None:
            return known
        path = self._path(tenant, use, key_id)
        try:
            key = base64.b64decode(self._text(path), validate=True)
        except ValueError:
            key = b""
        if _number(use, key) != key_id:
            raise KeyFileError(
                f"Nyckelfilen {path} är skadad: nyckeln har inte numret {key_id}. "
                "Återställ filen från säkerhetskopian."
            )
        self._read[tenant, use, key_id] = key
        return key

    def destroy_wrapping_key(self, tenant: str, key_id: str) -> None:
        self.wrapping_key(tenant, key_id)
        self._path(tenant, "wrapping", key_id).unlink()
        del self._read[tenant, "wrapping", key_id]

    def remembered(self, what: str) -> str | None:
        path = self._note(what)
        self._require_own(path.parent)
        return f"{self._text(path, 'utf-8')}\n" if path.exists() else None

    def remember(self, what: str, note: str) -> None:
        path = self._note(what)
        # The folder may wait for the disk: if the machine stops an older note is no harm.
        with self._writing(path.parent), drafted(path, note.encode(), 0o600) as draft:
            draft.rename(path)

    def remember_after(self, what: str, before: str | None, note: str) -> None:
        place = self._note(what).parent
        with self._writing(place):
            folder = os.open(place, os.O_RDONLY)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX)
                if self.remembered(what) == before:
                    self.remember(what, note)
            finally:
                os.close(folder)

    @contextmanager
    def _writing(self, folder: Path) -> Iterator[None]:
        """A folder in the key folder, made where it is missing, for what is to be remembered."""
        self._require_own(folder)
        try:
            make_own(folder)
            yield
        except OSError as error:
            raise KeyFileError(
                f"Nyckelmappen {folder} går inte att skriva i ({error.strerror}), och tjänsten måste "
                "kunna minnas där. Ge tjänstens användare rätt att skriva i mappen."
            ) from error

    def _note(self, what: str) -> Path:
        return self._folder / what / "newest.note"

    def _path(self, tenant: str, use: str, key_id: str) -> Path:
        return self._folder / tenant / f"{use}-{key_id}.key"

    def _write(self, path: Path, text: str) -> None:
        self._require_own(path.parent)
        make_own(path.parent)
        write_new(path, text.encode("ascii"), 0o600)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)  # a key must not be lost after the log has begun to rely on it
        os.close(folder)

    def _require_own(self, folder: Path) -> None:
        """Raise KeyFileError where others may write in the key folder, or in one of those in it that lead to
        this one."""
        below = folder.relative_to(self._folder).parts
        require_own(*(self._folder.joinpath(*below[:depth]) for depth in range(len(below) + 1)))

    def _text(self, path: Path, encoding: str = "ascii") -> str:
        self._require_own(path.parent)
        try:
            mode = path.stat().st_mode
            if mode & 0o077:
                raise KeyFileError(
                    f"Nyckelfilen {path} kan läsas av andra än ägaren (rättigheter {mode & 0o777:04o}). "
                    f"Väntade 0600. Kör: chmod 600 {path}"
                )
            return path.read_text(encoding).rstrip("\n")
        except FileNotFoundError as error:
            raise KeyFileError(
                f"Nyckelfilen {path} finns inte. Återställ den från säkerhetskopian."
            ) from error


def _number(use: str, key: bytes) -> str:
    """What a secret key is called: a hash that tells nothing of it."""
    return hashlib.sha256(f"{use} key\n".encode() + key).hexdigest()[:8]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
