"""The rules, and databases: the same test runs on SQLite and on a real PostgreSQL.

``make test`` tries a room of the service on the one of ``_FAST``, and the slow run on the other, whole or a
share of it (``_WHOLE_ON_BOTH``); what is not named there is tried on both at once.

How much is tried is a profile of Hypothesis. In ``make check`` it is ``fast``: few examples of a property
and a share of the cases of a long sweep (``share`` in ``tests/world/sweeps.py``), the same ones each time, so
that it says the same twice of one tree. In ``make properties`` it is ``full``: all cases, and many examples,
others each time.

Whatever the tests write lies in memory where the machine has room for it, unless ``TMPDIR`` says otherwise: a
new database is some hundred files, which cost a disk twenty times as much.

The PostgreSQL server comes from a wheel and lives for the session; each test gets a database of its own. Set
``TEST_DATABASE_URL`` (``postgresql+psycopg://…``, with the right to create databases) to use another server.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import URL, Engine, create_engine, make_url

from rules.book import Rulebook
from tests.world.database import (
    done_with,
    make_engines_cheap,
    new_database,
    postgresql,
    takes_over,
    with_tables,
)
from tests.world.law import book, build_each_once
from tests.world.sweeps import share

for _trusted in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
    # No test speaks with anybody outside, and each client reads all the certificates that a machine trusts.
    os.environ.pop(_trusted, None)
_MEMORY, _ROOM = Path("/dev/shm"), 2 << 30
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM:
    os.environ["TMPDIR"], tempfile.tempdir = str(_MEMORY), None
if "PYTEST_XDIST_WORKER" not in os.environ:
    # No test leaves anything in, or takes anything from, somebody's own folder.
    _CACHE = tempfile.TemporaryDirectory(prefix="lagrum-rulebook-")
    os.environ["LAGRUM_CACHE"] = _CACHE.name

# What a process of the tests holds lives long; looked through less often, it costs a fourth less time.
gc.set_threshold(20_000, 10, 10)
build_each_once()
make_engines_cheap()

_PATIENT = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
settings.register_profile(
    "fast", max_examples=25, derandomize=True, deadline=None, suppress_health_check=_PATIENT
)
settings.register_profile("full", max_examples=200, deadline=None, suppress_health_check=_PATIENT)
settings.load_profile("full")


_FAST = {
    "api": "sqlite",
    "audit": "sqlite",
    "casework": "sqlite",
    "commands": "sqlite",
    "evaluation": "sqlite",
    "follow_up": "sqlite",
    "impact": "sqlite",
    "jobs": "postgresql",
    "lawmaking": "postgresql",
    "log": "sqlite",
    "planning": "sqlite",
    "reliability": "postgresql",
    "web": "sqlite",
}
"""The database of a room in the fast run: the cheaper one, but where the other is the matter."""
_WHOLE_ON_BOTH = {"audit", "jobs", "log"}
"""Rooms whose every test is tried on both, for what they promise holds on either. Of the others the slow run
tries a share of each file on the other database: they reach it by way of these."""
_IN_PART = {"api", "casework", "reliability"}
_OF_THE_DATABASE = {
    "test_agreement",
    "test_delivery",
    "test_elsewhere",
    "test_every_column",
    "test_faults",
    "test_gallring",
    "test_gallring_plans",
    "test_hidden",
    "test_lanes",
    "test_leases",
    "test_moved",
    "test_once",
    "test_protected",
    "test_protecting",
    "test_put_out",
    "test_rows_put_back",
    "test_sealed",
    "test_side_by_side",
    "test_statements",
    "test_sweeps",
    "test_two_at_once",
    "test_vouched",
    "test_wait",
    "test_waiting",
    "test_who_notices",
}
"""Files of these rooms that are tried whole on both too: what is kept, who notices a
changed row, who may see it, who comes at once, and what the database itself does. The rest is what people do
there."""


def _whole_on_both(path: Path) -> bool:
    room = path.parent.name
    return room in _WHOLE_ON_BOTH or (room in _IN_PART and path.stem in _OF_THE_DATABASE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whether a file is slow as a whole, which the fast run does not even import."""
    if config.option.markexpr != "not slow" or not collection_path.match("test_*.py"):
        return None
    return "\npytestmark = pytest.mark.slow\n" in collection_path.read_text("utf-8") or None


def pytest_collection_finish() -> None:
    """What is there before the first test is there after the last: it is not looked through again."""
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    again: list[pytest.Item] = []
    for item in items:
        if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
            continue
        values = item.callspec.params
        kind = values.get("server", values.get("database_url"))
        if kind is not None and kind != _FAST.get(item.path.parent.name, kind):
            item.add_marker(pytest.mark.slow)
            again.extend([] if _whole_on_both(item.path) else [item])
    left_out = {*again} - {*share(again, 6, lambda item: item.path)}
    if settings.get_current_profile_name() != "full":
        left_out |= {item for item in items if item.get_closest_marker("properties")}
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=[*left_out])


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """What a test expects must not depend on the one before: whoever sets the log up undoes it."""
    left = structlog.get_config()
    structlog.reset_defaults()
    if left != structlog.get_config():  # capture_logs() says that it has set it up, and leaves it as it was
        pytest.fail("The log is left as this test has set it up. Use logged() or logging_as_it_was().")


@pytest.fixture(scope="session", name="book")
def shipped() -> Rulebook:
    """The shipped rules."""
    return book()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """The address of a server on which databases can be created."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given)
        return
    # The tests kill our processes, never the machine; and no database lives long enough to be vacuumed.
    with postgresql("fsync = off", "full_page_writes = off", "autovacuum = off") as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> URL | None:
    """Where ``new_database`` makes databases, in turn: nowhere for SQLite, and the PostgreSQL server."""
    return request.getfixturevalue("postgresql_server") if request.param == "postgresql" else None


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A SQLite file with every table."""
    with with_tables(None, tmp_path_factory.mktemp("tables")) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_tables(postgresql_server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A PostgreSQL database with every table."""
    with with_tables(postgresql_server, tmp_path_factory.mktemp("tables")) as url:
        yield url


@pytest.fixture(scope="module")
def tables(server: URL | None, request: pytest.FixtureRequest) -> URL:
    """The database with every table where ``server`` is."""
    found: URL = request.getfixturevalue("sqlite_tables" if server is None else "postgresql_tables")
    return found


@pytest.fixture
def filled_url(server: URL | None, tables: URL, tmp_path: Path) -> Iterator[URL]:
    """A database of its own with every table, of each kind in turn."""
    with new_database(server, tmp_path, tables) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: URL, tmp_path: Path) -> Iterator[URL]:
    """An empty PostgreSQL database, dropped after the test."""
    with new_database(postgresql_server, tmp_path) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Iterator[URL]:
    """A SQLite file that is not there yet."""
    with new_database(None, tmp_path) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> URL:
    """An empty database of each kind in turn."""
    url: URL = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: URL) -> Iterator[Engine]:
    """An engine on an empty database of each kind in turn, as SQLAlchemy makes it."""
    engine = takes_over(create_engine(database_url))
    yield engine
    done_with(engine)
