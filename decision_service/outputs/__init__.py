"""What leaves the service: letters, payment orders, notices, and the channels they leave by."""

from __future__ import annotations

from decision_service.outputs.channel import Channel, DeliveryError, Message, as_bytes
from decision_service.outputs.filedrop import FolderChannel
from decision_service.outputs.retry import next_attempt
from decision_service.outputs.webhook import WebhookChannel, signature, verify

__all__ = [
    "Channel",
    "DeliveryError",
    "FolderChannel",
    "Message",
    "WebhookChannel",
    "as_bytes",
    "next_attempt",
    "signature",
    "verify",
]
