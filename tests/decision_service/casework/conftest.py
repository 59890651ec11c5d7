from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.world.office import World, new_world, shared_evaluators


@pytest.fixture
def world(database_url: URL, tmp_path: Path) -> Iterator[World]:
    """An office with an empty database, on SQLite and on PostgreSQL in turn."""
    found = new_world(database_url, tmp_path, shared_evaluators())
    yield found
    found.engine.dispose()
