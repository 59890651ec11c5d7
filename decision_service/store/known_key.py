"""A key that was lost or swapped is noticed at start: the database keeps the fingerprint of the one it was
filled with. With another key the same person would be two from then on, in silence."""

from __future__ import annotations

import hashlib

from sqlalchemy import Engine, text

from decision_service.reading.strict_json import InputError
from norms.fault import fault

PSEUDONYM = "pseudonym"
_FIRST = text("INSERT INTO known_key (name, fingerprint) VALUES (:name, :fingerprint) ON CONFLICT DO NOTHING")
_KNOWN = text("SELECT fingerprint FROM known_key WHERE name = :name")


def is_known(engine: Engine, name: str) -> bool:
    """Whether a key was noted."""
    with engine.connect() as connection:
        return connection.scalar(_KNOWN, {"name": name}) is not None


def require_known(engine: Engine, name: str, key: bytes, file: str) -> None:
    """Note a key the first time, and hold it against what was noted ever after.

    Raises InputError, with the name of the file, for another key than the database was filled with.
    """
    found = {"name": name, "fingerprint": hashlib.sha256(f"lagrum {name} ".encode() + key).hexdigest()}
    with engine.begin() as connection:
        connection.execute(_FIRST, found)
        known = connection.execute(_KNOWN, {"name": name}).scalar_one()
    if known != found["fingerprint"]:
        raise InputError([fault("another_key", file=file)])
