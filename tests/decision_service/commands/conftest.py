from __future__ import annotations

from pathlib import Path

import pytest

from tests.decision_service.casework.conftest import world
from tests.world.command_line import Municipality, begun

__all__ = ["world"]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Municipality:
    """A municipality that is only copied."""
    folder = tmp_path_factory.mktemp("kommun")
    return begun(folder, str(folder / "test.db"))


@pytest.fixture
def here(kept: Municipality, tmp_path: Path) -> Municipality:
    """Two cases that the command line has decided, on SQLite: they stand in the log alone."""
    return kept.copied(tmp_path)
