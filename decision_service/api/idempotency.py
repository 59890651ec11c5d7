"""The same request twice is done once: ``Idempotency-Key``.

The key, what was asked and what was answered are kept in the transaction of the change itself, so there is
never one without the other. A request that fails keeps nothing and may be sent again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from decision_service.api.problems import ProblemError

_KEY = re.compile(r"[ -~]{1,255}")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose key it is: two clients, or two municipalities, may use the same one."""

    tenant: str
    client: str
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept. ``answer`` is None while the request is under way."""

    request: str
    answer: Answer | None


class KeyTakenError(Exception):
    """Another transaction is using the key at this moment."""


class IdempotencyStore(Protocol):
    """Kept entries, in the caller's transaction."""

    def get(self, scope: Scope) -> Entry | None:
        """The entry of a key, or None."""
        ...

    def put(self, scope: Scope, entry: Entry) -> None:
        """Keep an entry. Raises KeyTakenError when the key got one from somebody else meanwhile."""
        ...


def key_of(header: str | None) -> str | None:
    """The key of an ``Idempotency-Key`` header, or None without one. Raises ProblemError."""
    if header is None:
        return None
    if not _KEY.fullmatch(header) or not header.strip():
        raise ProblemError("bad-idempotency-key")
    return header


def required_key_of(header: str | None) -> str:
    """The key; a request without one is a problem. Raises ProblemError."""
    key = key_of(header)
    if key is None:
        raise ProblemError("idempotency-key-missing")
    return key


def fingerprint(method: str, path: str, content_type: str | None, body: bytes) -> str:
    """What was asked, as one value: equal only for the same bytes of the same type to the same place."""
    digest = hashlib.sha256()
    for part in (method.encode(), path.encode(), (content_type or "").lower().encode(), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def earlier(store: IdempotencyStore, scope: Scope, request: str) -> Answer | None:
    """The answer this request has had already, or None when it is new. Raises ProblemError."""
    entry = store.get(scope)
    if entry is None:
        return None
    if entry.request != request:
        raise ProblemError("idempotency-key-reused")
    if entry.answer is None:
        raise _in_progress()
    return entry.answer


def once(store: IdempotencyStore, scope: Scope, request: str, act: Callable[[], Answer]) -> Answer:
    """Do what is asked, or answer as the first time. All of it in the caller's transaction.

    ``act`` makes the change and raises when it fails; then nothing is kept. Raises ProblemError for a key
    used for something else or under way elsewhere; the caller then rolls back.
    """
    answer = earlier(store, scope, request)
    if answer is not None:
        return answer
    answer = act()
    try:
        store.put(scope, Entry(request, answer))
    except KeyTakenError:
        raise _in_progress() from None
    return answer


def _in_progress() -> ProblemError:
    return ProblemError("in-progress", headers={"Retry-After": "1"})
