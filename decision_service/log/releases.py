"""A rule release as files, so that it can be kept, sent to a court and made into the same law again.

The files of every release that has decided anything are in the table ``release_file``, beside the log.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, inspect, select, text

import audit
from audit import trail
from audit.database import read_only
from audit.log import lock
from decision_service.log import journal
from decision_service.store import tables
from norms import load
from norms.finding import Finding, FindingsError, Severity
from rules import rulebook
from rules.book import Rulebook

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
            raise _wrong(name, "Filen är inte UTF-8 och kan inte höra till en regelversion.") from error
    return files


def book_from(files: Mapping[str, str], release: str | None = None) -> Rulebook:
    """The rulebook that ``files_of`` gave the files of.

    Raises FindingsError when the files are not a whole release, or not the one with the id ``release``.
    """
    missing = [name for name in _NEEDED if name not in files]
    missing += [] if any(name.startswith(_NORMS) for name in files) else [_NORMS]
    strangers = [name for name in files if not name.startswith((_RULES, _NORMS))]
    faults = dict.fromkeys(missing, "Filen saknas. En regelversion har den alltid.")
    faults |= dict.fromkeys(strangers, "Filen hör inte till en regelversion. Väntade rules/ eller norms/.")
    if faults:
        raise FindingsError(_finding(name, message) for name, message in faults.items())
    tables = load.load_files(_under(files, _NORMS))
    book = rulebook.build(_under(files, _RULES), tables)
    if release is not None and book.release != release:
        raise _wrong(
            "regelversionen",
            f"Filerna ger regelversion {book.release}, inte {release}. "
            "Någon fil är ändrad, tillagd eller borta.",
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
        raise _wrong("regelversionen", f"Filerna till regelversion {release} finns inte i databasen.")
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
    """Keep a release and log that a municipality decides by it from now on; False if that is logged already.

    In the caller's transaction; locks the municipality's log.
    """
    lock(connection, tenant, None)
    published = [
        one.entry["body"]["release"]
        for one in trail.read_leaves(connection, tenant, None, audit.Kind.RELEASE_PUBLISHED)
    ]
    if published[-1:] == [book.release]:
        return False
    store(connection, book)
    log.append(connection, tenant, journal.release_published(book.release, files_of(book), now))
    return True


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
