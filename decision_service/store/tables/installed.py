"""The installation itself: keys, witnesses, sweeps, and who is signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Text
from sqlmodel import Field

from decision_service.store.tables.columns import moment
from decision_service.store.tables.row import StoredRow


class KnownKeyRow(StoredRow, table=True):
    """A key of the installation that what stands in the database was made with: its fingerprint, never the
    key."""

    __tablename__ = "known_key"

    name: str = Field(primary_key=True)
    fingerprint: str


class UnsealedRow(StoredRow, table=True):
    """A table that has rows of a version that sealed nothing, or something else that only what is sealed
    says. The service does it when it starts, and before it works; then the row here is gone."""

    __tablename__ = "unsealed"

    name: str = Field(primary_key=True)


class WitnessedRow(StoredRow, table=True):
    """The last checkpoint of another installation's log that this one has signed as a witness."""

    __tablename__ = "witnessed"

    origin: str = Field(primary_key=True)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))


class CosignedRow(StoredRow, table=True):
    """The last checkpoint of a municipality's own log that its witness has signed, with that signature."""

    __tablename__ = "cosigned"

    tenant: str = Field(primary_key=True)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))


class SweepRow(StoredRow, table=True):
    """When each sweep last ran to its end. Readiness looks here."""

    __tablename__ = "sweep"

    name: str = Field(primary_key=True)
    ran_at: datetime = Field(sa_column=moment())


class WebSessionRow(StoredRow, table=True):
    """Somebody signed in with a browser. ``id`` is a hash of the cookie; ``principal`` JSON of who it is,
    ``purpose`` why cases are read.

    Of a session that began at an issuer's page: which issuer, its own ``sid``, the refresh token closed with
    the cookie, when the issuer last confirmed who it is, and when it was last asked."""

    __tablename__ = "web_session"

    id: str = Field(primary_key=True)
    subject: str = Field(index=True)
    principal: str = Field(sa_column=Column(Text, nullable=False))
    purpose: str = ""
    begun_at: datetime = Field(sa_column=moment())
    used_at: datetime = Field(sa_column=moment())
    issuer: str | None = None
    sid: str | None = Field(default=None, index=True)
    refresh: str | None = Field(default=None, sa_column=Column(Text))
    confirmed_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    asked_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
