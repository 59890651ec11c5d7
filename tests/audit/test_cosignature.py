"""A witness signs what has only grown, in the form that every C2SP witness has, and nothing else."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import proof
from audit.cosignature import (
    CosigningKey,
    WitnessRefusedError,
    asked,
    cosigned_at,
    read_request,
    seen,
    witness_key,
)
from audit.verify import WrongError, read_checkpoint, read_key
from tests.audit.world import World

NAME = "lagrum.granne.se/witness"
SECONDS = 1_795_000_000


def cosigner() -> CosigningKey:
    return CosigningKey(NAME, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def test_the_form_is_cosignature_v1() -> None:
    """To the byte: number, eight bytes of time, signature over the two lines and the checkpoint."""
    key, text = cosigner(), "1287.lagrum.example/audit\n2\nAAAA\n"
    raw = b"\x04" + key.private.public_key().public_bytes_raw()
    number = hashlib.sha256(f"{NAME}\n".encode() + raw).digest()[:4]
    assert key.public == f"{NAME}+{number.hex()}+{base64.b64encode(raw).decode()}"
    line = key.cosign(text, SECONDS)
    assert line.startswith(f"— {NAME} ")
    assert line.endswith("\n")
    blob = base64.b64decode(line.rsplit(" ", 1)[1])
    assert (blob[:4], blob[4:12], len(blob)) == (number, SECONDS.to_bytes(8, "big"), 76)
    said = f"cosignature/v1\ntime {SECONDS}\n{text}".encode()
    key.private.public_key().verify(blob[12:], said)
    assert cosigned_at(text, f"— någon annan AAAA\n{line}", witness_key(key.public)) == SECONDS
    with pytest.raises(WrongError):
        cosigned_at(text.replace("2", "3"), line, witness_key(key.public))
    with pytest.raises(ValueError, match="inte ett vittnes nyckel"):
        witness_key(f"annan.{key.public}")


def grow(world: World, count: int) -> tuple[str, int, bytes]:
    for _ in range(count):
        world.append()
    note = world.checkpoint()
    _, size, root = read_checkpoint(note)
    return note, size, root


def test_a_log_that_only_grows_is_signed_at_every_size(memory_world: World) -> None:
    log = read_key(memory_world.public["1287"])
    known: tuple[int, bytes] | None = None
    for count in (1, 1, 2, 3, 5, 9, 1):
        note, size, root = grow(memory_world, count)
        old = known[0] if known else 0
        with memory_world.engine.connect() as connection:
            path = proof.consistency(connection, "1287", old, size) if old else []
        request = read_request(asked(old, path, note).as_text().encode())
        assert seen(request, log, known) == f"{log.name}\n{size}\n{base64.b64encode(root).decode()}\n"
        known = size, root
        again = asked(size, [], note)
        assert seen(again, log, known).startswith(log.name)


def test_what_is_refused(memory_world: World) -> None:
    log = read_key(memory_world.public["1287"])
    first, one, root = grow(memory_world, 3)
    note, size, now = grow(memory_world, 4)
    with memory_world.engine.connect() as connection:
        path = proof.consistency(connection, "1287", one, size)
    forged = note.replace("\n— ", "\n— x", 1)
    cases = [
        (asked(one, path, note), None, (one, root), 404, None),
        (asked(one, path, note), read_key(memory_world.public["1384"]), (one, root), 404, None),
        (asked(one, path, forged), log, (one, root), 403, None),
        (asked(size + 1, [], note), log, (one, root), 400, None),
        (asked(0, [], note), log, (one, root), 409, one),
        (asked(one, path, note), log, None, 409, 0),
        (asked(one, path[:-1], note), log, (one, root), 422, None),
        (asked(one, [now] * len(path), note), log, (one, root), 422, None),
        (asked(one, path, note), log, (one, now), 422, None),
        (asked(size, [], note), log, (size, root), 409, size),
        (asked(one, [], first), log, (size, now), 409, size),
        (asked(0, path, note), log, None, 422, None),
    ]
    for request, key, known, status, has in cases:
        with pytest.raises(WitnessRefusedError) as error:
            seen(request, key, known)
        assert (error.value.status, error.value.size) == (status, has), str(error.value)
    whole = asked(one, path, note).as_text()
    for body in (
        "",
        "old x\n\n",
        "\udcff",
        whole.replace("old 4", "old 04"),
        f"old -1\n\n{note}",
        f"old {one}\n{'A' * 44}\n\n{note}",
        f"old {one}\n{'AAAA' * 64}\n\n{note}",
    ):
        with pytest.raises(WitnessRefusedError) as error:
            read_request(body.encode(errors="surrogateescape"))
        assert error.value.status == 400, body
