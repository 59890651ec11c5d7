"""The port through which messages leave, and what can go wrong there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """Something to deliver. The same ``key`` is the same message, which a receiver may get again and
    then drops."""

    key: str
    kind: str
    tenant: str
    created: datetime
    payload: Mapping[str, Any]


class DeliveryError(Exception):
    """A message could not be delivered: why, in Swedish, and whether it is worth trying again."""

    def __init__(self, text: str, *, retry: bool) -> None:
        super().__init__(text)
        self.retry = retry


class Channel(Protocol):
    """A way out."""

    def deliver(self, message: Message) -> None:
        """Deliver, or deliver again. Raises DeliveryError."""
        ...


SCHEMA = "meddelande/1"


def as_bytes(message: Message) -> bytes:
    """A message as JSON in UTF-8, the same bytes every time: what a file holds and a webhook carries."""
    content = {
        "schema": SCHEMA,
        "key": message.key,
        "kind": message.kind,
        "tenant": message.tenant,
        "created": message.created.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "payload": dict(message.payload),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
