"""The law in force: its files, its publications, and drafts of the next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field

from decision_service.store.tables.columns import moment
from decision_service.store.tables.row import StoredRow


class ReleaseFileRow(StoredRow, table=True):
    """A file of a rule release that has decided something. Files that do not give the release's id are
    refused, so the table needs no guard of its own."""

    __tablename__ = "release_file"

    release: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, primary_key=True))
    content: str = Field(sa_column=Column(Text, nullable=False))


class PublicationRow(StoredRow, table=True):
    """A release that decides in a municipality: the newest for a month decides it, ``first`` the month from
    which (None: all). ``base`` is what was in force before, ``draft`` the draft it came of and ``content``
    the SHA-256 of what that changed, ``cases`` as JSON the case files that are not the program's own.

    The log's entry says every column, and is held against them."""

    __tablename__ = "publication"

    tenant: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    release: str
    base: str | None = None
    first: str | None = None
    draft: str | None = None
    content: str = ""
    purpose: str = Field(default="", sa_column=Column(Text, nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    owner: str = ""
    approved_by: str = ""
    published_by: str = ""
    published_at: datetime = Field(sa_column=moment())
    cases: str = Field(default="{}", sa_column=Column(Text, nullable=False))


class DraftRow(StoredRow, table=True):
    """A change of rules and amounts that is being worked on. ``base`` is the number of the publication that
    it starts from, ``changes`` as JSON the new text of each changed file (null: taken away).

    ``editors`` are all who have saved something, as JSON. ``checked`` is the version that ``findings`` (JSON)
    are about, 0 for none; ``checking_since`` when a process began to check. ``approved`` is the version that
    was approved. ``reason`` is why what has been is corrected."""

    __tablename__ = "draft"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    owner: str
    purpose: str = Field(sa_column=Column(Text, nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    state: str = Field(index=True)
    base: int
    changes: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    editors: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=moment())
    changed_at: datetime = Field(sa_column=moment())
    checked: int = 0
    checking_since: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    findings: str = Field(default="", sa_column=Column(Text, nullable=False))
    approved: int | None = None
    approved_by: str | None = None
