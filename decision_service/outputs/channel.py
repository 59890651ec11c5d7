"""The port through which messages leave, and what can go wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import orjson

from decision_service.outputs.payload import LetterJson, Payload, PaymentJson


@dataclass(frozen=True, slots=True)
class Message:
    """Something to deliver. The same ``key`` is the same message, which a receiver may get again and
    then drops."""

    key: str
    kind: str
    tenant: str
    created: datetime
    payload: Payload

    @property
    def letter(self) -> LetterJson | None:
        """The letter that it carries, if it is one."""
        if "letter" in self.payload:
            return self.payload["letter"]
        return None

    @property
    def payment(self) -> PaymentJson | None:
        """The order that a bank can take, if it is one."""
        if "schema" in self.payload:
            return self.payload
        return None


class DeliveryError(Exception):
    """A message could not be delivered: why, in Swedish, whether it is worth trying again, and whether the
    receiver says that it is ``gone`` for ever."""

    def __init__(self, text: str, *, retry: bool, gone: bool = False) -> None:
        super().__init__(text)
        self.retry, self.gone = retry, gone


class Channel(Protocol):
    """A way out. ``receiver`` is who stands at its end."""

    @property
    def receiver(self) -> str:
        """The same for every channel to the same place, and for no other."""
        ...

    def deliver(self, message: Message) -> str | None:
        """Deliver, or deliver again. The hash of a file that went with the message and does not follow from
        it; None where there is none. Raises DeliveryError."""
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
        "payload": message.payload,
    }
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
