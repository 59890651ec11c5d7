from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.world.office import Unused, World, world_like


@pytest.fixture
def world(server: URL | None, office_like: Unused, tmp_path: Path) -> Iterator[World]:
    """An office of its own, on SQLite and on PostgreSQL in turn."""
    with world_like(office_like, server, tmp_path) as found:
        yield found
