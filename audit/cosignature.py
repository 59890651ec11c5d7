"""Witnesses: another log's checkpoints are signed as seen, when and only when that log has just grown.

The protocol and the form are C2SP tlog-witness and tlog-cosignature (Ed25519, ``cosignature/v1``). A witness
keeps the last checkpoint that it has signed of each log and signs no other history. What it keeps and where
is for the caller; what may be signed is decided here.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit import merkle
from audit.verify import BROKEN, Key, WrongError, grown, open_note, read_checkpoint, unbase64

_COSIGNATURE = b"\x04"
MOST_HASHES = 63
"""Hashes of a consistency proof: more than any tree needs."""


@dataclass(frozen=True)
class CosigningKey:
    """The key of a witness. ``name`` is an address without a scheme: ``lagrum.example.se/witness``."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public key as C2SP text: what to hand to those whose logs are witnessed."""
        raw = _COSIGNATURE + self.private.public_key().public_bytes_raw()
        return f"{self.name}+{_key_id(self.name, raw).hex()}+{base64.b64encode(raw).decode()}"

    def cosign(self, checkpoint: str, seconds: int) -> str:
        """The signature line for the text of a checkpoint seen at a time (Unix seconds)."""
        raw = _COSIGNATURE + self.private.public_key().public_bytes_raw()
        signed = self.private.sign(_statement(checkpoint, seconds))
        blob = _key_id(self.name, raw) + seconds.to_bytes(8, "big") + signed
        return f"— {self.name} {base64.b64encode(blob).decode()}\n"


def witness_key(text: str) -> Key:
    """The public key of a witness. Raises ValueError when the text is none."""
    name, ident, data = text.strip().split("+", 2)
    raw = unbase64(data)
    if raw[:1] != _COSIGNATURE or bytes.fromhex(ident) != _key_id(name, raw):
        raise ValueError("inte ett vittnes nyckel")
    return Key(text.strip(), name, bytes.fromhex(ident), Ed25519PublicKey.from_public_bytes(raw[1:]))


def cosigned_at(checkpoint: str, lines: str, witness: Key) -> int:
    """When a witness signed the text of a checkpoint, in Unix seconds. Raises WrongError if it has none."""
    for line in lines.splitlines():
        who, _, blob = line.rpartition(" ")
        try:
            found = unbase64(blob)
            if who == f"— {witness.name}" and found[:4] == witness.id:
                seconds = int.from_bytes(found[4:12], "big")
                witness.public.verify(found[12:], _statement(checkpoint, seconds))
                return seconds
        except (ValueError, InvalidSignature):
            break
    raise WrongError(f"Vittnet {witness.name} har inte skrivit under.")


class WitnessRefusedError(Exception):
    """A witness does not sign. ``status`` is the protocol's; ``size`` what the witness has, with 409."""

    def __init__(self, status: int, why: str, size: int | None = None) -> None:
        self.status, self.size = status, size
        super().__init__(why)


@dataclass(frozen=True)
class CosignatureRequest:
    """A request to a witness: the tree it is thought to know, the proof of growth, the signed checkpoint."""

    old: int
    proof: Sequence[bytes]
    note: str
    origin: str
    size: int
    root: bytes

    def as_text(self) -> str:
        """The request's body."""
        hashes = "".join(f"{base64.b64encode(each).decode()}\n" for each in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"


def asked(old: int, proof: Sequence[bytes], note: str) -> CosignatureRequest:
    """The request for a checkpoint. Raises ValueError when the note is none."""
    return CosignatureRequest(old, proof, note, *read_checkpoint(note))


def read_request(body: bytes) -> CosignatureRequest:
    """Raises WitnessRefusedError (400) for what is no request."""
    try:
        head, _, note = body.decode().partition("\n\n")
        first, *hashes = head.split("\n")
        old = int(first.removeprefix("old "))
        proof = [unbase64(each) for each in hashes]
        if (
            first != f"old {old}"
            or old < 0
            or len(proof) > MOST_HASHES
            or any(len(one) != 32 for one in proof)
        ):
            raise ValueError(first)
        return asked(old, proof, note)
    except BROKEN as error:
        raise WitnessRefusedError(400, "Begäran går inte att läsa.") from error


def seen(request: CosignatureRequest, log: Key | None, known: tuple[int, bytes] | None) -> str:
    """The checkpoint's text, if a witness may sign it. ``log`` is the key that the witness trusts for its
    origin, ``known`` size and root of the last one that it signed. Raises WitnessRefusedError."""
    if log is None or log.name != request.origin:
        raise WitnessRefusedError(404, "Loggen bevittnas inte här.")
    try:
        text = open_note(request.note, log)
    except WrongError as error:
        raise WitnessRefusedError(403, str(error)) from error
    if request.old > request.size:
        raise WitnessRefusedError(400, "Den förra storleken är större än den nya.")
    size, root = known or (0, merkle.root(b""))
    if request.old != size:
        raise WitnessRefusedError(409, f"Vittnet har {size} poster.", size)
    if request.old == request.size:
        if root != request.root:
            raise WitnessRefusedError(409, "Samma storlek, men en annan rot.", size)
    elif size and grown(size, request.size, root, request.proof) != (root, request.root):
        raise WitnessRefusedError(422, "Beviset visar inte att loggen bara har vuxit.")
    elif not size and request.proof:
        raise WitnessRefusedError(422, "Beviset från en tom logg ska vara tomt.")
    return text


def _statement(checkpoint: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{checkpoint}".encode()


def _key_id(name: str, raw: bytes) -> bytes:
    return hashlib.sha256(f"{name}\n".encode() + raw).digest()[:4]
