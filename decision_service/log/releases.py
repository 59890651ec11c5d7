"""A rule release as files, so that it can be kept, sent to a court and made into the same law again.

The files of every release that has decided anything are in the table ``release_file``, beside the log.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, inspect, select, text

import audit
from audit.database import read_only
from audit.head import lock
from decision_service.log import journal, publications
from decision_service.reading.said import said_in
from decision_service.store import tables
from decision_service.store.tables import PublicationRow
from norms import load
from norms.finding import Finding, FindingsError, Severity
from rules import rulebook
from rules.book import Rulebook

_say = said_in(__file__)

_FILES = tables.ReleaseFileRow.metadata.tables["release_file"]
_RULES, _NORMS = "rules/", "norms/"
_NEEDED = ("rules/vocabulary.yaml", "rules/lagar.yaml")


def files_of(book: Rulebook) -> Mapping[str, str]:
    """Every rule file and norm table of a release by name, with line ends and letters of names made alike.

    The same release gives the same files on any machine. Raises FindingsError on a file that is not UTF-8.
    """
    files = {}
    for name, content in sorted(book.files.items()):
        try:
            files[unicodedata.normalize("NFC", name)] = content.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise _wrong(name, _say("not_utf8")) from error
    return files


def book_from(files: Mapping[str, str], release: str | None = None) -> Rulebook:
    """The rulebook that ``files_of`` gave the files of.

    Raises FindingsError when the files are not a whole release, or not the one with the id ``release``.
    """
    missing = [name for name in _NEEDED if name not in files]
    missing += [] if any(name.startswith(_NORMS) for name in files) else [_NORMS]
    strangers = [name for name in files if not name.startswith((_RULES, _NORMS))]
    faults = dict.fromkeys(missing, _say("file_missing"))
    faults |= dict.fromkeys(strangers, _say("strange_file"))
    if faults:
        raise FindingsError(_finding(name, message) for name, message in faults.items())
    tables = load.load_files(_under(files, _NORMS))
    book = rulebook.build(_under(files, _RULES), tables)
    if release is not None and book.release != release:
        raise _wrong(
            "regelversionen",
            _say("another_release", funnen=book.release, väntad=release),
        )
    return book


def store(connection: Connection, book: Rulebook) -> None:
    """Keep the files of a release; no harm done if they are kept already."""
    rows = [
        {"release": book.release, "name": name, "content": content}
        for name, content in files_of(book).items()
    ]
    statement = "INSERT INTO release_file (release, name, content) VALUES (:release, :name, :content)"
    connection.execute(text(f"{statement} ON CONFLICT DO NOTHING"), rows)


def kept(connection: Connection) -> set[str]:
    """The releases whose files are kept; none in a database that only has the log."""
    if not inspect(connection).has_table(_FILES.name):
        return set()
    return set(connection.scalars(select(_FILES.c.release).distinct()))


def load_files(connection: Connection, release: str) -> Mapping[str, str]:
    """The kept files of a release. Raises FindingsError when there are none."""
    if release not in kept(connection):
        raise _wrong("regelversionen", _say("no_files", version=release))
    table = _FILES.c
    rows = connection.execute(select(table.name, table.content).where(table.release == release)).all()
    return {row.name: row.content for row in rows}


class KeptFiles(Mapping[str, Mapping[str, str]]):
    """The files of every release that is kept in a database, by the release's id, read when asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __getitem__(self, release: str) -> Mapping[str, str]:
        with read_only(self._engine) as connection:
            return load_files(connection, release)

    def __iter__(self) -> Iterator[str]:
        with read_only(self._engine) as connection:
            return iter(kept(connection))

    def __len__(self) -> int:
        with read_only(self._engine) as connection:
            return len(kept(connection))


def publish(log: audit.Log, connection: Connection, tenant: str, book: Rulebook, now: datetime) -> bool:
    """Let a municipality decide by the release that the program has with it, in all months, unless it does
    already, or people have published what it decides by. False where nothing was changed.

    In the caller's transaction; locks the municipality's log.
    """
    lock(connection, tenant, None)
    found = publications.rows_of(connection, tenant)
    if any(row.draft for row in found) or [row.release for row in found[-1:]] == [book.release]:
        return False
    base = found[-1].release if found else None
    row = PublicationRow(tenant=tenant, number=0, release=book.release, base=base, published_at=now)
    enact(log, connection, row, book)
    return True


def catch_up(
    log: audit.Log, connection: Connection, tenant: str, others: Sequence[str], now: datetime
) -> None:
    """Let a municipality decide by what people have published in the others while it was not with them. In
    the caller's transaction."""
    ahead = max((publications.rows_of(connection, each) for each in others), key=len)
    if not any(row.draft for row in ahead):
        return
    own = len(publications.rows_of(connection, tenant))
    for row in ahead[own:]:
        book = book_from(load_files(connection, row.release), row.release)
        said = {**row.model_dump(), "tenant": tenant, "published_at": now}
        enact(log, connection, PublicationRow(**said), book)


def enact(
    log: audit.Log,
    connection: Connection,
    row: PublicationRow,
    book: Rulebook,
    actor: audit.Actor = journal.MACHINE,
) -> None:
    """Put a release in force: keep its files, write the publication as the next of its municipality, and log
    it. In the caller's transaction; locks the municipality's log."""
    lock(connection, row.tenant, None)
    store(connection, book)
    row.number = publications.newest_number(connection, row.tenant) + 1
    connection.execute(insert(PublicationRow).values(row.model_dump()))
    said = publications.said(row)
    entry = journal.release_published(book.release, files_of(book), row.published_at, actor, said)
    log.append(connection, row.tenant, entry)


def _under(files: Mapping[str, str], folder: str) -> dict[str, bytes]:
    return {
        name.removeprefix(folder): content.encode()
        for name, content in files.items()
        if name.startswith(folder)
    }


def _finding(name: str, message: str) -> Finding:
    return Finding(name, 0, "V001", Severity.ERROR, "", message)


def _wrong(name: str, message: str) -> FindingsError:
    return FindingsError([_finding(name, message)])
