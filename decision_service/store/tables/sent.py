"""What goes out, to whom, and what came in twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, Text, text
from sqlmodel import Field

from decision_service.store.sealed import sealed
from decision_service.store.tables.columns import moment
from decision_service.store.tables.row import StoredRow


class MessageRow(StoredRow, table=True):
    """Something on its way out. ``key`` is what the receiver knows it by: the same key, the same message.
    ``reached`` are the receivers that have it already, a line each, with the hash of what was printed for
    them, and when it is delivered our stamp."""

    __tablename__ = "message"

    tenant: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    application_id: str | None = None
    kind: str
    payload: str = Field(sa_column=sealed(row="key"))
    created_at: datetime = Field(sa_column=moment())
    next_attempt_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    attempts: int = 0
    reached: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    delivered_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    error: str | None = None

    __table_args__ = (
        Index("message_application", "tenant", "application_id"),
        Index(
            "message_due",
            "tenant",
            "next_attempt_at",
            sqlite_where=text("next_attempt_at IS NOT NULL"),
            postgresql_where=text("next_attempt_at IS NOT NULL"),
        ),
    )


class WebhookRow(StoredRow, table=True):
    """Where a client wants to be told. ``secret`` signs what is sent; it is shown once, and kept closed under
    the municipality's wrapping key, with what the row says (``hook_secret``). ``every``: told of
    all the municipality's applications, and not only of those the client has sent itself. Nothing is told of
    while it is ``switched_off_at``."""

    __tablename__ = "webhook"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    client: str
    url: str
    secret: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    every: bool = False
    created_at: datetime = Field(sa_column=moment())
    switched_off_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    switched_off_why: str | None = None


class ReceiverRow(StoredRow, table=True):
    """A receiver that fails: how often in a row, since when, why, and until when it is left in peace.
    ``name`` is its lane's, and for a municipality's own also which of its receivers it is."""

    __tablename__ = "receiver"

    name: str = Field(primary_key=True)
    failures: int
    failing_since: datetime = Field(sa_column=moment())
    rests_until: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    error: str = ""


class IdempotencyRow(StoredRow, table=True):
    """The application that a client's key made, so that the same request gives it again. ``key`` and
    ``request`` are keyed hashes."""

    __tablename__ = "idempotency"

    tenant: str = Field(primary_key=True)
    client: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request: str
    application_id: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=moment(index=True))
