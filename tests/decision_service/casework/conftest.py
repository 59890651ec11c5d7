from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.world.database import done_with, new_database
from tests.world.office import World, new_world, shared_evaluators


@pytest.fixture
def world(server: URL | None, tables: URL, tmp_path: Path) -> Iterator[World]:
    """An office with an empty database, on SQLite and on PostgreSQL in turn."""
    with new_database(server, tmp_path, tables) as url:
        found = new_world(url, tmp_path, shared_evaluators())
        yield found
        done_with(found.engine)
