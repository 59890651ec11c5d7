"""A rule release as files: the same law comes back, and nothing else passes for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from audit import EntryKind, FileKeyStore, create_tables, prepare_engine, trail
from audit.bundle import fingerprints
from decision_service.log import journal, releases
from decision_service.store.database import open_engine
from norms import load
from norms.finding import FindingsError
from rules import rulebook
from rules.book import Rulebook

NOW = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)


def test_the_files_give_the_same_release(book: Rulebook) -> None:
    again = releases.book_from(releases.files_of(book), book.release)
    assert again.release == book.release
    assert again.rules == book.rules
    assert releases.files_of(again) == releases.files_of(book)


def test_another_machine_gives_the_same_files(book: Rulebook) -> None:
    """One that writes other line ends, and lists the files in another order."""
    rules = {
        name: content.replace(b"\n", b"\r\n")
        for name, content in reversed(rulebook.read_files(rulebook.ROOT).items())
    }
    other = rulebook.build(rules, load.load())
    assert other.release == book.release
    assert releases.files_of(other) == releases.files_of(book)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rules/vocabulary.yaml": None}, "rules/vocabulary.yaml: fel V001: Filen saknas."),
        ({"rules/lagar.yaml": None}, "rules/lagar.yaml: fel V001: Filen saknas."),
        ({"README.md": "hej"}, "README.md: fel V001: Filen hör inte till en regelversion."),
        ({"rules/sets/national/meddelanden.yaml": None}, "Någon fil är ändrad, tillagd eller borta."),
        ({"rules/sets/national/utfall.yaml": "regelsamling: [\n"}, "utfall.yaml"),
    ],
)
def test_what_is_not_the_release(book: Rulebook, change: dict[str, str | None], message: str) -> None:
    files = {**releases.files_of(book), **change}
    with pytest.raises(FindingsError) as error:
        releases.book_from({name: text for name, text in files.items() if text is not None}, book.release)
    assert message in str(error.value)


def test_no_amounts_is_no_release(book: Rulebook) -> None:
    files = {name: text for name, text in releases.files_of(book).items() if name.startswith("rules/")}
    with pytest.raises(FindingsError, match="norms/: fel V001: Filen saknas"):
        releases.book_from(files)


def test_a_file_that_is_changed_by_one_letter(book: Rulebook) -> None:
    files = dict(releases.files_of(book))
    files["rules/lagar.yaml"] += "# en kommentar\n"
    with pytest.raises(FindingsError, match=f"inte {book.release}"):
        releases.book_from(files, book.release)


@pytest.fixture
def database(filled_url: URL) -> Iterator[Engine]:
    engine = open_engine(filled_url)
    yield engine
    engine.dispose()


def test_kept_and_read_again(database: Engine, book: Rulebook) -> None:
    with database.begin() as connection:
        assert releases.kept(connection) == set()
        releases.store(connection, book)
        releases.store(connection, book)
    with database.connect() as connection:
        assert releases.kept(connection) == {book.release}
        assert releases.load_files(connection, book.release) == releases.files_of(book)
        with pytest.raises(FindingsError, match="Filerna till regelversion abc finns inte i databasen"):
            releases.load_files(connection, "abc")


def test_published_once_in_each_municipality(database: Engine, book: Rulebook, tmp_path: Path) -> None:
    log = journal.open_log(FileKeyStore(tmp_path))
    with database.begin() as connection:
        for tenant in ("1287", "9999"):
            log.create(connection, tenant, "lagrum.example", NOW)
        assert releases.publish(log, connection, "1287", book, NOW)
        assert not releases.publish(log, connection, "1287", book, NOW)
        assert releases.publish(log, connection, "9999", book, NOW)
    with database.connect() as connection:
        (entry,) = [
            one.entry for one in trail.read_leaves(connection, "1287", None, EntryKind.RELEASE_PUBLISHED)
        ]
    assert (entry["body"]["release"], entry["body"]["publication"]["number"]) == (book.release, 1)
    assert entry["body"]["files"] == fingerprints(releases.files_of(book))


def test_a_database_with_only_the_log_keeps_no_release(engine: Engine) -> None:
    create_tables(prepare_engine(engine))
    with engine.connect() as connection:
        assert releases.kept(connection) == set()
