from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.decision_service.api.whole import Whole, new_database, running


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A running service for the tests of a module, on SQLite and on PostgreSQL in turn."""
    kind: str = request.param
    server = request.getfixturevalue("postgresql_server") if kind == "postgresql" else None
    folder = tmp_path_factory.mktemp(kind)
    with new_database(kind, server, folder) as url, running(url, folder) as found:
        yield found


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A running service on SQLite, for what does not depend on the database."""
    folder = tmp_path_factory.mktemp("one")
    with new_database("sqlite", None, folder) as url, running(url, folder) as found:
        yield found
