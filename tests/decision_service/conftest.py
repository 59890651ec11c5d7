from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.world.database import new_database
from tests.world.office import Unused, unused
from tests.world.service import Whole, running


@pytest.fixture(scope="session")
def sqlite_office(sqlite_tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unused]:
    """An office on SQLite where nothing has happened."""
    folder = tmp_path_factory.mktemp("office")
    with new_database(None, folder, sqlite_tables) as url:
        yield unused(url, folder)


@pytest.fixture(scope="session")
def postgresql_office(
    postgresql_server: URL, postgresql_tables: URL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Unused]:
    """The same on PostgreSQL."""
    folder = tmp_path_factory.mktemp("office")
    with new_database(postgresql_server, folder, postgresql_tables) as url:
        yield unused(url, folder)


@pytest.fixture(scope="module")
def office_like(server: URL | None, request: pytest.FixtureRequest) -> Unused:
    """The office to copy where ``server`` is."""
    found: Unused = request.getfixturevalue("sqlite_office" if server is None else "postgresql_office")
    return found


@pytest.fixture(scope="module")
def whole(server: URL | None, tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A running service for the tests of a module, on SQLite and on PostgreSQL in turn."""
    folder = tmp_path_factory.mktemp("whole")
    with new_database(server, folder, tables) as url, running(url, folder) as found:
        yield found


@pytest.fixture(scope="module")
def one(sqlite_tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A running service on SQLite, for what does not depend on the database."""
    folder = tmp_path_factory.mktemp("one")
    with new_database(None, folder, sqlite_tables) as url, running(url, folder) as found:
        yield found


@pytest.fixture
def alone(sqlite_tables: URL, tmp_path: Path) -> Iterator[Whole]:
    """A running service on SQLite that no other test meets."""
    with new_database(None, tmp_path, sqlite_tables) as url, running(url, tmp_path) as found:
        yield found


@pytest.fixture
def alone_on_postgresql(postgresql_server: URL, postgresql_tables: URL, tmp_path: Path) -> Iterator[Whole]:
    """The same on PostgreSQL."""
    with (
        new_database(postgresql_server, tmp_path, postgresql_tables) as url,
        running(url, tmp_path) as found,
    ):
        yield found
